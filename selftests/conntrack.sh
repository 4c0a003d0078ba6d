#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# Conntrack's entries beside conversations: they are those of conntrack(8); what was
# inferred of NAT is observed where they agree; and where there is no table that can be
# asked, that is said and nothing is loaded.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

VIP=10.0.9.9 VIP6=fd00:9::9
LOADED="nf_conntrack_netlink nft_chain_nat nft_masq nft_redir nft_nat nft_ct nf_nat nf_conntrack"

# tables: which modules there are that conntrack is made of
tables()
{
	awk '{ print $1 }' /proc/modules | grep -E '^(nf|nft|nfnetlink)' | sort | tr '\n' ' '
}

# without MODULE...: they are unloaded; what a namespace held goes a moment after it
without()
{
	unloaded()
	{
		local m

		for m in "$@"; do
			[ ! -d "/sys/module/$m" ] || rmmod "$m" 2>/dev/null || return 1
		done
	}
	await "$* to be unloaded" unloaded "$@"
}

# nat_on FAMILY WHICH...: on the router: destination NAT of the address that nobody has,
# source NAT of what leaves to the server
nat_on()
{
	local family=$1 to=10.0.2.2 from=10.0.2.1 vip=$VIP way

	shift
	if [ "$family" = ip6 ]; then
		to=fd00:2::2 from=fd00:2::1 vip=$VIP6
	fi
	must in_ns "$R" nft "add table $family n
		add chain $family n pre { type nat hook prerouting priority -100; }
		add chain $family n post { type nat hook postrouting priority 100; }"
	for way in "$@"; do
		case $way in
		dnat) must in_ns "$R" nft "add rule $family n pre $family daddr $vip dnat to $to" ;;
		snat) must in_ns "$R" nft "add rule $family n post oif right snat to $from" ;;
		esac
	done
}

# connected ADDRESS: by the address that is translated
connected()
{
	local at=$SADDR

	[[ $1 != *:* ]] || at=$SADDR6
	peer server "$S"
	peer client "$C"
	tell server listen "$at" "$PORT"
	tell client connect "$1" "$PORT"
	tell server accept
	tell client send 5
	tell server recv 5
}

# listed FILE FAMILY: what conntrack(8) has in the router
listed()
{
	in_ns "$R" conntrack -L -f "$2" -o extended >"$NT_TMP/$1" 2>"$NT_TMP/$1.err" ||
		fail "conntrack -L: $(cat "$NT_TMP/$1.err")"
}

# compare FAMILY COUNT: entries as conntrack(8) has them, before and after
compare()
{
	listed before "$1"
	observe "$C,$R,$S"
	listed after "$1"
	equal "entries that agree" \
		"$(tracked.py same "$R" "$NT_TMP/before" "$NT_TMP/after" <"$JSON")" "$2"
}

# drawn CONV SERVER: what agrees is without '~', and says by what it is observed
drawn()
{
	local view

	"$NETTRACE" list -N "$C,$R,$S" >"$NT_TMP/list" || fail "list"
	"$NETTRACE" timeline -w 200 -N "$C,$R,$S" --hops --conv "$1" >"$NT_TMP/timeline" ||
		fail "timeline"
	"$NETTRACE" path -w 200 -N "$C,$R,$S" "$1.1" >"$NT_TMP/path" || fail "path"
	for view in list timeline; do
		tr -s ' \n' ' ' <"$NT_TMP/$view" >"$NT_TMP/whole" # what is long is on several lines
		grep -q " server translated to .*$2.* in netns $R: the same as #.* (observed: conntrack)" \
			"$NT_TMP/whole" || fail "$view: $(cat "$NT_TMP/$view")"
		grep -q "conntrack in netns $R, observed: .*$2.* ESTABLISHED, .*ASSURED" \
			"$NT_TMP/whole" || fail "$view: $(cat "$NT_TMP/$view")"
	done
	grep -q "destination NAT, observed: .*$2" "$NT_TMP/path" || fail "$(cat "$NT_TMP/path")"
	grep -q "changed by NAT (observed)" "$NT_TMP/path" || fail "$(cat "$NT_TMP/path")"
	! grep -q '~.* NAT\|~.*translated\|~source\|~destination' "$NT_TMP/list" "$NT_TMP/timeline" \
		"$NT_TMP/path" || fail "inferred: $(cat "$NT_TMP/timeline" "$NT_TMP/path")"
}

