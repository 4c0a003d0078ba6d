#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: --icount
# debug: kmemleak=off
#
# Timers: what is sampled against what ss says of the same socket at the same time,
# and what fires against the kernel's own counters.  Time that nobody uses is skipped
# here, so that keepalive and TIME-WAIT last a moment.

# shellcheck disable=SC2016 # programs in single quotes: awk's and the inner shell's
# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# with_timers: freshly loaded, a pair of namespaces
with_timers()
{
	load_with timers=1
	net_pair
}

# observe, with the timers
observe_timers()
{
	JSON=$NT_TMP/json
	"$NETTRACE" timeline --timers --json -N "$C","$S" >"$JSON" 2>"$NT_TMP/json.err" ||
		fail "nettrace timeline --timers: $(cat "$NT_TMP/json.err")"
}

# ss_of NETNS KEY: KEY:VALUE of the one established socket there
ss_of()
{
	in_ns "$1" ss -tinoH state established state fin-wait-1 | tr ' ' '\n' | sed -n "s/^$2://p" | head -n 1
}

# samples NETNS LPORT|RPORT KEY: one value a sample, oldest first
samples()
{
	evdump -N "$1" | awk -v port="$2" -v key="$3" '$1 == "timer" && index($0, port " ") {
		for (i = 2; i <= NF; i++) if (index($i, key "=") == 1) print substr($i, length(key) + 2) }'
}

retransmissions()
{
	in_ns "$C" nstat -asz TcpRetransSegs | awk '$1 == "TcpRetransSegs" { print $2 }'
}

retransmitted()
{
	[ "$(retransmissions)" -ge "$1" ]
}

# next_step: waits for the next retransmission, after $STEP of them, and asks ss for RTO
# and BACKOFF; a slow machine may be too late for some, but each waits twice as long
next_step()
{
	while :; do
		await "retransmission $((STEP + 1))" retransmitted $((STEP + 1))
		STEP=$(retransmissions)
		RTO=$(ss_of "$C" rto)
		BACKOFF=$(ss_of "$C" backoff)
		[ "$(retransmissions)" != "$STEP" ] || return 0
		[ "$STEP" -lt 9 ] || fail "each time it was sent again before ss was asked"
	done
}

# RTO and its back-off: what a retransmission's sample holds is what ss said before
t_rto()
{
	local rto backoff

	with_timers
	opened
	drop_in $S
	tell client send 100
	STEP=1
	for _ in 1 2 3; do
		next_step
		rto=$RTO backoff=$BACKOFF
		await "retransmission $((STEP + 1))" retransmitted $((STEP + 1))
		equal "RTO sampled at the next one" "$(samples $C rport=$PORT rto | tail -n 1)" "${rto}"000
		equal "its back-off" "$(samples $C rport=$PORT backoff | tail -n 1)" "$backoff"
	done
	equal "congestion window" "$(samples $C rport=$PORT cwnd | tail -n 1)" "$(ss_of $C cwnd)"
	equal "slow start threshold" "$(samples $C rport=$PORT ssthresh | tail -n 1)" "$(ss_of $C ssthresh)"
	observe_timers
	# the first was a tail loss probe's, the others the RTO's
	equal "timers that fired" "$(said type=timer end=client event=fired 'timer=retransmission|tail-loss-probe' basis=observed)" \
		"$(said type=segment marks.*.name=retransmission)"
	at_least "of them the RTO" "$(said type=timer end=client event=fired timer=retransmission)" 3
}

# smoothed round trip and its variance, after some
t_rtt()
{
	local i srtt rtt

	with_timers
	must in_ns $S tc qdisc add dev eth0 root netem delay 30ms
	opened
	for i in 1 2 3 4 5; do
		tell client send 100
		tell server recv 100
		tell server send 100
		tell client recv 100
	done
	tell client send 1
	srtt=$(samples $C rport=$PORT srtt | tail -n 1)
	rtt=$(ss_of $C rtt)
	awk -v srtt="$srtt" -v rtt="${rtt%/*}" 'BEGIN { exit !(srtt / 1000 > rtt * 0.7 && srtt / 1000 < rtt * 1.4) }' ||
		fail "srtt is $srtt us, ss says $rtt ms"
	at_least "srtt in us" "$srtt" 25000
}

