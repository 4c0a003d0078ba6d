#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
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
	until_true 15 grep -q 'listening on' "$NT_TMP/$3.err" ||
		fail "tcpdump on $2: $(cat "$NT_TMP/$3.err")"
}

# larger than the header of the file
captured()
{
	[ "$(stat -c %s "$NT_TMP/$1.pcap")" -gt 24 ]
}

# path_of NETNS,...: of the first conversation with the port
path_of()
{
	local conv

	conv=$("$NETTRACE" list --json -N "$1" | frames.py conv $PORT)
	[ -n "$conv" ] || fail "no conversation with port $PORT"
	"$NETTRACE" path --json -N "$1" "$conv.1" >"$NT_TMP/path" || fail "path $conv.1"
	"$NETTRACE" show --layers --json -N "$1" "$conv.1" >"$NT_TMP/layers" ||
		fail "show --layers $conv.1"
	"$NETTRACE" path --ascii -N "$1" "$conv.1" >"$NT_TMP/drawn" || fail "path $conv.1 drawn"
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
	path_of $C,$R,$S
	[ "$(frames.py spaces <"$NT_TMP/path")" = "$C:sends $R:forwards $S:receives" ] ||
		fail "$(cat "$NT_TMP/path"; evdump -N $C,$R,$S | grep "dport=$PORT .*flags=")"
	equal "what changed" "$(frames.py nat <"$NT_TMP/path")" \
		"destination 10.0.9.9 10.0.2.2 inferred, source 10.0.1.1 10.0.2.1 inferred"
}

nt_main t_routed t_default t_nat
