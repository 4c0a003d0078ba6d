#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The generic netlink family, by its specification and the kernel's own YNL tool:
# every operation, every attribute.  What it refuses: netlink_refused.sh; those who
# subscribe: notify.sh; filters: filter.sh.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/ynl.sh
. "$NT_DIR/lib/ynl.sh"

CLI=$NT_TOP/build/kselftest/tools/net/ynl/cli.py

cli()
{
	python3 "$CLI" --no-schema --spec "$SPEC" "$@"
}

inode()
{
	in_ns "${1:-}" stat -L -c %i /proc/self/ns/net
}

# hook_calls NETNS: how often the kernel calls the module's hooks for one ping, as
# its function tracer says
hook_calls()
{
	trace_anew
	echo 'nt_in4 nt_out4 nt_pre4 nt_post4' >$TRACING/set_ftrace_filter
	echo function >$TRACING/current_tracer
	echo >$TRACING/trace
	must in_ns "$1" ping -qc 1 127.0.0.1
	CALLS=$(grep -c ': nt_' $TRACING/trace)
	echo nop >$TRACING/current_tracer
	echo >$TRACING/set_ftrace_filter
}

t_cli()
{
	load
	equal "operations" "$(cli --list-ops | awk '{ print $1 }' | tr '\n' ' ')" \
		"get start stop set counters-get sockets-get timers-get "
	REPLY=$(cli --output-json --do get) || fail "get: $REPLY"
	equal "netns" "$(value netns)" "$(inode)"
	must cli --do stop
	equal "tracing" "$(stat_of tracing)" 0
	cli --do stop >"$NT_TMP/out" 2>&1 && fail "a second stop is no error"
	grep -q "this namespace is not being traced" "$NT_TMP/out" || fail "$(cat "$NT_TMP/out")"
	must cli --do start --json '{"ring": 1024}'
	equal "tracing" "$(stat_of tracing)" 1
	cli --subscribe events --sleep 6 --output-json >"$NT_TMP/out" 2>&1 &
	echo $! >>"$NT_TMP/pids"
	# it does not say when it has joined: one connection after another
	until gone $!; do
		printf 'listen 127.0.0.1 80\ndrain 127.0.0.1 80 1\n' | must "$NT_DIR/lib/peer"
		pause 0.3
	done
	wait $! || fail "cli.py --subscribe: $(cat "$NT_TMP/out")"
	grep -q '"new-state": "tcp-syn-sent"' "$NT_TMP/out" || fail "no transition: $(cat "$NT_TMP/out")"
}

t_get()
{
	local key

	load_with ring=64 payload=100 minisocks=300 hooks=path memory=64
	ns_add nts-x
	ynl a nts-x
	tell a call get
	for key in version abi netns refused memory; do
		equal "$key" "$(value $key)" "$(stat_of $key nts-x)"
	done
	equal "netns" "$(value netns)" "$(inode nts-x)"
	equal "tracing" "$(value tracing)" true
	equal "settings" "$(value ring) $(value payload) $(value minisocks) $(value hooks)" \
		"64 128 512 path"
	equal "memory-max" "$(value memory-max)" $((64 << 20))
	equal "readers, filter" "$(value readers) $(value filter-len) $(value filter-owned)" "0 0 "
	tell a open
	tell a call get
	equal "readers" "$(value readers)" 1
	tell a shut
	tell a call get
	equal "readers" "$(value readers)" 0
}

