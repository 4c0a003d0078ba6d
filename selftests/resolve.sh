#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# From the routing decision to the neighbour's answer.  The judges are `ip route get`
# and `ip neigh`.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# entry NETNS ADDRESS: the state of that entry, and its MAC address
entry()
{
	ip -n "$1" neigh show "$2" | awk '{ mac = "-" }
		{ for (i = 1; i < NF; i++) if ($i == "lladdr") mac = $(i + 1); print $NF, mac }'
}

# last_of NETNS ADDRESS: the same, as nettrace has it
last_of()
{
	ntq -p to,mac type=neigh "netns=$1" "addr=$2" <"$JSON" | tail -n 1
}

# t_answered ADDRESS: the entry comes, waits, and is reachable; a packet waits meanwhile
t_answered()
{
	net_pair
	must in_ns $C ping -qc 1 "$1"
	observe $C,$S
	says 1 type=neigh netns=$C "addr=$1" from=NONE to=INCOMPLETE
	says 1 type=neigh netns=$C "addr=$1" to=REACHABLE why=update
	at_least "packets that waited" "$(said type=neigh netns=$C "addr=$1" 'queued=1')" 1
	equal "the kernel's entry" "$(last_of $C "$1" | tr '\t' ' ')" "$(entry $C "$1")"
}

t_failed()
{
	net_pair
	! in_ns $C ping -qc 1 -W 5 10.0.1.99 >"$NT_TMP/ping" || fail "somebody answers for 10.0.1.99"
	await "the entry to fail" failed_entry
	observe $C
	says 1 type=neigh netns=$C addr=10.0.1.99 to=FAILED
}

failed_entry()
{
	ip -n "$C" neigh show 10.0.1.99 | grep -q FAILED
}

# t_drawn: route, entry, ARP and the SYN that waits, in one picture and in this order
t_drawn()
{
	net_routed
	opened
	"$NETTRACE" timeline -w 100 -N $C,$R,$S --conv "$(conv_of_client)" >"$NT_TMP/picture" ||
		fail "timeline"
	equal "the order" "$(grep -oE 'SYN: sent, waits for ARP|INCOMPLETE  *1 packet waits|who has 10.0.1.2|10.0.1.2 is at|→ REACHABLE|── SYN ' "$NT_TMP/picture" |
		sed 's/  */ /g' | tr '\n' ';')" \
		"SYN: sent, waits for ARP;INCOMPLETE 1 packet waits;who has 10.0.1.2;10.0.1.2 is at;→ REACHABLE;── SYN ;"
}

conv_of_client()
{
	observe "$C,$R,$S"
	ntq -p conv type=conversation proto=tcp "server.port=$PORT" <"$JSON"
}

# t_route: as `ip route get` has it
t_route()
{
	net_routed
	opened
	observe $C,$S
	[ "$(said type=route)" -gt 0 ] || skip "the module records no routes"
	says 1 type=route end=client netns=$C
	says 0 type=route end=server
	equal "the way" "$(ntq -p gateway,dev,src type=route <"$JSON" | tr '\t' ' ')" \
		"$(ip -n $C route get $SADDR | awk 'NR == 1 { print $3, $5, $7 }')"
	says 1 type=route subnet.net=10.0.1.0/24 subnet.same=false
}

load
nt_main "t_answered 10.0.1.2" "t_answered fd00:1::2" t_failed t_drawn t_route
