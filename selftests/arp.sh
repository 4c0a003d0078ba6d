#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# ARP as a conversation, and what IPv6 does in its place.  The judges are ip's
# addresses and neighbour tables, and tcpdump.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

mac_of()
{
	ip -n "$1" -o link show "$2" | sed 's/.*link\/ether \([0-9a-f:]*\).*/\1/'
}

t_exchange()
{
	net_pair
	must in_ns $C ping -qc 1 $SADDR
	observe $C,$S
	says 2 type=arp
	says 1 type=arp op=request broadcast=true "sender.mac=$(mac_of $C eth0)" sender.ip=$CADDR \
		target.ip=$SADDR
	says 1 type=arp op=reply broadcast=false "sender.mac=$(mac_of $S eth0)" sender.ip=$SADDR \
		"target.mac=$(mac_of $C eth0)" target.ip=$CADDR
	equal "what the kernel learned" \
		"$(ip -n $C neigh show $SADDR | sed -n 's/.*lladdr \([0-9a-f:]*\) .*/\1/p')" \
		"$(ntq -p sender.mac type=arp op=reply <"$JSON")"
	says 1 type=arp kind=request tries=1 answered=true
	says 1 type=arp kind=reply tries=1
	equal "the order" "$(ntq -p op type=arp <"$JSON" | tr '\n' ' ')" "request reply "
	at_least "the datagram waited for the reply" "$(first_datagram $S)" "$(ntq -p t type=arp op=reply <"$JSON")"
}

# first_datagram NETNS: when the echo request arrived there
first_datagram()
{
	ntq -p sightings.1.t type=icmp proto=icmp sightings.1.hook=LOCAL_IN \
		sightings.1.netns="$1" <"$JSON" | head -n 1
}

t_command()
{
	net_pair
	must in_ns $C ping -qc 1 $SADDR
	must "$NETTRACE" arp -N $C,$S
	"$NETTRACE" arp -N $C,$S >"$NT_TMP/text"
	grep -q "$(mac_of $S eth0)" "$NT_TMP/text" || fail "the owner is not named: $(cat "$NT_TMP/text")"
	grep -q "$SADDR" "$NT_TMP/text" || fail "the address is not named: $(cat "$NT_TMP/text")"
	equal "lines that ask or answer" "$(grep -c " ARP .*$SADDR" "$NT_TMP/text")" 2
}

# nobody answers: as many requests as tcpdump sees, no reply
t_unanswered()
{
	net_pair
	ip netns exec $C tcpdump -Z root -Uni eth0 -w "$NT_TMP/pcap" arp 2>"$NT_TMP/err" &
	echo $! >>"$NT_TMP/pids"
	await "tcpdump to listen" grep -q listening "$NT_TMP/err"
	! in_ns $C ping -qc 1 -W 5 10.0.1.99 >"$NT_TMP/ping" || fail "somebody answers for 10.0.1.99"
	await "the entry to fail" failed_entry 10.0.1.99
	kill $!
	wait $! || fail "tcpdump: $(cat "$NT_TMP/err")"
	observe $C
	n=$(tcpdump -Z root -nr "$NT_TMP/pcap" 2>/dev/null | grep -c 'Request who-has 10.0.1.99')
	at_least "requests for tcpdump" "$n" 2
	says "$n" type=arp op=request target.ip=10.0.1.99
	says 0 type=arp op=reply
	# each says so, and counts
	says "$n" type=arp kind=request answered=false target.ip=10.0.1.99
	says 1 type=arp op=request "tries=$n"
	# the neighbour heard them too: it was a broadcast
	observe $S
	says "$n" type=arp op=request target.ip=10.0.1.99 sightings.#=1
}

failed_entry()
{
	ip -n "$C" neigh show "$1" | grep -q FAILED
}