# keepalive: armed when the connection is, fires when nobody answers
t_keepalive()
{
	with_timers
	must in_ns $C sysctl -qw net.ipv4.tcp_keepalive_time=2 net.ipv4.tcp_keepalive_intvl=1 \
		net.ipv4.tcp_keepalive_probes=3
	peer server $S
	tell server listen $SADDR $PORT
	# the shell that makes it may be slow to begin
	: >"$NT_TMP/keep"
	ip netns exec $C python3 -c '
import socket, sys
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
s.connect((sys.argv[1], int(sys.argv[2])))
print("up", flush=True)
try:
    s.recv(1)
except OSError as e:
    print(e.errno, flush=True)' $SADDR $PORT >"$NT_TMP/keep" 2>&1 &
	echo $! >>"$NT_TMP/pids"
	disown $!
	await "the connection" grep -q up "$NT_TMP/keep"
	case $(in_ns $C ss -tnoH state established) in
	*timer:\(keepalive*) ;;
	*) fail "ss shows no keepalive timer" ;;
	esac
	until_true 30 keepalives_sent 2 || fail "no keepalive was sent"
	drop_in $S
	until_true 30 grep -q '^1' "$NT_TMP/keep" || fail "it was not given up"
	equal "the error" "$(tail -n 1 "$NT_TMP/keep")" 110
	observe_timers
	at_least "armed" "$(said type=timer end=client timer=keepalive event=armed basis=observed)" 1
	# two answered, three not
	equal "fired" "$(said type=timer end=client timer=keepalive event=fired)" \
		"$(in_ns $C nstat -asz TcpExtTCPKeepAlive | awk '$1 == "TcpExtTCPKeepAlive" { print $2 }')"
}

keepalives_sent()
{
	[ "$(in_ns "$C" nstat -asz TcpExtTCPKeepAlive | awk '$1 == "TcpExtTCPKeepAlive" { print $2 }')" -ge "$1" ]
}

# the receiver's window closes: the persist timer probes it
t_persist()
{
	local probes

	with_timers
	opened
	ip netns exec $C true
	# more than both buffers take; the server does not read
	echo "send 8000000" >&"${PEER_IN[client]}"
	until_true 30 persist_runs || fail "ss shows no persist timer: $(in_ns $C ss -tnoH)"
	until_true 30 probed 3 || fail "no window probe"
	observe_timers
	probes=$(in_ns $C nstat -asz TcpExtTCPWinProbe | awk '$1 == "TcpExtTCPWinProbe" { print $2 }')
	at_least "armed, or running at a probe" \
		"$(said type=timer end=client timer=persist 'event=armed|reset' basis=observed)" 1
	at_least "fired" "$(said type=timer end=client timer=persist event=fired)" 3
	[ "$(said type=timer end=client timer=persist event=fired)" -le "$probes" ] ||
		fail "more probes than the kernel counts ($probes)"
}

persist_runs()
{
	in_ns "$C" ss -tnoH state established | grep -q 'timer:(persist'
}

probed()
{
	[ "$(in_ns "$C" nstat -asz TcpExtTCPWinProbe | awk '$1 == "TcpExtTCPWinProbe" { print $2 }')" -ge "$1" ]
}

# a request's timer, an orphan's FIN-WAIT-2, TIME-WAIT
t_mini()
{
	with_timers
	must in_ns $C sysctl -qw net.ipv4.tcp_fin_timeout=3
	opened
	tell client close
	await "an orphan in FIN-WAIT-2" eval 'in_ns $C ss -tnH state fin-wait-2 | grep -q .'
	# it is given up after three seconds
	until_true 30 eval '! in_ns $C ss -tnH state fin-wait-2 | grep -q .' || fail "FIN-WAIT-2 stays"
	observe_timers
	says 1 type=timer end=server timer=syn+ack event=armed basis=observed
	says 1 type=timer end=server timer=syn+ack event=stopped
	says 1 type=timer end=client timer=fin-wait-2 event=armed
	until_true 5 eval 'observe_timers; [ "$(said type=timer end=client timer=fin-wait-2 event=fired)" = 1 ]' ||
		show_and_fail "FIN-WAIT-2's timer did not fire"
}

t_time_wait()
{
	with_timers
	opened
	tell client close
	tell server eof
	tell server close
	await "TIME-WAIT" eval 'in_ns $C ss -tnH state time-wait | grep -q .'
	observe_timers
	says 1 type=timer end=client timer=time-wait event=armed basis=observed
	until_true 90 no_time_wait_soon || fail "TIME-WAIT stays"
	until_true 5 eval 'observe_timers; [ "$(said type=timer end=client timer=time-wait event=fired)" = 1 ]' ||
		show_and_fail "TIME-WAIT's timer did not fire"
}

# asking costs more time here than waiting
no_time_wait_soon()
{
	pause 5
	[ -z "$(in_ns "$C" ss -tnH state time-wait)" ]
}

# an ACK that waits for data to go with: its timer was seen, or its delay tells
t_delayed_ack()
{
	local i

	with_timers
	opened
	# out of quick-ack mode: data in both directions
	for ((i = 0; i < 12; i++)); do
		tell client send 10
		tell server recv 10
		tell server send 10
		tell client recv 10
	done
	tell client send 10
	tell server recv 10
	until_true 5 eval '[ "$(in_ns $S nstat -asz TcpExtDelayedACKs | awk "\$1 == \"TcpExtDelayedACKs\" { print \$2 }")" -ge 1 ]' ||
		fail "the kernel delayed no ACK"
	observe_timers
	at_least "delayed ACKs" "$(said type=timer timer=delayed-ack event=fired)" 1
	# said to be observed only where a sample had the timer running
	[ "$(said type=timer end=server timer=delayed-ack event=fired basis=observed)" = 0 ] ||
		at_least "samples with the timer running" \
			"$(evdump -N $S | grep -c '^timer .*armed=[A-Z,]*DELACK')" 1
}

