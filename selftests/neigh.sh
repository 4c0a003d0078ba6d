#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's neighbour tables, as the module records them.  The judges are ip
# neigh and ip monitor, and the requests that were sighted.

# shellcheck disable=SC2016 # programs in single quotes: awk's and the inner shell's
# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# short times: an answer is believed for about three seconds
hasten()
{
	local family

	for family in ipv4 ipv6; do
		must in_ns "$1" sysctl -qw net.$family.neigh.eth0.base_reachable_time_ms=3000 \
			net.$family.neigh.eth0.delay_first_probe_time=1 \
			net.$family.neigh.eth0.retrans_time_ms=400
	done
}

# monitor NETNS: what ip says of its tables, from now on
monitor()
{
	ip -n "$1" -4 monitor neigh >"$NT_TMP/monitor" 2>&1 &
	echo $! >>"$NT_TMP/pids"
	disown $!
	# it hears of this one when it listens
	await "ip monitor to listen" monitor_hears "$1"
}

monitor_hears()
{
	ip -n "$1" neigh replace 10.0.1.250 lladdr 02:00:00:00:00:01 nud permanent dev eth0
	ip -n "$1" neigh del 10.0.1.250 dev eth0
	grep -q 10.0.1.250 "$NT_TMP/monitor"
}

# monitored ADDR: the states of which ip monitor was told, one after the other
monitored()
{
	awk -v addr="$1" '$1 == addr { print $NF }' "$NT_TMP/monitor" | tr '\n' ' '
}

# entry NETNS ADDR: its state now
entry()
{
	ip -n "$1" neigh show "$2" | awk '{ print $NF }'
}

entry_is()
{
	[ "$(entry "$1" "$2")" = "$3" ]
}

# changes NETNS ADDR [KEY...]: old>new of each record, or what the keys have
changes()
{
	local ns=$1 addr=$2

	shift 2
	evdump -N "$ns" | sort -t = -k 2,2n | awk -v addr="addr=$addr" -v keys="${*:-old new}" '
		$1 == "neigh" && index($0, addr " ") {
			n = split(keys, k, " ")
			for (i = 2; i <= NF; i++) { split($i, kv, "="); v[kv[1]] = kv[2] }
			for (i = 1; i <= n; i++) printf "%s%s", v[k[i]], i < n ? ">" : " "
		}'
}

# told NETNS ADDR: those of the changes of which the kernel tells ip monitor
told()
{
	changes "$1" "$2" | tr ' ' '\n' | awk -F'>' '$1 != $2 && $2 ~ /^(REACHABLE|STALE|PROBE|FAILED)$/ { print $2 }' |
		tr '\n' ' '
}

t_life()
{
	load
	net_pair
	hasten $C
	monitor $C
	must in_ns $C ping -qc 1 $SADDR
	equal "the entry" "$(entry $C $SADDR)" REACHABLE
	await "STALE" entry_is $C $SADDR STALE
	must in_ns $C ping -qc 1 $SADDR
	equal "the entry" "$(entry $C $SADDR)" DELAY
	await "an answer to the probe" entry_is $C $SADDR REACHABLE
	await "STALE again" entry_is $C $SADDR STALE
	equal "all changes" "$(changes $C $SADDR)" \
		"NONE>INCOMPLETE INCOMPLETE>REACHABLE REACHABLE>STALE STALE>DELAY DELAY>PROBE PROBE>REACHABLE REACHABLE>STALE "
	equal "by whom" "$(changes $C $SADDR what)" "SEND UPDATE TIMER SEND TIMER UPDATE TIMER "
	await "ip monitor to tell the last" eval '[ "$(monitored $SADDR)" = "REACHABLE STALE PROBE REACHABLE STALE " ]'
	equal "what ip monitor was told of" "$(told $C $SADDR)" "$(monitored $SADDR)"
}

# the link-layer address, the device, who asks
t_facts()
{
	local mac

	load
	net_pair
	must in_ns $C ping -qc 1 $SADDR
	mac=$(ip -n $C neigh show $SADDR | sed -n 's/.*lladdr \([0-9a-f:]*\) .*/\1/p')
	evdump -N $C | grep '^neigh ' | grep "addr=$SADDR " >"$NT_TMP/lines"
	grep -q "dev=eth0 .*what=SEND old=NONE new=INCOMPLETE lladdr= .* task=1 .*comm=ping$" "$NT_TMP/lines" ||
		fail "who asks is not named: $(cat "$NT_TMP/lines")"
	grep -q "what=UPDATE old=INCOMPLETE new=REACHABLE lladdr=$mac " "$NT_TMP/lines" ||
		fail "the address is not $mac: $(cat "$NT_TMP/lines")"
	equal "the device" "$(sed 's/.*ifindex=\([0-9]*\).*/\1/' "$NT_TMP/lines" | sort -u)" \
		"$(ip netns exec $C cat /sys/class/net/eth0/ifindex)"
	# the server learns from the request, and nobody there has asked
	equal "the server's first" "$(changes $S $CADDR old new what task | cut -d ' ' -f 1)" "NONE>STALE>UPDATE>0"
	in_ns $C cat /proc/nettrace >"$NT_TMP/text"
	grep -q "neighbour *eth0 $SADDR  INCOMPLETE -> REACHABLE at $mac.* by=update" "$NT_TMP/text" ||
		fail "no line for people: $(grep neighbour "$NT_TMP/text")"
}