# three conversations, one entry, under three pairs of addresses
both_ways()
{
	local family=$1 vip=$2 client=$3 server=$4 router=$5 ct=ipv4 entry one

	[ "$family" = ip ] || ct=ipv6

	load_with hooks=path
	net_routed
	nat_on "$family" dnat snat
	connected "$vip"
	compare "$ct" 3
	entry="$client $vip $server $router"
	equal "whose entry it is" "$(tracked.py tuples "$R" <"$JSON" | sort)" \
		"$(printf '%s\n' "$client $server | $entry" "$client $vip | $entry" \
			"$router $server | $entry" | sort)"
	says 3 type=conversation proto=tcp nat.0.basis=observed nat.0.conntrack=agrees
	says 1 type=conversation proto=tcp nat.1.basis=observed nat.1.conntrack=agrees
	says 0 type=conversation 'nat.*.basis=inferred'
	one=$(ntq -p conv type=conversation proto=tcp "server.addr=$vip" <"$JSON")
	drawn "$one" "$server"
	# nobody asks: it is inferred, and nothing is said of conntrack
	JSON=$NT_TMP/json
	"$NETTRACE" timeline --json --conntrack=never -N "$C,$R,$S" >"$JSON" || fail "timeline"
	says 3 type=conversation proto=tcp nat.0.basis=inferred '!nat.0.conntrack' '!conntrack'
}

t_both()
{
	both_ways ip "$VIP" 10.0.1.1 10.0.2.2 10.0.2.1
}

t_both6()
{
	both_ways ip6 $VIP6 fd00:1::1 fd00:2::2 fd00:2::1
}

# without PRE_ROUTING nothing is inferred: the entry alone tells of the translation
t_default()
{
	local one

	load
	net_routed
	nat_on ip dnat
	connected "$VIP"
	compare ipv4 2
	one=$(ntq -p conv type=conversation proto=tcp server.addr=$VIP <"$JSON")
	says 0 type=conversation 'nat?'
	says 1 type=conversation proto=tcp "server.addr=$SADDR" "conntrack.0.netns=$R" \
		"conntrack.0.orig.dst.addr=$VIP" "conntrack.0.conv=$one"
	says 1 type=conversation proto=tcp "server.addr=$VIP" "conntrack.0.netns=$R" \
		"conntrack.0.reply.src.addr=$SADDR" conntrack.0.basis=observed
	"$NETTRACE" timeline -w 200 -N "$C,$R,$S" >"$NT_TMP/timeline" || fail "timeline"
	tr -s ' \n' ' ' <"$NT_TMP/timeline" >"$NT_TMP/whole"
	grep -q "behind NAT it is #$one " "$NT_TMP/whole" || fail "$(cat "$NT_TMP/timeline")"
}

# both addresses are translated, and the router looks at neither side of it: what it has
# sighted is in no entry as a tuple, and the table is looked through
translated_twice()
{
	local family=$1 vip=$2 client=$3 server=$4 router=$5 ct=ipv4

	[ "$family" = ip ] || ct=ipv6
	load
	net_routed
	nat_on "$family" dnat snat
	connected "$vip"
	compare "$ct" 3
	equal "whose entry it is" "$(tracked.py tuples "$R" <"$JSON" | sort)" \
		"$(printf '%s | '"$client $vip $server $router"'\n' "$client $server" \
			"$client $vip" "$router $server" | sort)"
	says 0 type=conversation 'nat?'
	equal "behind it" "$(ntq -p conntrack.0.conv type=conversation proto=tcp \
		"server.addr=$vip" <"$JSON")" \
		"$(ntq -p conv type=conversation proto=tcp "client.addr=$router" <"$JSON")"
	# the router alone, which has neither the client's view nor the server's
	observe "$R"
	says 1 type=conversation proto=tcp "client.addr=$client" "server.addr=$server" \
		conntrack.0.outcome=found "conntrack.0.orig.dst.addr=$vip" \
		"conntrack.0.reply.dst.addr=$router" '!conntrack.0.conv'
}