t_start_stop()
{
	local memory

	load
	# an orphan of an earlier test keeps its namespace for some two minutes
	until_true 300 traced 1 || fail "namespaces of earlier tests are left: $(stat_of memory) bytes"
	ns_add nts-x nts-y
	ynl a nts-x
	tell a open
	hook_calls nts-x
	equal "calls of hooks for one ping" "$CALLS" 4
	memory=$(stat_of memory)
	tell a call stop
	hook_calls nts-x
	equal "calls of hooks after the stop" "$CALLS" 0
	hook_calls nts-y
	equal "calls of hooks in another namespace" "$CALLS" 4
	tell a account
	equal "what the reader still gets" "$REPLY" "4 0 0 yes"
	tell a shut
	equal "tracing, refused" "$(stat_of tracing nts-x) $(stat_of refused nts-x)" "0 0"
	equal "memory of two of three namespaces" "$(stat_of memory)" $((memory * 2 / 3))
	# who has the old trace open is no reader of the new one, and asks for nothing there
	tell a call start '{"ring": 100, "payload": 1, "minisocks": 257, "hooks": "path"}'
	# shellcheck disable=SC2016 # the inner shell's
	in_ns nts-x bash -c 'exec 5</proc/net/nettrace/events && "$0" stop && "$0" start &&
		grep -x "readers 0" /proc/net/nettrace/stats' "$NETTRACE" >/dev/null ||
		fail "who reads the old trace counts as a reader of the new one"
	tell a call get
	equal "settings" "$(value ring) $(value payload) $(value minisocks) $(value hooks)" \
		"128 64 512 path"
	equal "ring and stride" "$(stat_of ring nts-x) $(stat_of stride nts-x)" "128 256"
	hook_calls nts-x
	equal "calls of hooks with hooks=path" "$CALLS" 8
	equal "events of one ping on the path" "$(stat_of seen nts-x)" 8
	tell a call stop
	tell a call start '{"hooks": "default"}'
	tell a call get
	equal "what was not given stayed" "$(value ring) $(value payload) $(value hooks)" \
		"128 64 default"
}

t_set()
{
	load_with trace=none
	ns_add nts-x
	ynl a nts-x
	tell a call get
	equal "tracing" "$(value tracing)" ""
	tell a call set '{"ring": 300, "payload": 65, "minisocks": 300, "hooks": "path"}'
	tell a call get
	equal "settings" "$(value ring) $(value payload) $(value minisocks) $(value hooks)" \
		"512 128 512 path"
	tell a call start
	equal "ring and stride" "$(stat_of ring nts-x) $(stat_of stride nts-x)" "512 320"
	tell a call stop
	tell a call start
	equal "ring after a stop" "$(stat_of ring nts-x)" 512
	# a start that fails changes nothing
	tell a call stop
	refused a ENOSPC "its rings would pass" call start '{"ring": 1048576, "payload": 4096}'
	equal "refused" "$(stat_of refused nts-x)" 28
	tell a call get
	equal "settings, refused" "$(value ring) $(value refused)" "512 28"
}

# timers and calls: settings, and what readers want while they read
t_extra()
{
	load_with trace=none memory=1
	ns_add nts-x nts-y
	ynl a nts-x
	ynl b nts-x
	ynl y nts-y
	extra a
	equal "timers and calls" "$EXTRA" "0 0"
	tell a call start '{"ring": 1024}'
	tell a open
	tell b open
	tell a call set '{"timers": 1, "calls": 1, "while-reading": true}'
	tell b call set '{"calls": 1, "while-reading": true}'
	extra a
	equal "while two readers ask" "$EXTRA" "1 1"
	equal "in the stats" "$(stat_of timers nts-x) $(stat_of calls nts-x)" "1 1"
	extra y
	equal "in another namespace" "$EXTRA" "0 0"
	tell a shut
	extra a
	equal "when one has left" "$EXTRA" "0 1"
	tell b call set '{"calls": 0, "while-reading": true}'
	extra a
	equal "when the other changed its mind" "$EXTRA" "0 0"
	tell b shut
	# a setting stays, over a stop, and until it is unset
	tell a call set '{"timers": 1}'
	tell a call stop
	extra a
	equal "of the next start" "$EXTRA" "1 0"
	tell a call start '{"calls": 1}'
	extra a
	equal "as set, and as started with" "$EXTRA" "1 1"
	tell a call set '{"timers": 0, "calls": 0}'
	extra a
	equal "unset while it is traced" "$EXTRA" "0 0"
}

t_counters()
{
	local cpus

	load_with ring=16
	ns_add nts-x
	ynl a nts-x
	must in_ns nts-x ping -qc 20 -i 0.002 127.0.0.1
	tell a call counters-get
	cpus=$(grep -o '"id": [0-9]*' <<<"$REPLY" | wc -l)
	equal "CPUs" "$cpus" "$(getconf _NPROCESSORS_CONF)"
	equal "seen" "$(sum seen)" 80
	equal "recorded" "$(sum recorded)" "$(stat_of recorded nts-x)"
	equal "overwritten" "$(sum overwritten)" "$(stat_of overwritten nts-x)"
	equal "filtered and unrecorded" "$(sum filtered) $(sum unrecorded)" "0 0"
	tell a call counters-get '{"from": 1}'
	equal "CPUs from 1" "$(grep -o '"id": [0-9]*' <<<"$REPLY" | grep -o '[0-9]*' | tr '\n' ' ')" \
		"$(seq -s ' ' 1 $((cpus - 1)) | sed 's/.$/& /')"
	tell a call counters-get '{"from": 4000000000}'
	equal "CPUs from nowhere" "$REPLY" "{}"
}

