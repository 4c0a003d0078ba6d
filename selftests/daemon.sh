#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# What nettraced has kept: what happened before one looked is drawn, memory is bounded,
# nobody holds it up.  Its privileges and its settings: service.sh.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/daemon.sh
. "$NT_DIR/lib/daemon.sh"

# kept: all that the daemon has kept, as JSON Lines in $JSON
kept()
{
	JSON=$NT_TMP/json
	nt timeline --json >"$JSON" 2>"$NT_TMP/json.err" || fail "timeline --daemon: $(cat "$NT_TMP/json.err")"
}

# ---- what is drawn ------------------------------------------------------------------

# so are system calls, where the module records them for all; to ask for them has no more recorded
t_calls()
{
	prepare
	net_lo
	must "$NETTRACE" stop -N "$C"
	must "$NETTRACE" start --calls -N "$C"
	daemon_start -N "$C"
	opened
	tell client close
	tell server eof
	await "the call to be kept" has_call close
	grep -q "only from where 'nettrace start" "$NT_TMP/err" || fail "it says: $(cat "$NT_TMP/err")"
	daemon_end
}

has_call()
{
	nt timeline --calls --json 2>"$NT_TMP/err" | grep -q "\"type\":\"call\".*\"$1\""
}

# nobody looked, and the picture is the same as that of a recording of that time
t_before_one_looked()
{
	prepare
	net_routed
	"$NETTRACE" record "$NT_TMP/file" -N "$C,$R,$S" 2>"$NT_TMP/err" &
	RECORDER=$!
	await "the recorder to open" reading "$RECORDER"
	daemon_start -N "$C,$R,$S"
	exchange
	kill -INT "$RECORDER"
	wait "$RECORDER" || fail "record: $(cat "$NT_TMP/err")"
	kept
	"$NETTRACE" timeline --json -r "$NT_TMP/file" >"$NT_TMP/recorded" || fail "timeline -r"
	objects <"$JSON" >"$NT_TMP/a"
	objects <"$NT_TMP/recorded" >"$NT_TMP/b"
	at_least "objects" "$(wc -l <"$NT_TMP/a")" 20
	diff "$NT_TMP/a" "$NT_TMP/b" >"$NT_TMP/diff" || fail "$(head -n 10 "$NT_TMP/diff")"
	says 1 type=conversation proto=tcp opened=handshake closed=fin client.netns="$C" server.netns="$S"
	says 0 type=gap
	pictures_agree
	daemon_end
}

# the daemon began earlier than the recorder, so conversations have other numbers;
# what TIME-WAIT has left is as of now, and of a recording as of its end
without_numbers()
{
	sed '/^#/ { s/^#[0-9]*//; s/  */ /g; }; /TIME-WAIT .* left/d'
}

# the ladder, and the numbers of list and show
pictures_agree()
{
	local n

	nt timeline --ascii --width 100 2>"$NT_TMP/err" | without_numbers >"$NT_TMP/one"
	"$NETTRACE" timeline --ascii --width 100 -r "$NT_TMP/file" 2>>"$NT_TMP/err" |
		without_numbers >"$NT_TMP/two"
	grep -q 'SYN,ACK' "$NT_TMP/one" || fail "$(cat "$NT_TMP/one" "$NT_TMP/err")"
	diff "$NT_TMP/one" "$NT_TMP/two" >"$NT_TMP/diff" || fail "$(head "$NT_TMP/diff")"
	n=$(nt list | awk '$2 == "tcp" { print $1 }')
	nt show "$n" | grep -q "$CADDR:$CPORT" || fail "show $n is not what list calls $n"
	nt arp | grep -q 'who has' || fail "no ARP: $(nt arp 2>&1)"
	[ "$(counter events_lost)" = 0 ] || fail "$(nt stats)"
}

# follow has the rest of what began before
t_goes_on()
{
	prepare
	net_pair
	daemon_start -N "$C,$S"
	opened
	"$NETTRACE" follow --json --daemon="$SOCK" >"$NT_TMP/followed" 2>"$NT_TMP/err" &
	FOLLOWER=$!
	echo "$FOLLOWER" >>"$NT_TMP/pids"
	await "the follower to be served" counter_reached clients 2
	tell client send 10
	tell server recv 10
	await "the segment to be followed" followed 'type=segment' 'len=10'
	equal "segments from before" "$(ntq -c type=segment flags=SYN <"$NT_TMP/followed")" 0
	"$NETTRACE" record "$NT_TMP/file" --daemon="$SOCK" 2>>"$NT_TMP/err" &
	RECORDER=$!
	await "the recorder to be served" counter_reached clients 3
	tell client close
	tell server eof
	tell server close
	await "the end to be followed" followed type=segment 'flags=FIN,ACK' 'dir=s>c'
	await "the end to be recorded" fin_recorded
	kill -INT "$FOLLOWER" "$RECORDER"
	wait "$FOLLOWER" || fail "follow: $(cat "$NT_TMP/err")"
	wait "$RECORDER" || fail "record: $(cat "$NT_TMP/err")"
	# history, then what came
	"$NETTRACE" timeline --json -r "$NT_TMP/file" >"$NT_TMP/recorded"
	equal "handshakes recorded" "$(ntq -c type=conversation proto=tcp opened=handshake closed=fin \
		<"$NT_TMP/recorded")" 1
	"$NETTRACE" stats -r "$NT_TMP/file" >"$NT_TMP/out" || fail "$(cat "$NT_TMP/out")"
	daemon_end
}