# through a router: an exchange on each link, each by the router's own port
t_routed()
{
	net_routed
	must in_ns $C ping -qc 1 $SADDR
	observe $C,$R,$S
	says 1 type=arp op=request sender.ip=10.0.1.1 target.ip=10.0.1.2
	says 1 type=arp op=request sender.ip=10.0.2.1 target.ip=10.0.2.2
	says 0 type=arp sender.ip=10.0.1.1 target.ip=10.0.2.2
	says 1 type=arp op=reply "sender.mac=$(mac_of $R left)" sender.ip=10.0.1.2
	says 1 type=arp op=reply "sender.mac=$(mac_of $S eth0)" sender.ip=10.0.2.2
}

# IPv6 asks a multicast group by ICMPv6: solicitation 135, advertisement 136
t_ipv6()
{
	net_pair
	must in_ns $C ping -qc 1 $SADDR6
	observe $C,$S
	says 0 type=arp
	at_least "solicitations that arrived" \
		"$(said type=icmp proto=icmpv6 icmp.type=135 sightings.#=2 sightings.0.netns=$C)" 1
	says 1 type=icmp proto=icmpv6 icmp.type=136 sightings.#=2 sightings.0.netns=$S
	at_least "answered" \
		"$(said type=nd op=solicitation kind=request answered=true target.ip=$SADDR6 sightings.#=2)" 1
	says 1 type=nd op=advertisement kind=reply sender.ip=$SADDR6 "sender.mac=$(mac_of $S eth0)"
	at_least "solicitations with their target" "$(said type=icmp icmp.type=135 nd_target=$SADDR6)" 1
	equal "what the kernel learned" \
		"$(ip -n $C neigh show $SADDR6 | sed -n 's/.*lladdr \([0-9a-f:]*\) .*/\1/p')" \
		"$(ntq -p sender.mac type=nd op=advertisement <"$JSON")"
	says 1 type=icmp proto=icmpv6 icmp.type=128 sightings.#=2
	says 1 type=icmp proto=icmpv6 icmp.type=129 sightings.#=2
}

# a datagram to a closed port, and the ICMP error that tells which one
t_icmp_error()
{
	net_pair
	peer client $C
	tell client udp $SADDR 9 1
	observe $C,$S
	says 1 type=datagram proto=udp len=4 sightings.0.hook=LOCAL_OUT sightings.1.hook=LOCAL_IN
	says 1 type=icmp proto=icmp icmp.type=3 icmp.code=3 icmp.name=port-unreachable \
		sightings.#=2 about.addr=$SADDR about.port=9 about.n=1 about.basis=observed
}

# RFC 5227 by arping: a probe for a free address, one for a taken one, announcements
t_claims()
{
	net_pair
	in_ns $C arping -D -q -c 1 -w 2 -I eth0 10.0.1.77 || fail "somebody has 10.0.1.77"
	! in_ns $C arping -D -q -c 1 -w 2 -I eth0 $SADDR || fail "nobody has $SADDR"
	must in_ns $C arping -U -q -c 1 -w 2 -I eth0 $CADDR
	must in_ns $C arping -A -q -c 1 -w 2 -I eth0 $CADDR
	observe $C,$S
	says 1 type=arp op=request kind=probe sender.ip=0.0.0.0 target.ip=10.0.1.77
	says 1 type=arp kind=probe target.ip=$SADDR answered=true
	says 1 type=arp op=reply kind=conflict sender.ip=$SADDR "conflict=$(mac_of $C eth0)"
	says 1 type=arp op=request kind=announcement sender.ip=$CADDR
	says 1 type=arp op=reply kind=gratuitous sender.ip=$CADDR
}

# a router that answers for who is behind it, as its sysctl lets it
t_proxy()
{
	net_routed
	must in_ns $R sysctl -qw net.ipv4.conf.left.proxy_arp=1
	must ip -n $C route replace $SADDR dev eth0
	must in_ns $C ping -qc 1 $SADDR
	observe $C,$R,$S
	says 1 type=arp kind=proxy sender.ip=$SADDR "sender.mac=$(mac_of $R left)"
	# who answers for itself is none
	says 1 type=arp kind=reply sender.ip=$SADDR "sender.mac=$(mac_of $S eth0)"
}

