#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# Every hook in every family sees what netfilter's own counters see, to the
# packet, from the first packet of a namespace on.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

CHAINS="prerouting:PRE_ROUTING input:LOCAL_IN forward:FORWARD output:LOCAL_OUT postrouting:POST_ROUTING"

# count_hooks NETNS: counters at all hooks of IPv4, IPv6 and ARP
count_hooks()
{
	local pair chain rules='add table inet cnt; add table arp cnt'

	for pair in $CHAINS; do
		chain=${pair%:*}
		rules+="
			add chain inet cnt $chain { type filter hook $chain priority 0; }
			add rule inet cnt $chain meta nfproto ipv4 counter comment \"${pair#*:}/4\"
			add rule inet cnt $chain meta nfproto ipv6 counter comment \"${pair#*:}/6\""
	done
	for chain in input:ARP_IN output:ARP_OUT; do
		rules+="
			add chain arp cnt ${chain%:*} { type filter hook ${chain%:*} priority 0; }
			add rule arp cnt ${chain%:*} counter comment \"${chain#*:}/8\""
	done
	must in_ns "$1" nft "$rules"
}

# by_nft NETNS, by_nettrace NETNS: lines "HOOK/FAMILY COUNT", none for zero
by_nft()
{
	in_ns "$1" nft list ruleset |
		sed -n 's/.*counter packets \([0-9]*\) .*comment "\(.*\)".*/\2 \1/p' |
		awk '$2 > 0' | sort
}

by_nettrace()
{
	evdump -N "$1" | sed -n 's/^packet .* family=\([0-9]*\) .*hook=\([A-Z_]*\) .*/\2\/\1/p' |
		sort | uniq -c | awk '{ print $2, $1 }' | sort
}

# counted_both NETNS: by nettrace, and by nft before and after with no difference:
# IPv6 has its own housekeeping to send at any time
counted_both()
{
	by_nft "$1" | grep -vE "${IGNORE:-^$}" >"$NT_TMP/nft"
	pause 0.1
	by_nettrace "$1" >"$NT_TMP/nettrace"
	by_nft "$1" | grep -vE "${IGNORE:-^$}" | cmp -s - "$NT_TMP/nft"
}

# the namespaces are new: nothing has passed before the counters were there
routed_and_counted()
{
	routed_spaces
	count_hooks "$C"
	count_hooks "$R"
	count_hooks "$S"
	routed_cables
}

