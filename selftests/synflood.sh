#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# A flood of SYNs, each from another address, at a web server that curl asks meanwhile:
# the module, nettraced and `nettrace follow` take no more memory than they say, what is
# given up is counted, and curl's connections are kept whole.
#
# NT_STORM is the number of SYNs (3000; at most 10000000).

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/serve.sh
. "$(dirname "$0")/lib/serve.sh"

NETTRACED=${NETTRACED:-$(command -v nettraced || echo "$NT_TOP/build/bin/nettraced")}
SYNS=$(storm_size 3000 10000000) || exit 1
MINISOCKS=256
DAEMON_MIB=24
# 8192 conversations of 6 KiB, and what comes in a quarter of a second
FOLLOW_MIB=96

# most_memory PID: that it ever had, in KiB
most_memory()
{
	awk '$1 == "VmHWM:" { print $2 }' "/proc/$1/status"
}

nt()
{
	local command=$1

	shift
	"$NETTRACE" "$command" --daemon="$NT_TMP/socket" "$@"
}

# counter KEY: of the daemon
counter()
{
	nt stats | awk -v key="$1" '$1 == key { print $2 }'
}

serves()
{
	! gone "$OPENER" || fail "nettraced has ended: $(cat "$NT_TMP/words")"
	grep -q 'serving on' "$NT_TMP/words"
}

daemon_start()
{
	: >"$NT_TMP/conf"
	"$NETTRACED" --socket "$NT_TMP/socket" --config "$NT_TMP/conf" -N "$S" --memory $DAEMON_MIB \
		>/dev/null 2>"$NT_TMP/words" &
	OPENER=$!
	echo "$OPENER" >>"$NT_TMP/pids"
	await "nettraced to serve" serves
	WORKER=$(pgrep -P "$OPENER" | head -n 1)
	[ -n "$WORKER" ] || fail "nettraced has no second process"
}

# follow_start: its lines are counted, not kept
follow_start()
{
	mkfifo "$NT_TMP/lines"
	awk '/ events lost/ { for (i = 2; i <= NF; i++) if ($i == "events") lost += $(i - 1) }
		END { print NR, lost + 0 }' "$NT_TMP/lines" >"$NT_TMP/counted" &
	COUNTER=$!
	"$NETTRACE" follow --color=never -N "$S" >"$NT_TMP/lines" 2>"$NT_TMP/follow.err" &
	FOLLOW=$!
	printf '%s\n' "$COUNTER" "$FOLLOW" >>"$NT_TMP/pids"
	await "follow to open" opened_by "$FOLLOW"
}

# shellcheck disable=SC2317 # called by await
opened_by()
{
	find "/proc/$1/fd" -lname '*/net/nettrace/events' 2>/dev/null | grep -q .
}

# the answers leave for where nobody is
flooded_net()
{
	net_pair
	must ip -n "$S" route add default via "$CADDR"
	must in_ns "$S" sysctl -qw net.ipv4.tcp_max_syn_backlog=1024 net.core.somaxconn=1024
	web
}

# flood: all SYNs, and curl over and over until they are sent; its ports are kept
flood()
{
	local port

	: >"$NT_TMP/ports"
	in_ns "$C" synflood "$SADDR" 80 "$SYNS" >"$NT_TMP/sent" 2>&1 &
	FLOOD=$!
	echo $FLOOD >>"$NT_TMP/pids"
	while :; do
		port=$(ip netns exec "$C" curl -sS --max-time $((60 * SLOW)) -o /dev/null \
			-w '%{local_port}' "http://$SADDR/hello.txt" 2>"$NT_TMP/curl.err") ||
			fail "curl failed during the flood: $(cat "$NT_TMP/curl.err")"
		echo "$port" >>"$NT_TMP/ports"
		! gone $FLOOD || break
		pause 0.5
	done
	wait $FLOOD || fail "the flood failed: $(cat "$NT_TMP/sent")"
	equal "SYNs sent" "$(awk '$1 == "sent" { print $2 }' "$NT_TMP/sent")" "$SYNS"
}

# caught_up: the daemon has received all that was seen, or knows what it lost
caught_up()
{
	local seen

	seen=$(stat_of seen "$S")
	[ $(($(counter events_received) + $(counter events_lost))) -ge "$seen" ]
}

