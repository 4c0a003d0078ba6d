#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# nettraced: what happened before one looked is drawn, memory is bounded, nobody
# holds it up, and it has no more privileges than it says.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

NETTRACED=${NETTRACED:-$(command -v nettraced || echo "$NT_TOP/build/bin/nettraced")}

# ---- the daemon -------------------------------------------------------------------

# daemon_start ARGUMENT...: "$OPENER", $WORKER, $SOCK; its words go to $NT_TMP/words
daemon_start()
{
	SOCK=$NT_TMP/socket
	"$NETTRACED" --socket "$SOCK" --config "$NT_TMP/conf" "$@" >/dev/null 2>>"$NT_TMP/words" &
	OPENER=$!
	echo "$OPENER" >>"$NT_TMP/pids"
	disown "$OPENER"
	await "the daemon to serve: $(cat "$NT_TMP/words")" serves
	WORKER=$(child_of "$OPENER")
}

child_of()
{
	awk -v parent="$1" '$1 == "PPid:" && $2 == parent { print FILENAME }' /proc/[0-9]*/status 2>/dev/null |
		head -n 1 | tr -dc 0-9
}

serves()
{
	! gone "$OPENER" || fail "nettraced has ended: $(cat "$NT_TMP/words")"
	grep -q 'serving on' "$NT_TMP/words" && [ -S "$SOCK" ]
}

# daemon_end: in good order, and nothing is left
daemon_end()
{
	kill -TERM "$OPENER"
	await "the daemon to end: $(cat "$NT_TMP/words")" gone "$OPENER"
	[ ! -e "$SOCK" ] || fail "it left its socket"
}

nt()
{
	local command=$1

	shift
	"$NETTRACE" "$command" --daemon="$SOCK" "$@"
}

# counter KEY
counter()
{
	nt stats 2>/dev/null | awk -v key="$1" '$1 == key { print $2 }'
}

# counter_is_at_least KEY NUMBER
counter_reached()
{
	[ "$(counter "$1")" -ge "$2" ]
}

# kept: all that the daemon has kept, as JSON Lines in $JSON
kept()
{
	JSON=$NT_TMP/json
	nt timeline --json >"$JSON" 2>"$NT_TMP/json.err" || fail "timeline --daemon: $(cat "$NT_TMP/json.err")"
}

prepare()
{
	load
	: >"$NT_TMP/conf"
	: >"$NT_TMP/words"
}

# ---- what is drawn ------------------------------------------------------------------

reading()
{
	find "/proc/$1/fd" -lname '*/net/nettrace/events' 2>/dev/null | grep -q .
}

# a connection from beginning to end, with both ends and a router
exchange()
{
	must in_ns "$C" ping -qc 1 "$SADDR"
	opened
	tell client send 3000
	tell server recv 3000
	tell client close
	tell server eof
	tell server close
	await "the connection to be closed" closed
}

closed()
{
	[ -z "$(in_ns "$S" ss -tanH state last-ack state close-wait)" ]
}

