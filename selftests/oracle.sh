#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: --icount
#
# nettrace's transitions against the kernel's own tracing of the same sockets: the
# tracepoint inet_sock_set_state, and kprobes where request and TIME-WAIT sockets,
# for which there is no tracepoint, begin and end.  No step is missing, none is
# invented, the order of each socket's steps is the same.  How late the ends of
# the mini sockets are seen is measured.
#
# Time that nobody uses is skipped here, so that TIME-WAIT lasts a moment.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

SOCK='daddr=+0(%REG):x32 saddr=+4(%REG):x32 dport=+12(%REG):x16 num=+14(%REG):u16'
SOCK+=' family=+16(%REG):u16'
# its IPv6 addresses are together, the remote one first, OFF6 bytes in
SOCK6=' d0=+OFF6(%REG):x64 d1=+OFF6+8(%REG):x64 s0=+OFF6+16(%REG):x64 s1=+OFF6+24(%REG):x64'

# fields REGISTER: where struct sock_common keeps the addresses (include/net/sock.h)
fields()
{
	local text=$SOCK$SOCK6 i

	for i in 24 16 8; do
		text=${text//OFF6+$i/$((V6_AT + i))}
	done
	text=${text//OFF6/$V6_AT}
	echo "${text//REG/$1}"
}

# kprobe NAME FUNCTION REGISTER [FIELDS]: it must be there on every kernel we know
kprobe()
{
	echo "p:nts/nts_$1 $2 $(fields "$3") ${4:-}" >>$TRACING/kprobe_events ||
		fail "no kprobe on $2: $(tail -n 3 $TRACING/error_log)"
}

oracle_on()
{
	trace_anew
	echo 0 >$TRACING/tracing_on
	echo mono >$TRACING/trace_clock
	echo 16384 >$TRACING/buffer_size_kb
	: >$TRACING/kprobe_events
	case $(uname -r) in
	*-nettrace-debug) [ -e /sys/kernel/btf/vmlinux ] || skip "scripts/debug-kernel has no type information (BTF)" ;;
	esac
	V6_AT=$(python3 "$NT_DIR/lib/btf.py" sock_common skc_v6_daddr) ||
		fail "the kernel's type information does not tell where an IPv6 address is"
	kprobe req_begin inet_csk_reqsk_queue_hash_add si
	kprobe req_free4 tcp_v4_reqsk_destructor di
	kprobe req_free6 tcp_v6_reqsk_destructor di
	kprobe tw_begin tcp_time_wait di state=%si:u8
	kprobe tw_kill inet_twsk_kill di
	echo 1 >$TRACING/events/sock/inet_sock_set_state/enable
	echo 1 >$TRACING/events/nts/enable
	echo >$TRACING/trace
	echo 1 >$TRACING/tracing_on
}

oracle_off()
{
	echo 0 >$TRACING/tracing_on
	cat $TRACING/trace >"$NT_TMP/trace"
	echo 0 >$TRACING/events/nts/enable
	echo 0 >$TRACING/events/sock/inet_sock_set_state/enable
	: >$TRACING/kprobe_events
	equal "events that the kernel's tracing lost" \
		"$(cat $TRACING/per_cpu/cpu*/stats | awk '/overrun|dropped events/ { n += $NF } END { print n + 0 }')" 0
}

no_mini()
{
	[ "$(stat_of mini_now "$C") $(stat_of mini_now "$S")" = "0 0" ]
}

# asking costs more time here than waiting
no_mini_soon()
{
	no_mini || { pause 3; no_mini; }
}

# traffic of all kinds; half-open connections that expire, and one that is killed
t_oracle()
{
	local f

	load_with ring=16384 memory=64
	net_pair
	must in_ns $S sysctl -qw net.ipv4.tcp_synack_retries=1
	must in_ns $C sysctl -qw net.ipv4.tcp_syn_retries=1 net.ipv4.tcp_tw_reuse=1
	equal "tracing there" "$(stat_of tracing $C) $(stat_of tracing $S)" "1 1"
	oracle_on
	ip netns exec $S "$NT_DIR/lib/oracle.py" serve $SADDR $SADDR6 >"$NT_TMP/serve" 2>&1 &
	echo $! >>"$NT_TMP/pids"
	disown $!
	await "the server" grep -q ready "$NT_TMP/serve"
	must in_ns $C "$NT_DIR/lib/oracle.py" talk $SADDR $SADDR6
	# half open: the client's SYN,ACK is dropped there, until the request expires
	drop_in $C 'tcp flags & (syn|ack) == (syn|ack)'
	peer half $C
	ask half connect $SADDR $PORT
	undrop $C
	until_true 100 no_mini_soon || fail "mini sockets are left: $(stat_of mini_now $C) $(stat_of mini_now $S)"
	oracle_off
	for f in $C $S; do
		evdump -N "$f"
	done >"$NT_TMP/events" || fail "evdump"
	python3 "$NT_DIR/lib/oracle.py" compare "$NT_TMP/trace" "$NT_TMP/events" >"$NT_TMP/out"
	diag "$(cat "$NT_TMP/out")"
	! grep -q '^differs' "$NT_TMP/out" || fail "nettrace and the kernel's tracing differ"
	[ "$(count_of 'sockets of before')" -le 8 ] || fail "more sockets than a test leaves are left out"
	at_least "transitions compared" "$(count_of 'transitions of full sockets')" 300
	at_least "steps of TIME-WAIT sockets compared" "$(count_of 'steps of TIME-WAIT sockets')" 40
	at_least "steps of request sockets compared" "$(count_of 'steps of request sockets')" 100
	at_least "requests that expired" "$(count_of 'end of a request: expired')" 1
	at_least "TIME-WAITs that expired" "$(count_of 'end of TIME-WAIT: expired')" 10
	at_least "TIME-WAITs whose addresses were used again" \
		"$(($(count_of 'end of TIME-WAIT: reused') + $(count_of 'end of TIME-WAIT: killed')))" 1
	# NETTRACE_LATE_MS
	awk '/^late/ { sub(/.*max=/, ""); if ($1 > 20) exit 1 }' "$NT_TMP/out" ||
		fail "an end was seen later than NETTRACE_LATE_MS says"
}

# count_of NAME: of the comparison
count_of()
{
	sed -n "s/^count $1: //p" "$NT_TMP/out" | grep . || echo 0
}

nt_main t_oracle