fin_recorded()
{
	[ "$("$NETTRACE" follow --json -r "$NT_TMP/file" 2>/dev/null | ntq -c type=segment 'flags=FIN,ACK')" -ge 2 ]
}

# ---- trouble ------------------------------------------------------------------------

load_begin()
{
	ip netns exec "$C" traffic 120 >/dev/null 2>&1 &
	LOAD=$!
	echo "$LOAD" >>"$NT_TMP/pids"
	disown "$LOAD"
}

load_end()
{
	kill -KILL "$LOAD"
}

# killed under load: clients are told, the next one starts over the stale socket
t_killed_under_load()
{
	local status=0

	prepare
	net_lo
	daemon_start -N "$C"
	load_begin
	"$NETTRACE" follow --json --daemon="$SOCK" >"$NT_TMP/followed" 2>"$NT_TMP/err" &
	FOLLOWER=$!
	await "events to be followed" followed type=segment
	kill -KILL "$OPENER"
	await "the worker to end with it" gone "$WORKER"
	wait "$FOLLOWER" || status=$?
	equal "the client's exit status" $status 1
	grep -q 'broke off' "$NT_TMP/err" || fail "the client was not told: $(cat "$NT_TMP/err")"
	[ -S "$SOCK" ] || fail "who removed the socket?"
	! nt list >/dev/null 2>"$NT_TMP/err" || fail "list worked without a daemon"
	grep -q 'no daemon listens' "$NT_TMP/err" || fail "$(cat "$NT_TMP/err")"
	: >"$NT_TMP/words"
	daemon_start -N "$C"
	await "events after the restart" counter_reached events_received 1000
	load_end
	kept
	at_least "conversations" "$(said type=conversation)" 10
	# what was overwritten while nobody read is counted
	at_least "overwritten before" "$(counter events_before)" 1
	daemon_end
}

# a daemon that could not read for a while: the loss is a gap, with its number
t_gap()
{
	local lost

	prepare
	load_with ring=256
	net_lo
	daemon_start -N "$C"
	"$NETTRACE" follow --json --daemon="$SOCK" >"$NT_TMP/followed" 2>"$NT_TMP/err" &
	FOLLOWER=$!
	echo "$FOLLOWER" >>"$NT_TMP/pids"
	await "the follower to be served" counter_reached clients 2
	kill -STOP "$WORKER"
	must ip netns exec "$C" dq.py churn 1000
	kill -CONT "$WORKER"
	await "the loss to be counted" counter_reached events_lost 1
	lost=$(counter events_lost)
	await "the gap to be followed" followed type=gap
	equal "lost, as the client has it" "$(ntq -p lost type=gap <"$NT_TMP/followed" | sum)" "$lost"
	kept
	equal "lost, as history has it" "$(ntq -p lost type=gap <"$JSON" | sum)" "$lost"
	# each datagram is two events, each conversation two datagrams
	equal "all of them" $((lost + $(counter events_received))) 4000
	daemon_end
}

sum()
{
	awk '{ n += $1 } END { print n + 0 }'
}

# twenty clients that never read, under load: reading goes on as if alone
t_clients_that_do_not_read()
{
	local lost received

	prepare
	net_lo
	daemon_start -N "$C" --memory 24
	dq.py stall "$SOCK" 20 <"$NT_TMP/never" >"$NT_TMP/stalled" &
	echo $! >>"$NT_TMP/pids"
	disown $!
	await "the clients to be there" grep -q ready "$NT_TMP/stalled"
	await "and to be served" counter_reached clients 20
	must ip netns exec "$C" dq.py churn 12000
	await "all to be received" counter_reached events_received 47900
	received=$(counter events_received)
	lost=$(counter events_lost)
	equal "received and lost" $((received + lost)) 48000
	equal "lost" "$lost" 0
	equal "clients" "$(counter clients)" 21
	at_least "let go" "$(counter events_evicted)" 1
	# another one is served at once, and has what is held
	kept
	equal "gaps and events" $(($(said type=datagram) * 2 + $(ntq -p lost type=gap <"$JSON" | sum))) 48000
	bounded 24
	daemon_end
}

# bounded MIB: the worker's memory
bounded()
{
	local rss

	rss=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$WORKER/status")
	diag "worker: at most $rss KiB resident of $(($1 * 1024)), $(counter events_held) events in $(counter conversations_held) conversations held, $(counter conversations_evicted) let go"
	at_least "KiB left" $(($1 * 1024 - rss)) 0
}