t_between()
{
	translated_twice ip "$VIP" 10.0.1.1 10.0.2.2 10.0.2.1
}

t_between6()
{
	translated_twice ip6 $VIP6 fd00:1::1 fd00:2::2 fd00:2::1
}

# zoned RULE: what passes the router is tracked in a zone
zoned()
{
	must in_ns "$R" nft "add table ip z
		add chain ip z pre { type filter hook prerouting priority -300; }
		add rule ip z pre $1"
}

# an entry of a zone is found by looking through the table; one of two is not told apart
t_zones()
{
	local port

	load
	net_routed
	zoned "ct zone set 5"
	nat_on ip dnat
	connected "$VIP"
	compare ipv4 2
	listed zones ipv4
	equal "entries by conntrack -L" "$(grep -c zone=5 "$NT_TMP/zones")" 1
	says 2 type=conversation proto=tcp conntrack.0.outcome=found conntrack.0.zone=5 \
		"conntrack.0.orig.dst.addr=$VIP"
	flat timeline timeline -N "$R"
	grep -q "replies .*, zone 5, ESTABLISHED" "$NT_TMP/timeline" ||
		fail "$(cat "$NT_TMP/timeline")"
	# the same addresses in another zone: whose are they?
	port=$(ntq -p client.port type=conversation proto=tcp "server.addr=$SADDR" <"$JSON")
	must in_ns "$R" conntrack -I -p tcp -s "$CADDR" -d "$VIP" --sport "$port" \
		--dport "$PORT" -r "$SADDR" -q "$CADDR" --reply-port-src "$PORT" \
		--reply-port-dst "$port" --state ESTABLISHED --timeout 100 --zone 6 \
		>"$NT_TMP/inserted" 2>&1
	observe "$C,$R,$S"
	says 1 type=conversation proto=tcp "server.addr=$SADDR" conntrack.0.outcome=several \
		'!conntrack.0.orig'
	flat timeline timeline -N "$R"
	grep -q "conntrack.*: several entries with these addresses, of different zones" \
		"$NT_TMP/timeline" || fail "$(cat "$NT_TMP/timeline")"
}

# only packets to the server are of the zone; the kernel tells of it in their tuple
t_zone_of_one_way()
{
	load
	net_routed
	zoned "ct original zone set 7"
	opened
	listed zones ipv4
	equal "entries by conntrack -L" "$(grep -c zone-orig=7 "$NT_TMP/zones")" 1
	observe "$R"
	says 1 type=conversation proto=tcp conntrack.0.outcome=found conntrack.0.zone=7
}

# flat FILE COMMAND...: its output on one line, wherever it was cut
flat()
{
	local file=$NT_TMP/$1

	shift
	"$NETTRACE" "$@" >"$file.lines" || fail "$*"
	tr -s ' \n' ' ' <"$file.lines" >"$file"
}