# whole: how many of curl's connections are whole in what the daemon has kept
whole()
{
	nt timeline --json "host $CADDR" >"$NT_TMP/json" 2>"$NT_TMP/err" ||
		fail "no timeline of the daemon's: $(cat "$NT_TMP/err")"
	# 63: an ACK that the FIN overtook finds the server closed, and is answered by a RST
	ntq -p client.port type=conversation "client.addr=$CADDR" "completeness=31|63" opened=handshake \
		closed=fin <"$NT_TMP/json" | sort >"$NT_TMP/whole"
	comm -12 "$NT_TMP/whole" <(sort "$NT_TMP/ports") | wc -l
}

# not_whole: what the daemon has kept of the others, of ten at most
not_whole()
{
	local port line

	comm -13 "$NT_TMP/whole" <(sort "$NT_TMP/ports") | head -n 10 | while read -r port; do
		diag "not whole: port $port: $(ntq type=conversation "client.addr=$CADDR" \
			"client.port=$port" <"$NT_TMP/json" | cut -c 1-500)"
		nt timeline --color=never --width=120 "port $port" 2>&1 | head -n 60 |
			while read -r line; do diag "$line"; done
	done
}

# kernel's own count: segments that came to the flooded namespace
segments_in()
{
	in_ns "$S" cat /proc/net/snmp | awk '$1 == "Tcp:" { n++; if (n == 2) print $11 }'
}

t_flood()
{
	local memory kept ports lines lost early

	load_with minisocks=$MINISOCKS ring=16384 memory=64
	flooded_net
	daemon_start
	follow_start
	memory=$(stat_of memory)
	flood
	await "nettraced to have read all" caught_up
	ports=$(wc -l <"$NT_TMP/ports")
	# every SYN was seen: the kernel's count is another one than ours
	at_least "segments that the kernel counted" "$(segments_in)" "$SYNS"
	at_least "events seen" "$(stat_of seen "$S")" "$(segments_in)"
	equal "memory of the module" "$(stat_of memory)" "$memory"
	at_least "half-open sockets followed at once, of $MINISOCKS" $MINISOCKS "$(stat_of mini_max "$S")"
	# of one moment: half-open sockets go on sending
	equal "received, less what is held or let go" "$(nt stats | awk '
		{ n[$1] = $2 }
		END { print n["events_received"] ? n["events_received"] - n["events_held"] - n["events_evicted"] : "?" }')" 0
	at_least "KiB left of the daemon's" $((DAEMON_MIB * 1024 - $(most_memory "$WORKER"))) 0
	at_least "KiB left of what follow may take" $((FOLLOW_MIB * 1024 - $(most_memory "$FOLLOW"))) 0
	kept=$(whole)
	[ "$kept" = "$ports" ] || not_whole
	if [ "$(counter events_lost)" = 0 ]; then
		equal "connections of curl that are whole" "$kept" "$ports"
	else
		# what was not read in time may have been of any of them
		at_least "connections of curl that are whole, of $ports" "$kept" $(((ports + 1) / 2))
	fi
	diag "storm did: $SYNS SYNs from random addresses; $ports connections of curl meanwhile, none failed, $kept whole in nettraced"
	diag "storm did: at most $(($(most_memory "$WORKER") / 1024)) MiB in nettraced (of $DAEMON_MIB), $(($(most_memory "$FOLLOW") / 1024)) in follow (of $FOLLOW_MIB); $memory bytes in the module, the same before and after"
	kill -INT "$FOLLOW"
	await "follow to end" gone "$FOLLOW"
	wait "$COUNTER"
	read -r lines lost <"$NT_TMP/counted"
	at_least "lines of follow" "$lines" "$ports"
	early=$(sed -n 's/.* \([0-9]*\) that never got beyond a SYN.*/\1/p' "$NT_TMP/follow.err")
	diag "storm lost: module: $(stat_of mini_unfollowed "$S") times a SYN,ACK left for which no half-open socket could be followed; nettraced: $(counter events_lost) of $(stat_of seen "$S") events not read in time, $(counter conversations_evicted) conversations let go; follow: $lost events lost, ${early:-0} conversations let go early"
	kill -TERM "$OPENER"
	await "nettraced to end" gone "$OPENER"
}

nt_main t_flood
