#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rmmod at any moment: at once, whoever reads and whatever passes, again and
# again, with nothing left behind.
#
# NT_STORM is how often in t_under_load (12, on a slow kernel 10; at most 100000).

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/kmem.sh
. "$(dirname "$0")/lib/kmem.sh"

ROUNDS=$(storm_size $((SLOW == 1 ? 12 : 10)) 100000) || exit 1
WARM_UP=3
# "At once": it waits for the kernel's grace periods and for nobody else.  Readers
# here would take 60 s, timers of TIME-WAIT 60 s.  Idle it must be under a second;
# under load an emulated CPU that shares its host needs some for the grace periods.
IDLE_MS=$((1000 * SLOW))
MEDIAN_MS=$((3000 * SLOW))
LIMIT_MS=$((10000 * SLOW))

now_ms()
{
	echo $((${EPOCHREALTIME//[!0-9]/} / 1000))
}

# readers NETNS: two of the events, one of the text, over and over, one of its end, and
# a member of the netlink group
readers()
{
	local i

	for i in 1 2; do
		nice -n 19 evdump -N "$1" -w 60 >"$NT_TMP/reader$i" 2>&1 &
		READERS+=($!)
	done
	ip netns exec "$1" nice -n 19 sh -c 'while cat /proc/net/nettrace/trace >/dev/null 2>&1; do :; done' &
	READERS+=($!)
	ip netns exec "$1" tail -f /proc/net/nettrace/trace >/dev/null 2>&1 &
	TAIL=$!
	disown $TAIL
	ip netns exec "$1" nice -n 19 group >"$NT_TMP/group" 2>&1 &
	GROUP=$!
	printf '%s\n' "${READERS[@]}" $TAIL $GROUP >>"$NT_TMP/pids"
}

joined()
{
	grep -q '^joined$' "$NT_TMP/group"
}

all_opened()
{
	[ "$(find "/proc/${READERS[0]}/fd" "/proc/${READERS[1]}/fd" -lname '*/net/nettrace/events' |
		wc -l)" -eq 2 ]
}

events_flow()
{
	[ "$(stat_of seen nts-x)" -ge 500 ]
}

# readers_end: each by itself, and none with an error
readers_end()
{
	local pid i

	for pid in "${READERS[@]}"; do
		await "reader $pid to end" gone "$pid"
	done
	for i in 1 2; do
		grep -q '^total .* end=yes$' "$NT_TMP/reader$i" ||
			fail "reader $i ended with: $(tail -n 1 "$NT_TMP/reader$i")"
	done
	kill "$TAIL" 2>/dev/null || :
	await "tail to end" gone "$TAIL"
	wait "${READERS[@]}"
	# a socket of netlink outlives the family that it listened to
	kill "$GROUP"
	wait "$GROUP" || fail "the member of the group ended with: $(cat "$NT_TMP/group")"
	HEARD=$((HEARD + $(sed -n 's/^heard //p' "$NT_TMP/group")))
	DELIVERED=$((DELIVERED + $(sum_of delivered)))
	LOST=$((LOST + $(sum_of lost)))
}

# sum_of KEY: over both readers of the events
sum_of()
{
	sed -n "s/^total .*\\<$1=\\([0-9]*\\).*/\\1/p" "$NT_TMP/reader1" "$NT_TMP/reader2" |
		awk '{ n += $1 } END { print n + 0 }'
}

# rmmod_done: a reader whose memory is not there yet has the module in use while the kernel
# gets it, which on a busy machine takes a moment (nt_copy_out() in module/proc.c)
rmmod_done()
{
	local err

	err=$(rmmod nettrace 2>&1) && return
	[[ $err == *"is in use"* ]] || fail "rmmod: $err"
	REFUSED=$((REFUSED + 1))
	return 1
}

one_round()
{
	local before

	READERS=()
	must insmod "$NETTRACE_KO" ring=1024
	readers nts-x
	await "the readers to open" all_opened
	await "the group to be joined: $(cat "$NT_TMP/group")" joined
	await "events" events_flow
	before=$(now_ms)
	await "the module to go" rmmod_done
	TOOK=$(($(now_ms) - before))
	! loaded || fail "still loaded after rmmod"
	readers_end
}

t_under_load()
{
	local i median worst memory nets times

	HEARD=0 DELIVERED=0 LOST=0 REFUSED=0
	unload
	ns_add nts-x nts-y
	# it may have all the time that is left, and so may the readers
	ip netns exec nts-x nice -n 19 traffic 86400 &
	echo $! >>"$NT_TMP/pids"
	disown $!
	for ((i = 1; i <= ROUNDS + WARM_UP; i++)); do
		one_round
		times+=$TOOK$'\n'
		[ $i -ne $WARM_UP ] || memory=$(kernel_memory)
		[ $i -ne $WARM_UP ] || nets=$(nets_alive)
	done
	times=${times%$'\n'}
	median=$(sort -n <<<"$times" | sed -n "$(((ROUNDS + WARM_UP + 1) / 2))p")
	worst=$(sort -n <<<"$times" | tail -n 1)
	diag "$REFUSED times rmmod was told that a reader has the module in use, and asked again"
	diag "$ROUNDS times; rmmod took $median ms (median), $worst ms (worst); kernel memory $memory -> $(kernel_memory) KiB"
	at_least "milliseconds allowed" $LIMIT_MS "$worst"
	at_least "milliseconds allowed for the median" $MEDIAN_MS "$median"
	# the rings of a namespace are 384 KiB; those of 10 rounds would be 3.8 MiB
	at_least "KiB of tolerance for memory" 2048 $(($(kernel_memory) - memory))
	await "struct net to be freed: $(nets_alive) where $nets were before" nets_at_most "$nets"
	equal "memory of the module left" "$(module_areas)" 0
	at_least "notifications that the group was sent" $HEARD "$ROUNDS"
	diag "storm did: loaded and unloaded $((ROUNDS + WARM_UP)) times under load, with 5 readers each time: 2 of the records, 2 of the text, 1 of the group ($HEARD notifications); rmmod took $median ms (median), $worst ms at most"
	diag "storm lost: $LOST of $((DELIVERED + LOST)) events, for the readers of the records together, each counted by its gap"
}

# namespaces are made and destroyed meanwhile
t_with_namespaces()
{
	local i maker before worst=0

	unload
	while :; do
		ip netns add nts-t && ip -n nts-t link set lo up &&
			ip netns exec nts-t ping -qc 1 127.0.0.1 >/dev/null
		ip netns del nts-t
	done 2>/dev/null &
	maker=$!
	echo $maker >>"$NT_TMP/pids"
	echo nts-t >>"$NT_TMP/netns"
	disown $maker
	for ((i = 1; i <= 15; i++)); do
		must insmod "$NETTRACE_KO"
		pause 0.2
		before=$(now_ms)
		must rmmod nettrace
		TOOK=$(($(now_ms) - before))
		[ $TOOK -le $worst ] || worst=$TOOK
	done
	diag "the slowest rmmod took $worst ms"
	at_least "milliseconds allowed" $LIMIT_MS $worst
	kill $maker
}

# TIME-WAIT and half-open sockets are being followed, with timers running
t_minis_followed()
{
	local i

	for i in 1 2 3 4 5; do
		load
		net_pair
		drop_in "$C" 'tcp flags & (syn|ack) == (syn|ack)'
		peer client "$C"
		peer server "$S"
		tell server listen $SADDR 80
		tell client start $SADDR 80
		await "a half-open socket" followed "$S"
		unload
		leave client
		leave server
		ip netns del "$C"
		ip netns del "$S"
		rm "$NT_TMP"/*.in "$NT_TMP"/*.out
	done
}

followed()
{
	[ "$(stat_of mini_now "$1")" -ge 1 ]
}

# a file that is held open and not read does not hold the module
t_held_open()
{
	local before

	load
	exec {text}</proc/net/nettrace/trace {events}</proc/net/nettrace/events
	read -r -u "$text" _ || fail "no text"
	before=$(now_ms)
	must rmmod nettrace
	at_least "milliseconds allowed" $IDLE_MS $(($(now_ms) - before))
	load
	# the old descriptors lead nowhere, not to the new module
	for fd in $text $events; do
		equal "bytes from the old descriptor" "$(head -c 100 <&"$fd" 2>/dev/null | wc -c)" 0
	done
}

nt_main t_held_open t_minis_followed t_under_load t_with_namespaces