# sum KEY: over all nests of REPLY
sum()
{
	grep -o "\"$1\": [0-9]*" <<<"$REPLY" | awk '{ n += $2 } END { print n + 0 }'
}

# the timers of a socket that waits for an acknowledgement, asked for by its addresses
t_timers()
{
	local key

	load_with trace=none
	net_pair
	opened
	drop_in $S
	tell client send 10
	ynl a $C
	tell a call timers-get "{\"socket\": {\"family\": 4, \"local\": \"0a000101\", \"remote\": \"0a000102\", \"lport\": $CPORT, \"rport\": $PORT, \"ifindex\": 0}}"
	equal "kind, state" "$(value kind) $(value state)" "sk-full tcp-established"
	case $REPLY in
	*timer-rto* | *timer-tlp*) ;;
	*) fail "no timer runs: $REPLY" ;;
	esac
	for key in left-ms delack-ms keep-ms rto-us srtt-us rttvar-us backoff retransmits \
		probes-out keep-probes; do
		[ -n "$(value $key)" ] || fail "no $key: $REPLY"
	done
	at_least "RTO, microseconds" "$(value rto-us)" 200000
	equal "unanswered keepalives allowed" "$(value keep-probes)" \
		"$(in_ns $C sysctl -n net.ipv4.tcp_keepalive_probes)"
	# that of a namespace is its own
	ynl b $S
	refused b ENOENT "there is no TCP socket" call timers-get "{\"socket\": {\"family\": 4, \"local\": \"0a000101\", \"remote\": \"0a000102\", \"lport\": $CPORT, \"rport\": $PORT}}"
}

# 70 sockets in FIN-WAIT-2 are more than one answer holds
t_sockets()
{
	local from=0 pieces=0

	load
	ns_add nts-x
	peer client nts-x
	peer other nts-x
	tell client listen 127.0.0.1 80 100
	tell client drain 127.0.0.1 80 35
	tell other listen ::1 81 100
	tell other drain ::1 81 35
	ynl a nts-x
	: >"$NT_TMP/sockets"
	while [ -n "$from" ]; do
		tell a call sockets-get "{\"from\": $from}"
		grep -o '{"kind[^}]*}' <<<"$REPLY" >>"$NT_TMP/sockets"
		from=$(value next)
		pieces=$((pieces + 1))
	done
	at_least "pieces" $pieces 2
	# an ACK that came while close() held the socket leaves a whole one in FIN-WAIT-2,
	# with another timer
	in_ns nts-x ss -Htano state fin-wait-2 state time-wait |
		awk '/timer:\(timewait/ { print $(NF - 2), $(NF - 1) }' |
		sed 's/[][]//g' | sort >"$NT_TMP/ss"
	sed -n 's/.*"local": "\([^"]*\)", "remote": "\([^"]*\)", "lport": \([0-9]*\), "rport": \([0-9]*\), .*/\1:\3 \2:\4/p' \
		"$NT_TMP/sockets" | sort >"$NT_TMP/nl"
	at_least "sockets that ss knows" "$(wc -l <"$NT_TMP/ss")" 30
	diff "$NT_TMP/ss" "$NT_TMP/nl" >"$NT_TMP/diff" || fail "not what ss says (<): $(cat "$NT_TMP/diff")"
	equal "how many the module counts" "$(wc -l <"$NT_TMP/nl")" "$(stat_of mini_now nts-x)"
	grep -vq '"left-ms": [0-9]\{5\},' "$NT_TMP/sockets" && fail "a timer of 60 s: $(head -n 3 "$NT_TMP/sockets")"
	grep -q '"kind": "sk-timewait", "state": "tcp-fin-wait2"' "$NT_TMP/sockets" || fail "$(cat "$NT_TMP/sockets")"
}

# the same facts of evdump's, without what the specification leaves out
reduced()
{
	grep '^state ' | sed 's/ ifindex=[0-9]*//; s/ err=[0-9]* unread=[0-9]* dead=[0-9]*//' | sort
}