# what explain and follow say of the entry
t_told()
{
	local go="import socket; socket.create_connection(('$VIP', $PORT)).close()" told

	load_with hooks=path
	net_routed
	told="NAT changes the destination of the client's packets on the way, "
	told+="$VIP:$PORT becomes $SADDR:$PORT"
	nat_on ip dnat
	listed before ipv4 # so that there is something to ask
	peer server "$S"
	tell server listen "$SADDR" "$PORT"
	"$NETTRACE" follow -w 250 -N "$C,$R,$S" -- ip netns exec "$C" python3 -c "$go" \
		>"$NT_TMP/follow" 2>"$NT_TMP/err" || fail "follow: $(cat "$NT_TMP/err")"
	grep -q "^ .*conntrack in netns $R, observed: $CADDR:.* → $VIP:$PORT, replies $SADDR:$PORT" \
		"$NT_TMP/follow" || fail "$(cat "$NT_TMP/follow")"
	# the client's namespace tracks nothing: that is said to who asks for it
	! grep -q "conntrack in netns $C" "$NT_TMP/follow" || fail "$(cat "$NT_TMP/follow")"
	"$NETTRACE" follow -w 250 --conntrack -N "$C,$R,$S" -- ip netns exec "$C" python3 -c \
		"$go" >"$NT_TMP/follow" 2>"$NT_TMP/err" || fail "follow: $(cat "$NT_TMP/err")"
	grep -q "conntrack in netns $C: no entry" "$NT_TMP/follow" || fail "$(cat "$NT_TMP/follow")"
	"$NETTRACE" follow --conntrack=never -N "$C,$R,$S" -- ip netns exec "$C" python3 -c "$go" \
		>"$NT_TMP/follow" 2>"$NT_TMP/err" || fail "follow: $(cat "$NT_TMP/err")"
	! grep -q "conntrack" "$NT_TMP/follow" || fail "$(cat "$NT_TMP/follow")"
	JSON=$NT_TMP/json
	"$NETTRACE" follow --json -N "$C,$R,$S" -- ip netns exec "$C" python3 -c "$go" >"$JSON" \
		2>"$NT_TMP/err" || fail "follow: $(cat "$NT_TMP/err")"
	says 1 type=conversation proto=tcp server.addr=$VIP "conntrack.*.netns=$R" \
		"conntrack.*.reply.src.addr=$SADDR"
	flat told explain --last -N "$C,$R,$S"
	grep -q "$told: conntrack's table has it" "$NT_TMP/told" || fail "$(cat "$NT_TMP/told")"
	grep -q "conntrack in netns $R, observed: " "$NT_TMP/told" || fail "$(cat "$NT_TMP/told")"
	flat told explain --last --conntrack=never -N "$C,$R,$S"
	grep -q "NAT seems to change the server's address .* (inferred)" "$NT_TMP/told" ||
		fail "$(cat "$NT_TMP/told")"
	"$NETTRACE" explain --json --last -N "$C,$R,$S" >"$JSON" || fail "explain"
	says 1 type=explanation "conntrack.*.netns=$R" "conntrack.*.reply.src.addr=$SADDR"
}

# datagrams, echoes: identifiers in the place of ports, no state
t_others()
{
	load_with hooks=path
	net_routed
	nat_on ip dnat snat
	must in_ns "$C" ping -qc 1 "$VIP"
	must in_ns "$C" python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b"five!", ("10.0.9.9", 9))'
	listed before ipv4
	observe "$C,$R,$S"
	listed after ipv4
	must tracked.py same "$R" "$NT_TMP/before" "$NT_TMP/after" <"$JSON"
	says 1 type=conversation proto=icmp server.addr=$VIP conntrack.0.outcome=found \
		'!conntrack.0.state' conntrack.0.orig.icmp_type=8 nat.0.conntrack=agrees
	says 1 type=conversation proto=udp server.addr=$VIP conntrack.0.outcome=found \
		'!conntrack.0.state' nat.0.conntrack=agrees
}

# an entry that is made anew, under another rule (to a host that does not answer), is not what was inferred of the first
# packets; without one nothing is said against them
t_differs()
{
	load_with hooks=path
	net_routed
	nat_on ip dnat
	connected "$VIP"
	must in_ns "$R" conntrack -D -p tcp --orig-dst "$VIP" >"$NT_TMP/deleted" 2>&1
	observe "$C,$R,$S"
	says 1 type=conversation proto=tcp server.addr=$VIP nat.0.basis=inferred \
		nat.0.conntrack=no-entry
	must in_ns "$R" nft "flush chain ip n pre
		add rule ip n pre ip daddr $VIP dnat to 10.0.2.7"
	tell client send 7
	there()
	{
		in_ns "$R" conntrack -L -p tcp --orig-dst "$VIP" 2>/dev/null | grep -q "src=10.0.2.7"
	}
	await "the entry of the other rule" there
	observe "$C,$R,$S"
	says 1 type=conversation proto=tcp server.addr=$VIP nat.0.basis=inferred \
		nat.0.conntrack=disagrees "nat.0.to.port=$PORT" \
		nat.0.conntrack_has.addr=10.0.2.7
	"$NETTRACE" list -w 200 -N "$C,$R,$S" >"$NT_TMP/list" || fail "list"
	grep -q "~server translated to 10.0.2.2:$PORT .*(but conntrack has 10.0.2.7:$PORT)" \
		"$NT_TMP/list" || fail "$(cat "$NT_TMP/list")"
}

