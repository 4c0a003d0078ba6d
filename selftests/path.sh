#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# One packet's way and its headers: `nettrace path` has the hooks at which nft counts
# the same SYN, and the TTL and link addresses that tcpdump reads on both links;
# `show --layers` has the bytes that are in the frame.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

NT_DROPS=1

CHAINS="prerouting:PRE_ROUTING input:LOCAL_IN forward:FORWARD output:LOCAL_OUT postrouting:POST_ROUTING"

# count_syn NETNS: how many SYN without ACK pass each hook
count_syn()
{
	local pair rules='add table inet way'

	for pair in $CHAINS; do
		rules+="
			add chain inet way ${pair%:*} { type filter hook ${pair%:*} priority 0; }
			add rule inet way ${pair%:*} tcp dport $PORT tcp flags & (syn | ack) == syn counter comment \"${pair#*:}\""
	done
	must in_ns "$1" nft "$rules"
}

# by_nft NETNS: the hooks at which one was counted, a line each
by_nft()
{
	in_ns "$1" nft list table inet way |
		sed -n 's/.*counter packets 1 .*comment "\(.*\)".*/\1/p' | sort
}

# by_path NETNS: those at which `nettrace path` has it
by_path()
{
	frames.py hooks "$1" <"$NT_TMP/path" | sort
}

# capture NETNS DEV NAME: the SYN as it is on that link
capture()
{
	ip netns exec "$1" tcpdump -Z root -i "$2" -n -U --immediate-mode -w "$NT_TMP/$3.pcap" \
		"tcp dst port $PORT and tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn" \
		2>"$NT_TMP/$3.err" &
	echo $! >>"$NT_TMP/pids"
	disown $!
	until_true 60 grep -q 'listening on' "$NT_TMP/$3.err" ||
		fail "tcpdump on $2: $(cat "$NT_TMP/$3.err")"
}

# larger than the header of the file
captured()
{
	[ "$(stat -c %s "$NT_TMP/$1.pcap")" -gt 24 ]
}

# path_of NETNS,... [OPTION]: of the first conversation with the port
path_of()
{
	local conv

	conv=$("$NETTRACE" list --json "${@:2}" -N "$1" | frames.py conv $PORT)
	[ -n "$conv" ] || fail "no conversation with port $PORT"
	"$NETTRACE" path --json "${@:2}" -N "$1" "$conv.1" >"$NT_TMP/path" || fail "path $conv.1"
	"$NETTRACE" show --layers --json -N "$1" "$conv.1" >"$NT_TMP/layers" ||
		fail "show --layers $conv.1"
	"$NETTRACE" path --ascii "${@:2}" -N "$1" "$conv.1" >"$NT_TMP/drawn" || fail "path $conv.1 drawn"
}

t_routed()
{
	local ns

	load_with hooks=path
	net_routed
	for ns in "$C" "$R" "$S"; do
		count_syn "$ns"
	done
	capture $R left one
	capture $R right two
	opened
	await "the SYN on the first link" captured one
	await "the SYN on the second link" captured two
	path_of $C,$R,$S
	equal "the namespaces" "$(frames.py spaces <"$NT_TMP/path")" \
		"$C:sends $R:forwards $S:receives"
	for ns in "$C" "$R" "$S"; do
		equal "the hooks in $ns" "$(by_path "$ns" | tr '\n' ' ')" \
			"$(by_nft "$ns" | tr '\n' ' ')"
	done
	equal "the order" "$(frames.py order <"$NT_TMP/path")" \
		"LOCAL_OUT POST_ROUTING PRE_ROUTING FORWARD POST_ROUTING PRE_ROUTING LOCAL_IN"
	must frames.py link $R PRE_ROUTING "$NT_TMP/one.pcap" "$NT_TMP/path"
	must frames.py link $S PRE_ROUTING "$NT_TMP/two.pcap" "$NT_TMP/path"
	must frames.py bytes "$NT_TMP/one.pcap" "$NT_TMP/layers"
	grep -q 'netns nts-r: forwards it' "$NT_TMP/drawn" || fail "$(cat "$NT_TMP/drawn")"
}

# without hooks=path two hooks are not looked at, and not said to be not passed
t_default()
{
	load
	net_routed
	opened
	path_of $C,$R,$S
	equal "the hooks in $R" "$(by_path $R)" FORWARD
	equal "not looked at in $R" "$(frames.py hooks $R not-looked-at <"$NT_TMP/path" | sort | tr '\n' ' ')" \
		"POST_ROUTING PRE_ROUTING "
	! grep -q '"not-sighted"' "$NT_TMP/path" || fail "$(cat "$NT_TMP/path")"
}

# the router changes source and destination: three conversations, one way
t_nat()
{
	load_with hooks=path
	net_routed
	must in_ns $R nft 'add table ip n
		add chain ip n pre { type nat hook prerouting priority -100; }
		add chain ip n post { type nat hook postrouting priority 100; }
		add rule ip n pre ip daddr 10.0.9.9 counter dnat to 10.0.2.2
		add rule ip n post oif right counter snat to 10.0.2.1'
	peer server $S
	peer client $C
	tell server listen $SADDR $PORT
	tell client connect 10.0.9.9 $PORT
	tell server accept
	path_of $C,$R,$S --conntrack=never
	[ "$(frames.py spaces <"$NT_TMP/path")" = "$C:sends $R:forwards $S:receives" ] ||
		fail "$(cat "$NT_TMP/path"; evdump -N $C,$R,$S | grep "dport=$PORT .*flags=")"
	equal "what changed" "$(frames.py nat <"$NT_TMP/path")" \
		"destination 10.0.9.9 10.0.2.2 inferred, source 10.0.1.1 10.0.2.1 inferred"
	judged_by_conntrack
}