objects()
{
	ntq 'type=segment|transition|arp|datagram|icmp' | grep -v '"proto":"icmpv6"' | sed 's/"conv":[0-9]*,//'
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

followed()
{
	[ "$(ntq -c "$@" <"$NT_TMP/followed")" -ge 1 ]
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

# ---- privileges -----------------------------------------------------------------------

status_of()
{
	awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status"
}

t_privileges()
{
	local fd

	prepare
	net_lo
	daemon_start -N "$C"
	equal "the worker's capabilities" "$(status_of "$WORKER" CapEff)" 0000000000000000
	equal "that it may have" "$(status_of "$WORKER" CapPrm)" 0000000000000000
	equal "or get" "$(status_of "$WORKER" CapBnd)" 0000000000000000
	equal "its user" "$(awk '$1 == "Uid:" { print $2, $3, $4, $5 }' "/proc/$WORKER/status")" \
		"65534 65534 65534 65534"
	equal "its groups" "$(sed -n 's/^Groups:[[:space:]]*//p' "/proc/$WORKER/status")" ""
	for fd in "$WORKER" "$OPENER"; do
		equal "seccomp" "$(status_of "$fd" Seccomp)" 2
		equal "no new privileges" "$(status_of "$fd" NoNewPrivs)" 1
	done
	# CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_NET_ADMIN, CAP_DAC_READ_SEARCH
	equal "the opener's capabilities" "$(status_of "$OPENER" CapEff)" 0000000000281004
	equal "that it may get" "$(status_of "$OPENER" CapBnd)" 0000000000281004
	daemon_end
}

# the worker calls what it may not: it is ended, which is said, and so is all
t_worker_dies()
{
	local status=0

	prepare
	net_lo
	daemon_start -N "$C"
	kill -KILL "$WORKER"
	await "the opener to end" gone "$OPENER"
	[ ! -e "$SOCK" ] || fail "it left its socket"
	grep -q 'worker was ended by signal 9' "$NT_TMP/words" || fail "$(cat "$NT_TMP/words")"
}

# the unit's bounding set is enough
t_bounding_set()
{
	prepare
	net_lo
	SOCK=$NT_TMP/socket
	setpriv --no-new-privs --bounding-set=-all,+sys_admin,+net_admin,+sys_ptrace,+dac_read_search,+setuid,+setgid,+setpcap,+chown \
		--inh-caps=-all "$NETTRACED" --socket "$SOCK" -N "$C" >/dev/null 2>>"$NT_TMP/words" &
	OPENER=$!
	echo "$OPENER" >>"$NT_TMP/pids"
	disown "$OPENER"
	await "the daemon to serve: $(cat "$NT_TMP/words")" serves
	daemon_end
}

as()
{
	local uid=$1

	shift
	setpriv --reuid="$uid" --regid="$uid" --clear-groups "$@"
}

# refused_to WORDS COMMAND...
refused_to()
{
	local words=$1

	shift
	! "$@" "$NETTRACE" list --daemon="$SOCK" >"$NT_TMP/out" 2>"$NT_TMP/err" ||
		fail "$* got: $(head -n 3 "$NT_TMP/out")"
	grep -q "is for root and $words" "$NT_TMP/err" || fail "$*: $(cat "$NT_TMP/err")"
}

t_who_may_ask()
{
	prepare
	net_lo
	chmod 755 "$NT_TMP"
	daemon_start -N "$C" --group student
	must in_ns "$C" ping -qc 1 127.0.0.1
	equal "mode and owner" "$(stat -c '%a %U %G' "$SOCK")" "660 root student"
	must as 1000 "$NETTRACE" list --daemon="$SOCK"
	refused_to "the group student" as 65534
	refused_to "a group outside" as 65534 unshare --user --map-root-user
	refused_to "a group outside" as 65534 unshare --user --map-root-user --net
	daemon_end
	: >"$NT_TMP/words"
	daemon_start -N "$C" --group student --mode 0600
	! as 1000 "$NETTRACE" list --daemon="$SOCK" >/dev/null 2>&1 || fail "mode 0600 let the group in"
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

shows()
{
	nt list 2>/dev/null | grep -q "$1"
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

# ---- a service ---------------------------------------------------------------------------

words_have()
{
	grep -q -- "$1" "$NT_TMP/words"
}

notified()
{
	grep -q "$1" "$NT_TMP/notified"
}

t_service()
{
	local at

	prepare
	net_lo
	for at in "@nts-$BASHPID" "$NT_TMP/notify"; do
		dq.py notify "$at" >"$NT_TMP/notified" &
		echo $! >>"$NT_TMP/pids"
		disown $!
		await "the listener" notified listening
		NOTIFY_SOCKET=$at daemon_start -N "$C"
		await "READY" notified '^READY=1'
		must in_ns "$C" ping -qc 1 127.0.0.1
		await "a status" notified '^STATUS=namespaces: 1; events held: [1-9]'
		kill -HUP "$OPENER"
		await "RELOADING, READY" notified '^RELOADING=1|MONOTONIC_USEC=[0-9]'
		await "the file to be read" words_have 'was read again'
		equal "times READY" "$(grep -c '^READY=1' "$NT_TMP/notified")" 2
		daemon_end
		await "STOPPING" notified '^STOPPING=1'
		equal "the order" "$(grep -v '^STATUS' "$NT_TMP/notified" | sed 's/=.*//' | tr '\n' ' ')" \
			"listening READY RELOADING READY STOPPING "
		: >"$NT_TMP/words"
	done
}

t_reload()
{
	prepare
	net_pair
	cat >"$NT_TMP/conf" <<-EOF
		# a comment
		namespaces = $C
		memory = 32
		mode = 0600
	EOF
	daemon_start
	equal "memory" "$(counter memory_limit)" $((32 << 20))
	equal "mode" "$(stat -c %a "$SOCK")" 600
	equal "namespaces" "$(counter namespaces)" 1
	cat >"$NT_TMP/conf" <<-EOF
		namespaces = $S
		memory = 48
		mode = 0666
		filter = icmp and port nonsense
	EOF
	kill -HUP "$OPENER"
	await "the wrong filter to be said" words_have 'the old settings stay'
	equal "memory" "$(counter memory_limit)" $((32 << 20))
	sed -i 's/ and port nonsense//' "$NT_TMP/conf"
	echo 'colour = blue' >>"$NT_TMP/conf"
	: >"$NT_TMP/words"
	kill -HUP "$OPENER"
	await "the wrong key to be said" words_have "line 5: there is no key 'colour'"
	equal "memory" "$(counter memory_limit)" $((32 << 20))
	sed -i '$d' "$NT_TMP/conf"
	kill -HUP "$OPENER"
	await "the file to be read" words_have 'was read again'
	equal "memory" "$(counter memory_limit)" $((48 << 20))
	equal "mode" "$(stat -c %a "$SOCK")" 666
	must in_ns "$C" ping -qc 1 127.0.0.66
	must in_ns "$S" ping -qc 1 127.0.0.67
	await "the new namespace to be read" shows 127.0.0.67
	! shows 127.0.0.66 || fail "the old namespace is still read"
	daemon_end
}

# refused ARGUMENT...: it says WORDS and ends with status
does_not_start()
{
	local status=0 want=$1 words=$2

	shift 2
	timeout 20 "$NETTRACED" --socket "$NT_TMP/other" "$@" >"$NT_TMP/out" 2>&1 || status=$?
	equal "status of nettraced $*" $status "$want"
	grep -q -- "$words" "$NT_TMP/out" || fail "nettraced $*: $(cat "$NT_TMP/out")"
	[ ! -e "$NT_TMP/other" ] || fail "it left its socket"
}

t_does_not_start()
{
	prepare
	net_lo
	daemon_start -N "$C"
	does_not_start 2 "is not a number of MiB" --memory 3
	does_not_start 2 "there is no option" --nonsense
	does_not_start 1 "there is no network namespace" -N nts-none
	does_not_start 1 "no user" --user nts-nobody
	does_not_start 1 "must not be root" --user root
	does_not_start 1 "no group" --group nts-none
	does_not_start 1 "cannot read" --config "$NT_TMP/none"
	does_not_start 1 "filter" --filter 'port nonsense'
	does_not_start 1 "another daemon serves" --socket "$SOCK"
	echo text >"$NT_TMP/file"
	does_not_start 1 "is no socket" --socket "$NT_TMP/file"
	[ -e "$NT_TMP/file" ] || fail "it removed a file of others"
	must nt stats
	daemon_end
	unload
	does_not_start 1 "module is not loaded" -N "$C"
}

# a live client and the end of the daemon: an end, not an accident
t_good_end()
{
	local status=0

	prepare
	net_lo
	daemon_start -N "$C"
	"$NETTRACE" follow --json --daemon="$SOCK" >"$NT_TMP/followed" 2>"$NT_TMP/err" &
	FOLLOWER=$!
	await "the follower to be served" counter_reached clients 2
	must in_ns "$C" ping -qc 1 127.0.0.1
	await "to follow" followed type=icmp
	"$NETTRACED" --socket "$NT_TMP/second" -N "$C" >/dev/null 2>&1 &
	SECOND=$!
	await "a second daemon" test -S "$NT_TMP/second"
	daemon_end
	wait "$FOLLOWER" || fail "follow ended with $?: $(cat "$NT_TMP/err")"
	kill -INT "$SECOND"
	wait "$SECOND" || status=$?
	equal "exit status" $status 0
	[ ! -e "$NT_TMP/second" ] || fail "it left its socket"
}

nt_main t_before_one_looked t_goes_on t_killed_under_load t_gap t_clients_that_do_not_read t_memory \
	t_too_many t_nonsense t_privileges t_worker_dies t_bounding_set t_who_may_ask \
	t_all_namespaces t_module_goes t_filter t_service t_reload t_does_not_start t_good_end