t_memory()
{
	local n

	prepare
	net_lo
	daemon_start -N "$C" --memory 32
	must ip netns exec "$C" dq.py churn 40000
	await "all to be received" counter_reached events_received 150000
	bounded 32
	n=$(($(counter conversations_held) + $(counter conversations_evicted)))
	at_least "conversations" "$n" 38000
	equal "received is held or let go" "$(counter events_received)" \
		$(($(counter events_held) + $(counter events_evicted)))
	# open ones outlive closed ones
	opened
	daemon_end
}

# more clients than there are places: a sentence, and the others are served
t_too_many()
{
	prepare
	net_lo
	daemon_start -N "$C"
	dq.py stall "$SOCK" 32 <"$NT_TMP/never" >"$NT_TMP/stalled" &
	echo $! >>"$NT_TMP/pids"
	disown $!
	await "the clients to be there" grep -q ready "$NT_TMP/stalled"
	await "one more to be refused" refused_one
	grep -q '32 clients already' "$NT_TMP/err" || fail "$(cat "$NT_TMP/err")"
	kill -KILL "$(tail -n 1 "$NT_TMP/pids")"
	await "places to be free again" counter_reached clients_refused 1
	daemon_end
}

refused_one()
{
	! nt list >/dev/null 2>"$NT_TMP/err" && grep -q refuses "$NT_TMP/err"
}

# what is no question of ours is answered with a sentence, or the connection ends
t_nonsense()
{
	local bytes

	prepare
	net_lo
	daemon_start -N "$C"
	for bytes in 00000000000000000000000000000000 \
		54444451ffff00000000000000000000 \
		5444445101000f000000000000000000; do
		dq.py send "$SOCK" $bytes >"$NT_TMP/out"
		grep -q "$(printf 'NTREC' | od -An -tx1 | tr -d ' \n')" "$NT_TMP/out" || fail "$bytes: $(cat "$NT_TMP/out")"
	done
	equal "refused" "$(counter clients_refused)" 3
	daemon_end
}

# ---- namespaces ------------------------------------------------------------------------

# all of them: one that comes later, one of a user namespace, one that goes
t_all_namespaces()
{
	prepare
	net_lo
	daemon_start -N all
	at_least "namespaces" "$(counter namespaces)" 2
	ns_add nts-later
	await "the new one to be read" in_list nts-later
	must in_ns nts-later ping -qc 1 127.0.0.1
	# root of a user namespace: its files are not root's
	# one process from setpriv to sh, and none that would keep our output open
	setpriv --reuid=1000 --regid=1000 --clear-groups unshare --user --map-root-user \
		unshare --net sh -c 'ip link set lo up; ping -qc 1 127.0.0.77; read -r _' \
		<"$NT_TMP/never" >"$NT_TMP/out" 2>&1 &
	echo $! >>"$NT_TMP/pids"
	disown $!
	await "the container's packets" shows 127.0.0.77
	must ip netns del nts-later
	await "its end to be said" grep -q 'nts-later.* has ended\|has ended' "$NT_TMP/words"
	shows 127.0.0.1 || fail "what was kept of it is gone"
	daemon_end
}

in_list()
{
	find /proc/"$WORKER"/fd -lname '*/net/nettrace/events' 2>/dev/null | wc -l >"$NT_TMP/n"
	[ "$(cat "$NT_TMP/n")" -ge 3 ]
}

# the module goes, and comes back
t_module_goes()
{
	prepare
	net_lo
	daemon_start -N "$C"
	must in_ns "$C" ping -qc 1 127.0.0.88
	await "it to be kept" shows 127.0.0.88
	must rmmod nettrace
	await "it to be said" grep -q 'module was unloaded' "$NT_TMP/words"
	shows 127.0.0.88 || fail "what was kept is gone"
	equal "namespaces" "$(counter namespaces)" 0
	must insmod "$NETTRACE_KO"
	await "it to be said" grep -q 'loaded again' "$NT_TMP/words"
	await "to read again" counter_reached namespaces 1
	must in_ns "$C" ping -qc 1 127.0.0.99
	await "it to be kept" shows 127.0.0.99
	shows 127.0.0.88 || fail "what was kept before is gone"
	daemon_end
}

# a filter: what it rejects is not kept, and counted
t_filter()
{
	prepare
	net_lo
	daemon_start -N "$C" --filter 'icmp and host 127.0.0.5'
	must in_ns "$C" ping -qc 2 -i 0.01 127.0.0.5
	must in_ns "$C" ping -qc 3 -i 0.01 127.0.0.6
	await "the rest to be rejected" counter_reached events_filtered 12
	equal "kept" "$(counter events_received)" 8
	shows 127.0.0.5 || fail "what matches is not there"
	daemon_end
}

nt_main t_before_one_looked t_calls t_goes_on t_killed_under_load t_gap t_clients_that_do_not_read t_memory \
	t_too_many t_nonsense t_all_namespaces t_module_goes t_filter