# tracked: what conntrack has: server and client as they are behind NAT
tracked()
{
	in_ns "$R" conntrack -L -p tcp --orig-dst 10.0.9.9 2>/dev/null |
		awk '{ n = 0; for (i = 1; i <= NF; i++) { split($i, w, "="); if (w[1] == "src") n++
			if (n == 2) v[w[1]] = w[2] }
			print v["src"] ":" v["sport"], v["dst"] ":" v["dport"] }'
}

# end_of SIDE END: to what that end is translated
end_of()
{
	ntq -p nat.0.to.addr,nat.0.to.port type=conversation proto=tcp "nat.0.side=$1" \
		"nat.0.end=$2" "nat.0.netns=$R" nat.0.basis=inferred "server.port=$PORT" \
		<"$JSON" | tr '\t' ':'
}

# What is inferred, without asking conntrack (conntrack.sh does): list and timeline name the conversations on both sides, and the addresses are conntrack's
judged_by_conntrack()
{
	local conv other

	JSON=$NT_TMP/json
	"$NETTRACE" timeline --json --conntrack=never -N "$C,$R,$S" >"$JSON" || fail "timeline"
	equal "both ends behind NAT" "$(end_of server server) $(end_of client client)" "$(tracked)"
	conv=$(ntq -p conv type=conversation proto=tcp server.addr=10.0.9.9 <"$JSON")
	other=$(ntq -p nat.0.conv type=conversation proto=tcp server.addr=10.0.9.9 <"$JSON")
	says 1 type=conversation "conv=$other" "client.addr=$CADDR" "server.addr=$SADDR"
	says 1 type=conversation proto=tcp client.addr=10.0.2.1 "server.addr=$SADDR" nat.#=1 \
		"nat.0.conv=$other"
	"$NETTRACE" list --conntrack=never -N "$C,$R,$S" >"$NT_TMP/list" || fail "list"
	grep -q "~server translated to $SADDR:$PORT by NAT in netns $R: the same as #$other" \
		"$NT_TMP/list" || fail "$(cat "$NT_TMP/list")"
	"$NETTRACE" timeline -w 100 --hops --conntrack=never -N "$C,$R,$S" --conv "$conv" \
		>"$NT_TMP/drawn" || fail "timeline"
	grep -q "~server translated to $SADDR:$PORT" "$NT_TMP/drawn" || fail "$(cat "$NT_TMP/drawn")"
	grep -q "as #$other.1" "$NT_TMP/drawn" || fail "$(cat "$NT_TMP/drawn")"
}

# hop INDEX: TTL and link addresses of the SYN there
hop()
{
	ntq -p "hops.$1.ttl,hops.$1.mac_src,hops.$1.mac_dst" \
		type=segment flags=SYN "dir=c>s" <"$JSON" | tr '\t' ' '
}

# the ladder's hops: as tcpdump has the frame on each link
t_hops()
{
	net_routed
	must in_ns $C ping -qc 1 $SADDR
	capture $R left one
	capture $S eth0 two
	opened
	await "the SYN on the first link" captured one
	await "the SYN on the second link" captured two
	JSON=$NT_TMP/json
	"$NETTRACE" timeline --json --hops -N "$C,$R,$S" 'tcp' >"$JSON" 2>"$NT_TMP/json.err" ||
		fail "timeline --hops: $(cat "$NT_TMP/json.err")"
	says 1 type=segment flags=SYN hops.#=3 hops.0.netns=$C hops.0.role=sends hops.1.netns=$R \
		hops.1.role=forwards hops.2.netns=$S hops.2.role=receives
	equal "TTL before the router" "$(ntq -p hops.1.ttl_before type=segment flags=SYN <"$JSON")" \
		"$(frames.py first "$NT_TMP/one.pcap" | cut -d' ' -f1)"
	equal "behind it" "$(hop 2)" "$(frames.py first "$NT_TMP/two.pcap")"
	equal "link addresses before it" "$(hop 1 | cut -d' ' -f2-)" \
		"$(frames.py first "$NT_TMP/one.pcap" | cut -d' ' -f2-)"
	# not asked for: not there
	"$NETTRACE" timeline --json -N "$C,$R,$S" >"$JSON" || fail "timeline"
	says 0 'hops?'
	"$NETTRACE" timeline -w 100 --hops -N "$C,$R,$S" --last >"$NT_TMP/drawn" || fail "timeline drawn"
	grep -q "$R forwards: .*TTL 64 → 63" "$NT_TMP/drawn" || fail "$(cat "$NT_TMP/drawn")"
}

# with the hooks that are always looked at: load; with all: load_with
t_hops_default()
{
	load
	t_hops
}

t_hops_path()
{
	load_with hooks=path
	t_hops
}

nt_main t_routed t_default t_nat t_hops_default t_hops_path