# a whole connection, and a listener, over IPv4 and IPv6
t_transitions()
{
	load
	net_pair
	ynl a "$C"
	ynl b "$S"
	tell a subscribe
	tell b subscribe
	for FAMILY in 4 6; do
		opened
		tell client send 5
		tell server recv 5
		tell client close
		tell server close
		leave client
		leave server
		rm "$NT_TMP"/{client,server}.*
	done
	for ns in "$C a" "$S b"; do
		evdump -N "${ns% *}" | reduced >"$NT_TMP/want"
		at_least "transitions in ${ns% *}" "$(wc -l <"$NT_TMP/want")" 10
		await "all transitions" heard_all "${ns#* }" "$NT_TMP/${ns#* }" "$(wc -l <"$NT_TMP/want")"
		diff <(sort "$NT_TMP/${ns#* }") "$NT_TMP/want" >"$NT_TMP/diff" ||
			fail "multicast (<) and events (>) differ: $(cat "$NT_TMP/diff")"
	done
	at_least "wake-ups" "$(cut -d ' ' -f 2 <<<"$REPLY")" 1
}

# told_loss: all of it, and transitions.  No loss is left for a later message: of what was
# not lost transitions are a third, and in 16 records that follow each other there is one.
# The last message comes behind the wake-up that tells of it.
told_loss()
{
	local heard lost recorded

	told_all || return
	read -r heard _ lost recorded <<<"$REPLY"
	# who sends the messages may have kept up, on another CPU: once more
	[ "$lost" -gt 0 ] || tell client drain 127.0.0.1 80 50
	[ "$lost" -gt 0 ] && [ "$heard" -gt 0 ] && [ $((heard * 16 + lost)) -ge $((recorded - 32)) ]
}

# 16 records a CPU: more happens in 10 ms
t_lost()
{
	load_with ring=16
	ns_add nts-x
	ynl a nts-x
	tell a subscribe
	peer client nts-x
	tell client listen 127.0.0.1 80 100
	tell client drain 127.0.0.1 80 50
	await "all of the loss to be told, and transitions all the same" told_loss
	diag "transitions heard, wake-ups, lost, recorded: $REPLY"
}

# whoever subscribes, filters or has stopped: rmmod does not wait
t_unload()
{
	local i

	for i in 1 2 3; do
		load
		ns_add nts-x$i nts-y$i
		ip netns exec nts-x$i nice -n 19 traffic 60 &
		echo $! >>"$NT_TMP/pids"
		disown $!
		ynl a$i nts-x$i
		ynl b$i nts-y$i
		tell a$i subscribe
		tell a$i open
		tell a$i call set "{\"filter\": \"$(bpf_udp_port 7007)\", \"filter-owned\": true}"
		tell b$i subscribe
		tell b$i call set "{\"filter\": \"$(bpf_nothing)\"}"
		tell b$i call stop
		await "packets left out" some_filtered nts-x$i
		must rmmod nettrace
		tell a$i account
		equal "the reader's end" "${REPLY##* }" yes
		ask a$i call get
		case $REPLY in err*) ;; *) fail "the family answers after rmmod: $REPLY" ;; esac
	done
	# sockets of before still listen to a group number that is nobody's now
	load
	ask a1 heard "$NT_TMP/a"
}

some_filtered()
{
	[ "$(stat_of filtered "$1")" -ge 100 ]
}

# the specification has nothing that no test has used
t_everything_used()
{
	python3 - "$SPEC" "$USED" <<-'EOF2' >"$NT_TMP/unused"
		import sys, yaml
		spec = yaml.safe_load(open(sys.argv[1]))
		used = set(open(sys.argv[2]).read().split("\n"))
		for s in spec["attribute-sets"]:
		    for a in s["attributes"]:
		        if a["type"] != "pad" and f'attr {s["name"]}.{a["name"]}' not in used:
		            print(f'attribute {s["name"]}.{a["name"]}')
		for o in spec["operations"]["list"]:
		    if f'op {o["name"]}' not in used:
		        print(f'operation {o["name"]}')
	EOF2
	[ ! -s "$NT_TMP/unused" ] || fail "never used: $(tr '\n' ';' <"$NT_TMP/unused")"
}

nt_main t_cli t_get t_start_stop t_set t_extra t_counters t_sockets t_timers t_transitions t_lost t_unload \
	t_everything_used