# a namespace that ends before its table is asked
t_gone()
{
	load
	net_routed
	nat_on ip snat
	listed before ipv4 # so that there is something to ask
	peer server "$S"
	tell server listen "$SADDR" "$PORT"
	JSON=$NT_TMP/json
	"$NETTRACE" timeline --json -N "$C,$R,$S" -- sh -c \
		"ip netns exec $C nc -N -w 5 $SADDR $PORT </dev/null; ip netns del $R" \
		>"$JSON" 2>"$NT_TMP/err"
	says 1 type=conversation proto=tcp client.addr=$CADDR "conntrack.0.netns=$R" \
		conntrack.0.outcome=namespace-gone
	grep -q "$R: conntrack is not asked: this network namespace has ended" "$NT_TMP/err" ||
		fail "$(cat "$NT_TMP/err")"
}

# nothing is loaded by asking: not the table, not who speaks for it
t_not_loaded()
{
	local before

	load_with hooks=path
	# shellcheck disable=SC2086 # several
	without $LOADED
	before=$(tables)
	net_routed
	opened
	JSON=$NT_TMP/json
	"$NETTRACE" timeline --json --conntrack -N "$C,$R,$S" >"$JSON" 2>"$NT_TMP/err" ||
		fail "timeline: $(cat "$NT_TMP/err")"
	grep -q 'nf_conntrack is not loaded' "$NT_TMP/err" || fail "$(cat "$NT_TMP/err")"
	says 1 type=conversation proto=tcp conntrack.#=3 conntrack.0.outcome=not-loaded \
		'!conntrack.0.orig'
	"$NETTRACE" timeline -N "$C,$R,$S" --conntrack >"$NT_TMP/drawn" 2>/dev/null ||
		fail "timeline"
	grep -q "conntrack in netns $R: not asked, nf_conntrack is not loaded" "$NT_TMP/drawn" ||
		fail "$(cat "$NT_TMP/drawn")"
	# who does not ask for it hears nothing of it
	"$NETTRACE" timeline --json -N "$C,$R,$S" >"$JSON" 2>"$NT_TMP/err" || fail "timeline"
	says 0 'conntrack?'
	equal "said" "$(grep -c conntrack "$NT_TMP/err")" 0
	equal "modules" "$(tables)" "$before"
}

# the table is there, nf_conntrack_netlink is not
t_no_netlink()
{
	local before

	load_with hooks=path
	without nf_conntrack_netlink
	net_routed
	nat_on ip dnat
	connected "$VIP"
	before=$(tables)
	[[ $before == *nf_conntrack* ]] || fail "NAT without nf_conntrack? $before"
	JSON=$NT_TMP/json
	"$NETTRACE" timeline --json -N "$C,$R,$S" >"$JSON" 2>"$NT_TMP/err" || fail "timeline"
	says 1 type=conversation proto=tcp server.addr=$VIP conntrack.0.outcome=no-netlink \
		nat.0.basis=inferred '!nat.0.conntrack'
	grep -q 'modprobe nf_conntrack_netlink' "$NT_TMP/err" || fail "$(cat "$NT_TMP/err")"
	equal "modules" "$(tables)" "$before"
}

# a recording has no table, and it is not this moment's
t_recording()
{
	load
	net_pair
	"$NETTRACE" record -N "$C,$S" "$NT_TMP/r.ntr" -- ip netns exec "$C" ping -qc 1 "$SADDR" \
		>/dev/null 2>&1 || fail "record"
	JSON=$NT_TMP/json
	"$NETTRACE" -r "$NT_TMP/r.ntr" timeline --json --conntrack >"$JSON" 2>"$NT_TMP/err" ||
		fail "timeline"
	says 0 'conntrack?'
	grep -q 'conntrack is not asked: its table has what is now' "$NT_TMP/err" ||
		fail "$(cat "$NT_TMP/err")"
}

nt_main t_not_loaded t_no_netlink t_both t_both6 t_default t_between t_between6 t_zones \
	t_zone_of_one_way t_told t_others t_differs t_gone t_recording