some_traffic()
{
	local FAMILY

	must in_ns "$C" ping -qc 3 -i 0.02 "$SADDR"
	must in_ns "$C" ping -qc 3 -i 0.02 "$SADDR6"
	must in_ns "$S" ping -qc 2 -i 0.02 127.0.0.1
	must in_ns "$S" ping -qc 2 -i 0.02 ::1
	for FAMILY in 4 6; do
		opened
		tell client send 5000
		tell server recv 5000
		tell client udp "$SADDR" 9 3
		tell client udp "$SADDR6" 9 3
		tell client close
		tell server eof
		tell server close
		leave client
		leave server
		rm "$NT_TMP"/*.in "$NT_TMP"/*.out
		PORT=$((PORT + 1))
	done
}

# compare NETNS HOOK/FAMILY...: these at least are not zero, all are equal
compare()
{
	local ns=$1 want

	shift
	await "$ns to fall quiet" counted_both "$ns"
	equal "events not recorded in $ns" "$(stat_of unrecorded "$ns")" 0
	diff -u --label "what nft counted in $ns" --label "what nettrace recorded" \
		"$NT_TMP/nft" "$NT_TMP/nettrace" >"$NT_TMP/diff" || fail "$(cat "$NT_TMP/diff")"
	for want in "$@"; do
		grep -q "^$want " "$NT_TMP/nettrace" || fail "no packet at $want in $ns"
	done
}

t_default()
{
	load_with drops=0
	routed_and_counted
	some_traffic
	IGNORE='ROUTING'
	compare $C LOCAL_OUT/4 LOCAL_OUT/6 LOCAL_IN/4 LOCAL_IN/6 ARP_OUT/8 ARP_IN/8
	compare $R FORWARD/4 FORWARD/6 ARP_OUT/8 ARP_IN/8
	compare $S LOCAL_OUT/4 LOCAL_OUT/6 LOCAL_IN/4 LOCAL_IN/6 ARP_OUT/8 ARP_IN/8
}

t_path()
{
	load_with hooks=path drops=0
	routed_and_counted
	some_traffic
	IGNORE=
	compare $C LOCAL_OUT/4 LOCAL_OUT/6 LOCAL_IN/4 LOCAL_IN/6 PRE_ROUTING/4 PRE_ROUTING/6 \
		POST_ROUTING/4 POST_ROUTING/6 ARP_OUT/8 ARP_IN/8
	compare $R FORWARD/4 FORWARD/6 PRE_ROUTING/4 PRE_ROUTING/6 POST_ROUTING/4 POST_ROUTING/6
	compare $S LOCAL_OUT/4 LOCAL_OUT/6 LOCAL_IN/4 LOCAL_IN/6
}

# a namespace that was there before the module, and the module's first one
t_older_namespace()
{
	unload
	ns_add nts-c
	count_hooks nts-c
	must insmod "$NETTRACE_KO"
	must in_ns nts-c ping -qc 4 -i 0.02 127.0.0.1
	IGNORE='ROUTING'
	compare nts-c LOCAL_OUT/4 LOCAL_IN/4
}

# what the firewall drops at OUTPUT has left the socket; what it drops at INPUT
# has not reached one
t_views()
{
	load_with drops=0
	net_lo
	must in_ns $C nft 'add table inet f
		add chain inet f out { type filter hook output priority 0; }
		add chain inet f in { type filter hook input priority 0; }
		add rule inet f out udp dport 1001 drop
		add rule inet f in udp dport 1002 drop'
	peer client $C
	tell client udp 127.0.0.1 1002 1
	ask client udp 127.0.0.1 1001 1
	equal "of the one dropped at INPUT" \
		"$(evdump -N $C | grep ' dport=1002 ' | grep -o 'hook=[A-Z_]*' | tr '\n' ' ')" "hook=LOCAL_OUT "
	await "the one dropped at OUTPUT" out_1001_seen
	equal "of the one dropped at OUTPUT" \
		"$(evdump -N $C | grep ' dport=1001 ' | grep -o 'hook=[A-Z_]*' | sort -u | tr '\n' ' ')" "hook=LOCAL_OUT "
}

out_1001_seen()
{
	evdump -N "$C" | grep -q ' dport=1001 '
}

# addresses, ports, lengths, times to live and devices are the packets' own
t_fields()
{
	load_with drops=0
	net_routed
	peer client $C
	tell client udp $SADDR 4711 1
	await "the datagram at the server" field_line $S LOCAL_IN
	must field_line $C LOCAL_OUT "dev=eth0 .*len=32 payload=4 .*src=10.0.1.1 dst=10.0.2.2 .*dport=4711 ttl=64 "
	must field_line $R FORWARD "dev=left .*src=10.0.1.1 dst=10.0.2.2 .*dport=4711 ttl=63 "
	must field_line $S LOCAL_IN "dev=eth0 .*len=32 payload=4 .*src=10.0.1.1 dst=10.0.2.2 .*dport=4711 ttl=63 "
}

# field_line NETNS HOOK [PATTERN]
field_line()
{
	evdump -N "$1" | grep ' dport=4711 ' >"$NT_TMP/field"
	grep "hook=$2 " "$NT_TMP/field" | grep -q -- "${3:-}" || { cat "$NT_TMP/field" && return 1; }
}

nt_main t_default t_path t_older_namespace t_views t_fields