# now_of NETNS CONDITION... KEY: of `nettrace sockets --timers`
now_of()
{
	local ns=$1

	shift
	JSON=$NT_TMP/now
	"$NETTRACE" sockets --timers --json -N "$ns" >"$JSON" 2>"$NT_TMP/json.err" ||
		fail "nettrace sockets --timers: $(cat "$NT_TMP/json.err")"
	said "$@"
}

# asked of the socket, whether it is traced or not: as ss has it then
t_now()
{
	local i now

	load_with trace=none
	net_pair
	opened
	equal "sockets of a client that waits for nothing" "$(now_of $C type=socket state=ESTABLISHED)" 1
	equal "with a timer" "$(now_of $C type=socket timers.0.left_ms=0..)" 0
	drop_in $S
	tell client send 100
	STEP=1
	i=0
	while [ $i -lt 3 ]; do
		next_step
		now=$(now_of $C type=socket timers.0.timer=retransmission "rto_us=${RTO}000" "backoff=$BACKOFF")
		# on a slow machine it may have been sent again before nettrace was asked
		[ "$(retransmissions)" = "$STEP" ] || continue
		equal "RTO and back-off at $STEP" "$now" 1
		i=$((i + 1))
	done
	undrop $S
	# when it is sent again, the peer would not wait so long
	await "what was sent to arrive" eval '[ -z "$(ss_of $C unacked)" ]'
	tell server recv 100
	tell client close
	tell server eof
	tell server close
	await "TIME-WAIT" eval 'in_ns $C ss -tnH state time-wait | grep -q .'
	equal "TIME-WAIT" "$(now_of $C type=socket state=TIME-WAIT timers.0.timer=time-wait)" 1
	"$NETTRACE" sockets --timers -N $C >"$NT_TMP/out" || fail "nettrace sockets --timers"
	grep -q "^TIME-WAIT .* time-wait [0-9]*\.[0-9] s" "$NT_TMP/out" || fail "$(cat "$NT_TMP/out")"
	# the same with ss, whose clock may have gone on by one
	i=$(in_ns $C ss -tnoH state time-wait | sed -n 's/.*timewait,\([0-9]*\)sec.*/\1/p')
	[ -n "$i" ] || fail "ss tells no time: $(in_ns $C ss -tnoH state time-wait)"
	sed -n 's/^TIME-WAIT .* time-wait \([0-9.]*\) s .*/\1/p' "$NT_TMP/out" |
		awk -v ss="$i" '{ d = $1 - ss; found = d > -1.5 && d < 2.5 } END { exit !found }' ||
		fail "ss has $i s, nettrace $(cat "$NT_TMP/out")"
	"$NETTRACE" sockets --timers -N $S >"$NT_TMP/out" 2>&1 && fail "a namespace without sockets: $(cat "$NT_TMP/out")"
	grep -q "no TCP socket" "$NT_TMP/out" || fail "$(cat "$NT_TMP/out")"
}

# nobody asks: no sample; a reader asks: as long as it reads
t_asked()
{
	local pid

	load
	net_pair
	opened
	tell client send 10
	tell server recv 10
	equal "samples when nobody asks" "$(evdump -N $C | grep -c ^timer)" 0
	ip netns exec $C "$NETTRACE" follow --timers >"$NT_TMP/out" 2>&1 &
	pid=$!
	echo $pid >>"$NT_TMP/pids"
	await "timers to be recorded" eval '[ "$(stat_of timers $C)" = 1 ]'
	equal "timers in the other namespace" "$(stat_of timers $S)" 0
	tell client send 10
	tell server recv 10
	at_least "samples" "$(evdump -N $C | grep -c ^timer)" 1
	equal "samples in the other namespace" "$(evdump -N $S | grep -c ^timer)" 0
	kill $pid
	wait $pid
	equal "when it has gone" "$(stat_of timers $C)" 0
	# each sample stands right behind its packet
	evdump -N $C | awk '
		$1 == "packet" { n = $4; t = $2; cpu = $3 }
		$1 == "timer" { split($4, a, "="); split(n, b, "=");
			if ($2 != t || $3 != cpu || a[2] != b[2] + 1) { print; exit 1 } }' >"$NT_TMP/stray" ||
		fail "a sample that is not behind its packet: $(cat "$NT_TMP/stray")"
}

nt_main t_rto t_rtt t_keepalive t_persist t_mini t_time_wait t_delayed_ack t_now t_asked