# among the packets: INCOMPLETE after the datagram that waits and before the request,
# REACHABLE after the reply
t_order()
{
	load
	net_pair
	must in_ns $C ping -qc 1 $SADDR
	evdump -N $C | sort -t = -k 2,2n >"$NT_TMP/lines"
	awk -v a="addr=$SADDR" '
		/^packet .*hook=LOCAL_OUT proto=1 / && !out { out = NR }
		/^packet .*hook=ARP_IN .* op=2/ && !reply { reply = NR }
		/^packet .*hook=ARP_OUT .* op=1/ && !request { request = NR }
		/^neigh .* new=INCOMPLETE/ && index($0, a) { asked = NR }
		/^neigh .* new=REACHABLE/ && index($0, a) { known = NR }
		END { exit !(out && out < asked && asked < request && request < reply && reply < known) }' "$NT_TMP/lines" ||
		fail "the order: $(grep -E '^neigh|ARP|LOCAL_OUT' "$NT_TMP/lines")"
}

# nobody has the address: as many requests as are counted, then FAILED
t_failed()
{
	local sent

	load
	net_pair
	hasten $C
	! in_ns $C ping -qc 1 -W 5 10.0.1.99 >"$NT_TMP/ping" || fail "somebody answers for 10.0.1.99"
	await "FAILED" entry_is $C 10.0.1.99 FAILED
	sent=$(evdump -N $C | grep 'hook=ARP_OUT' | grep -c 'dst=10.0.1.99 ')
	at_least "requests" "$sent" 2
	equal "the last change" "$(changes $C 10.0.1.99 old new what | tr ' ' '\n' | grep . | tail -n 1)" \
		"INCOMPLETE>FAILED>TIMER"
	equal "requests counted at the end" "$(changes $C 10.0.1.99 probes | tr ' ' '\n' | grep . | tail -n 1)" "$sent"
	# the first with the datagram, each other one by the timer
	equal "sent again" "$(changes $C 10.0.1.99 old new what | tr ' ' '\n' | grep -c '^INCOMPLETE>INCOMPLETE>TIMER$')" \
		$((sent - 1))
}

# an answer that is not believed any more, and nobody who answers
t_gone()
{
	load
	net_pair
	hasten $C
	must in_ns $C ping -qc 1 $SADDR
	await "STALE" entry_is $C $SADDR STALE
	must in_ns $S nft "add table arp nts
		add chain arp nts in { type filter hook input priority 0; policy drop; }"
	must in_ns $C ping -qc 1 $SADDR
	# not for long: the server's own request is an answer too
	await "FAILED" eval '[[ $(changes $C $SADDR) == *">FAILED "* ]]'
	equal "its end" "$(changes $C $SADDR | grep -o 'DELAY>PROBE.*>FAILED ')" "$(probes_then_failed)"
}

# as many times as there were unicast requests
probes_then_failed()
{
	local n

	n=$(evdump -N "$C" | grep 'neigh .*what=TIMER' | grep "addr=$SADDR " | grep -c 'new=PROBE')
	printf 'DELAY>PROBE '
	[ "$n" -le 1 ] || printf 'PROBE>PROBE %.0s' $(seq 2 "$n")
	printf 'PROBE>FAILED '
}

t_ipv6()
{
	load
	net_pair
	hasten $C
	must in_ns $C ping -qc 1 $SADDR6
	await "STALE" entry_is $C $SADDR6 STALE
	# a host that has only just got its address may miss the first question
	equal "changes" "$(changes $C $SADDR6 old new what task | sed 's/INCOMPLETE>INCOMPLETE>[^ ]* //g')" \
		"NONE>INCOMPLETE>SEND>1 INCOMPLETE>REACHABLE>UPDATE>0 REACHABLE>STALE>TIMER>0 "
	equal "the server's first" "$(changes $S $CADDR6 | cut -d ' ' -f 1)" "NONE>STALE"
}

# an administrator's word is an update, in ip's own time
t_admin()
{
	load
	net_pair
	must ip -n $C neigh add 10.0.1.77 lladdr 02:00:00:00:00:77 nud permanent dev eth0
	must ip -n $C neigh replace 10.0.1.77 lladdr 02:00:00:00:00:77 nud stale dev eth0
	must ip -n $C neigh replace 10.0.1.77 lladdr 02:00:00:00:00:78 nud stale dev eth0
	must ip -n $C neigh replace 10.0.1.77 lladdr 02:00:00:00:00:78 nud stale dev eth0
	equal "changes" "$(changes $C 10.0.1.77 old new what comm)" \
		"NONE>PERMANENT>UPDATE>ip PERMANENT>STALE>UPDATE>ip STALE>STALE>UPDATE>ip "
	equal "the last address" "$(evdump -N $C | grep '^neigh .*addr=10.0.1.77 ' | sort -t = -k 2,2n | tail -n 1 | sed 's/.* lladdr=\([^ ]*\) .*/\1/')" \
		02:00:00:00:00:78
}

# what was there before tracing began is not invented
t_unknown()
{
	unload
	net_pair
	hasten $C
	must in_ns $C ping -qc 1 $SADDR
	must insmod "$NETTRACE_KO"
	await "STALE" entry_is $C $SADDR STALE
	equal "changes" "$(changes $C $SADDR)" "?>STALE "
}

nt_main t_life t_facts t_order t_failed t_gone t_ipv6 t_admin t_unknown