# whose an address is: by a list, and by its bits as ip shows them
t_vendor()
{
	local second

	printf '00:22:72\tAmer\tAmerican\033 Inc.\n' >"$NT_TMP/manuf"
	net_pair
	must ip -n $S link set eth0 address 00:22:72:01:02:03
	must in_ns $C ping -qc 1 $SADDR
	NETTRACE_OUI=$NT_TMP/manuf observe $C,$S
	says 1 type=arp op=reply sender.mac=00:22:72:01:02:03 '!sender.mac_kind' \
		'sender.mac_vendor=American\x1b Inc.'
	# the second digit's bit of two, as the kernel chose it for a veth
	second=$((0x$(mac_of $C eth0 | cut -c1-2) & 2))
	equal "$(mac_of $C eth0) is locally administered" $second 2
	says 1 type=arp op=reply target.mac_kind=local '!target.mac_vendor'
	says 1 type=neigh netns=$C to=REACHABLE 'mac_vendor=American\x1b Inc.'
	NETTRACE_OUI=$NT_TMP/manuf "$NETTRACE" arp -N $C,$S >"$NT_TMP/text" || fail "arp"
	grep -qF '00:22:72:01:02:03 [American\x1b Inc.]' "$NT_TMP/text" || fail "$(cat "$NT_TMP/text")"
	grep -qF "($(mac_of $C eth0)) [locally administered]" "$NT_TMP/text" ||
		fail "$(cat "$NT_TMP/text")"
	NETTRACE_OUI=$NT_TMP/none "$NETTRACE" arp -N $C,$S >"$NT_TMP/text" 2>"$NT_TMP/err" || fail "arp"
	grep -q 'cannot read .*/none' "$NT_TMP/err" || fail "a list that is not there is not said"
	! grep -q American "$NT_TMP/text" || fail "$(cat "$NT_TMP/text")"
}

# the request names the packet that waits: the one that tcpdump has behind the reply
t_waits()
{
	net_routed
	ip netns exec $C tcpdump -Z root -Uni eth0 -w "$NT_TMP/pcap" 'arp or tcp' 2>"$NT_TMP/err" &
	echo $! >>"$NT_TMP/pids"
	await "tcpdump to listen" grep -q listening "$NT_TMP/err"
	opened
	await "tcpdump to have it" has_syn
	equal "the order on the link" \
		"$(tcpdump -Z root -nr "$NT_TMP/pcap" 2>/dev/null | grep -v 10.0.2.1 | head -n 3 |
			sed 's/.*\(Request\|Reply\|Flags \[S\]\).*/\1/' | tr '\n' ' ')" \
		"Request Reply Flags [S] "
	observe $C,$R,$S
	says 1 type=arp op=request sender.ip=10.0.1.1 target.ip=10.0.1.2 waits.#=1
	equal "who waits in the client" \
		"$(ntq -p waits.0.conv,waits.0.n type=arp op=request sender.ip=10.0.1.1 waits.0.basis=inferred <"$JSON")" \
		"$(ntq -p conv,n type=segment flags=SYN "sightings.0.netns=$C" <"$JSON")"
	# in the router it is the same one, forwarded
	equal "who waits in the router" \
		"$(ntq -p waits.0.conv,waits.0.n type=arp op=request sender.ip=10.0.2.1 <"$JSON")" \
		"$(ntq -p conv,n type=segment flags=SYN "sightings.0.netns=$C" <"$JSON")"
	says 0 type=arp op=reply 'waits?'
	"$NETTRACE" arp -N $C,$R,$S >"$NT_TMP/text" || fail "arp"
	grep -q 'who has 10.0.1.2?.* waits' "$NT_TMP/text" || fail "$(cat "$NT_TMP/text")"
}

has_syn()
{
	tcpdump -Z root -nr "$NT_TMP/pcap" 2>/dev/null | grep -q 'Flags \[S\]'
}

# what a link that comes up drops of IPv6 is not what is asked for here
load_with drops=0
nt_main t_exchange t_command t_unanswered t_routed t_ipv6 t_icmp_error t_claims t_proxy t_vendor t_waits
