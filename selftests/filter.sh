#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Filters in the kernel: what they leave out is counted exactly (the judge is an
# nft counter), each reader's account balances, and nobody is deprived of packets
# by another's filter.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/ynl.sh
. "$NT_DIR/lib/ynl.sh"

# filter NAME HEX [owned]
filter()
{
	tell "$1" call set "{\"filter\": \"$2\"${3:+, \"filter-owned\": true}}"
}

# refused_filter NAME ERRNO SENTENCE HEX [owned]
refused_filter()
{
	refused "$1" "$2" "$3" call set "{\"filter\": \"$4\"${5:+, \"filter-owned\": true}}"
}

# judges NETNS EXPRESSION: count what matches, and everything, in and out
judges()
{
	must in_ns "$1" nft "add table inet nts
		add counter inet nts match
		add counter inet nts total
		add chain inet nts in { type filter hook input priority 0; }
		add chain inet nts out { type filter hook output priority 0; }
		add rule inet nts in $2 counter name match
		add rule inet nts out $2 counter name match
		add rule inet nts in counter name total
		add rule inet nts out counter name total"
}

# judged NETNS NAME
judged()
{
	in_ns "$1" nft list counter inet nts "$2" | awk '$1 == "packets" { print $2 }'
}

# packets only, there being no TCP
t_counted()
{
	local match all

	load
	ns_add nts-x
	ynl a nts-x
	filter a "$(bpf_udp_port 9)"
	tell a open
	judges nts-x "ip protocol udp udp dport 9"
	peer client nts-x
	tell client udp 127.0.0.1 9 200
	tell client udp 127.0.0.1 10 100
	tell client udp ::1 9 50
	match=$(judged nts-x match) all=$(judged nts-x total)
	at_least "packets that match" "$match" 400
	at_least "packets that do not" $((all - match)) 300
	equal "recorded" "$(stat_of recorded nts-x)" "$match"
	equal "filtered" "$(stat_of filtered nts-x)" $((all - match))
	equal "seen" "$(stat_of seen nts-x)" "$all"
	tell a account
	equal "delivered, filtered, lost" "$REPLY" "$match $((all - match)) 0 no"
	tell a account
	equal "and then nothing" "$REPLY" "0 0 0 no"
	evdump -N nts-x >"$NT_TMP/out"
	equal "what is recorded" "$(grep -c '^packet .* proto=17 .* dport=9 ' "$NT_TMP/out")" "$match"
	tell a call counters-get
	equal "filtered, of the CPUs" "$(grep -o '"filtered": [0-9]*' <<<"$REPLY" |
		awk '{ n += $2 } END { print n }')" $((all - match))
	in_ns nts-x head -n 2 /proc/net/nettrace/trace >"$NT_TMP/text"
	grep -q "^# a filter is in force: $((all - match)) packets were left out" "$NT_TMP/text" ||
		fail "the text says: $(cat "$NT_TMP/text")"
	filter a ""
	tell client udp 127.0.0.1 10 10
	equal "filtered, without a filter" "$(stat_of filtered nts-x)" $((all - match))
	in_ns nts-x head -n 2 /proc/net/nettrace/trace | grep -q "^# a filter was in force" ||
		fail "the text says nothing of the filter that was"
}

# a reader that is overtaken as well: the account still balances
t_balance()
{
	local before seen

	load_with ring=64
	ns_add nts-x
	ynl a nts-x
	must in_ns nts-x ping -qc 50 -i 0.002 127.0.0.1
	filter a "$(bpf_udp_port 9)"
	before=$(stat_of seen nts-x)
	tell a open
	peer client nts-x
	tell client udp 127.0.0.1 9 300
	tell client udp 127.0.0.1 10 300
	seen=$(($(stat_of seen nts-x) - before))
	tell a account
	# shellcheck disable=SC2086 # words
	set -- $REPLY
	at_least "lost" "$3" 100
	at_least "filtered" "$2" 900
	equal "delivered + filtered + lost" $(($1 + $2 + $3)) $seen
}

# told at the end as well, to one that waits for records only
t_told_at_the_end()
{
	local reader

	load
	ns_add nts-x
	ynl a nts-x
	filter a "$(bpf_udp_port 9)"
	in_ns nts-x sh -c 'exec cat /proc/net/nettrace/events >/dev/null' &
	reader=$!
	echo $reader >>"$NT_TMP/pids"
	evdump -N nts-x -w 60 >"$NT_TMP/out" &
	echo $! >>"$NT_TMP/pids"
	await "both to read" readers_are 2
	peer client nts-x
	tell client udp 127.0.0.1 10 20
	tell a call stop
	await "the readers to end" gone $reader
	wait $!
	equal "told" "$(sed -n 's/^total .* filtered=\([0-9]*\) .* end=\(.*\)/\1 \2/p' "$NT_TMP/out")" "80 yes"
}

readers_are()
{
	[ "$(stat_of readers nts-x)" = "$1" ]
}

t_arp()
{
	load_with trace=none
	net_pair
	ynl a "$C"
	filter a "$(bpf_arp)"
	must in_ns "$C" nft 'add table arp nts
		add counter arp nts total
		add chain arp nts in { type filter hook input priority 0; }
		add chain arp nts out { type filter hook output priority 0; }
		add rule arp nts in counter name total
		add rule arp nts out counter name total'
	tell a call start
	must in_ns "$C" ping -qc 3 -i 0.01 "$SADDR"
	must in_ns "$C" arping -qc 2 -I eth0 "$SADDR"
	evdump -N "$C" >"$NT_TMP/out"
	equal "packets that are not ARP" "$(grep '^packet' "$NT_TMP/out" | grep -vc ' hook=ARP_')" 0
	equal "ARP packets" "$(grep -c ' hook=ARP_' "$NT_TMP/out")" \
		"$(in_ns "$C" nft list counter arp nts total | awk '$1 == "packets" { print $2 }')"
	at_least "of them sent" "$(grep -c ' hook=ARP_OUT .* dst=10.0.1.2 ' "$NT_TMP/out")" 1
	at_least "packets left out" "$(stat_of filtered "$C")" 6
	# what the filter moved is back in its place: the link header
	grep ' hook=ARP_OUT ' "$NT_TMP/out" | grep -qv 'flags=[A-Z_0-9,]*MAC' && fail "an ARP packet without its addresses"
	:
}

# the header from the network layer on, wherever it is asked for
t_net_offset()
{
	load
	ns_add nts-x
	ynl a nts-x
	# byte 9 from the network header: the protocol
	filter a "$(bpf "$LDB_ABS 0 0 $((SKF_NET_OFF + 9))" "$JEQ 0 1 1" "$RET 0 0 1" "$RET 0 0 0")"
	must in_ns nts-x ping -qc 2 -i 0.01 127.0.0.1
	peer client nts-x
	tell client udp 127.0.0.1 10 5
	evdump -N nts-x >"$NT_TMP/out"
	# two echoes and five complaints about the datagrams
	equal "ICMP" "$(grep -c '^packet .* proto=1 ' "$NT_TMP/out")" $((2 * 4 + 5 * 2))
	equal "others" "$(grep '^packet' "$NT_TMP/out" | grep -vc ' proto=1 ')" 0
}

# transitions and mini sockets are followed, whatever is left out
t_transitions_stay()
{
	load
	net_pair
	ynl a "$C"
	ynl b "$S"
	evdump -N "$C" >/dev/null
	filter a "$(bpf_nothing)"
	filter b "$(bpf_nothing)"
	# the client is gone, and what it says then would end the TIME-WAIT (RFC 1337)
	must in_ns "$S" sysctl -qw net.ipv4.tcp_rfc1337=1
	opened
	tell server close
	tell client close
	await "TIME-WAIT" in_time_wait "$S"
	evdump -N "$C" >"$NT_TMP/c"
	evdump -N "$S" >"$NT_TMP/s"
	equal "segments" "$(cat "$NT_TMP/c" "$NT_TMP/s" | grep -c '^packet .* proto=6 ')" 0
	equal "the client's states" "$(states_of "$NT_TMP/c" FULL)" \
		"SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK "
	equal "the request begins and is promoted" "$(grep -c ' kind=REQUEST what=BEGIN \| kind=REQUEST what=END .* why=PROMOTED' "$NT_TMP/s")" 2
	# a SYN takes TIME-WAIT over: it is left out, and noticed at once all the same
	tell client bind "$CADDR" "$CPORT"
	tell client start "$SADDR" $PORT
	await "the end of TIME-WAIT" reused "$S"
}

states_of()
{
	sed -n "s/^state .* kind=$2 what=CHANGE .* new=\([A-Z_0-9]*\) .* lport=[0-9]* rport=$PORT .*/\1/p" <(sort -t = -k 2 -n "$1") |
		grep -vx CLOSE | tr '\n' ' '
}

in_time_wait()
{
	evdump -N "$1" | grep -q ' kind=TIMEWAIT .* new=TIME_WAIT '
}

reused()
{
	evdump -N "$1" | grep -q ' kind=TIMEWAIT what=END .* why=REUSED '
}

# a lasting filter is there before a start, and after a stop
t_lasting()
{
	load_with trace=none
	ns_add nts-x
	ynl a nts-x
	filter a "$(bpf_nothing)"
	tell a call get
	equal "length, owned" "$(value filter-len) $(value filter-owned)" "1 "
	leave a
	rm "$NT_TMP"/a.*
	ynl a nts-x
	tell a call start
	must in_ns nts-x ping -qc 1 127.0.0.1
	equal "recorded and left out" "$(stat_of recorded nts-x) $(stat_of filtered nts-x)" "0 4"
	tell a call stop
	tell a call start
	must in_ns nts-x ping -qc 1 127.0.0.1
	equal "after a stop" "$(stat_of recorded nts-x) $(stat_of filtered nts-x)" "0 4"
	equal "its length" "$(stat_of filter_len nts-x)" 1
	# another may change it, but not make it his own
	ynl b nts-x
	refused_filter b EBUSY "a lasting filter is in force" "$(bpf_nothing)" owned
	filter b "$(bpf_arp)"
	equal "its length" "$(stat_of filter_len nts-x)" 4
	filter b ""
	equal "its length" "$(stat_of filter_len nts-x)" 0
	must in_ns nts-x ping -qc 1 127.0.0.1
	equal "recorded without it" "$(stat_of recorded nts-x)" 4
}

no_filter()
{
	[ "$(stat_of filter_len nts-x)" = 0 ]
}

# its owner alone reads; it goes in every way that the owner can go
t_owned()
{
	load
	ns_add nts-x nts-y
	ynl a nts-x
	ynl b nts-x
	tell a open
	filter a "$(bpf_nothing)" owned
	tell a call get
	equal "owned" "$(value filter-len) $(value filter-owned)" "1 true"
	refused_filter b EBUSY "another program's own filter" "$(bpf_arp)"
	refused_filter b EBUSY "another program's own filter" ""
	refused_filter b EBUSY "another program's own filter" "$(bpf_arp)" owned
	filter a "$(bpf_arp)" owned
	filter a ""
	equal "its own to lift" "$(stat_of filter_len nts-x)" 0
	refused_filter b EBUSY "other programs read these events too" "$(bpf_nothing)" owned
	# its socket is closed: it stays with its reader, and goes with that
	filter a "$(bpf_nothing)" owned
	tell a close
	equal "after the socket was closed, its owner reading" "$(stat_of filter_len nts-x)" 1
	tell a shut
	equal "after the file was closed" "$(stat_of filter_len nts-x)" 0
	# whose owner does not read: it goes with the socket
	filter a "$(bpf_nothing)" owned
	tell a close
	equal "after the socket was closed" "$(stat_of filter_len nts-x)" 0
	tell a open
	# a second reader comes
	filter a "$(bpf_nothing)" owned
	tell b open
	equal "with a second reader" "$(stat_of filter_len nts-x)" 0
	refused_filter a EBUSY "other programs read these events too" "$(bpf_nothing)" owned
	tell b shut
	# its own second file is no other's
	filter a "$(bpf_nothing)" owned
	tell a open
	equal "with its own second file" "$(stat_of filter_len nts-x)" 1
	# it stops
	tell b call stop
	equal "after a stop" "$(stat_of filter_len nts-x)" 0
	refused_filter a ENODATA "this namespace is not being traced: there is no reader" "$(bpf_nothing)" owned
	tell b call start
	tell a shut
	# it dies
	filter a "$(bpf_nothing)" owned
	slay a
	await "the filter to be lifted" no_filter
	must in_ns nts-x ping -qc 1 127.0.0.1
	equal "recorded" "$(stat_of recorded nts-x)" 4
}

# filters come and go under load: each change holds at once, nothing is lost track of
t_comes_and_goes()
{
	local i before told seen

	load
	ns_add nts-x
	ynl a nts-x
	before=$(stat_of seen nts-x)
	tell a open
	ip netns exec nts-x traffic 60 &
	echo $! >>"$NT_TMP/pids"
	for i in 1 2 3 4 5 6 7 8; do
		filter a "$(bpf_udp_port 7007)" owned
		filter a "$(bpf_nothing)" owned
		filter a ""
	done
	filter a "$(bpf_nothing)" owned
	await "packets left out" some_filtered
	kill $!
	wait $! 2>/dev/null
	told=0
	await "an account while nothing is seen" account_stands
	equal "delivered + filtered + lost" $told $((seen - before))
}

# adds to $told, sets $seen; what connections still send by themselves comes now and then
account_stands()
{
	seen=$(stat_of seen nts-x)
	tell a account
	# shellcheck disable=SC2086 # words
	set -- $REPLY
	told=$((told + $1 + $2 + $3))
	[ "$(stat_of seen nts-x)" = "$seen" ]
}

some_filtered()
{
	[ "$(stat_of filtered nts-x)" -ge 100 ]
}

# repeat N HEX
repeat()
{
	local i

	for ((i = 0; i < $1; i++)); do
		printf '%s' "$2"
	done
}

t_refusals()
{
	local ret

	load
	ns_add nts-x
	ynl a nts-x
	ret=$(bpf_nothing)
	refused_filter a EINVAL "filter: its length is not a multiple" 060000
	refused_filter a E2BIG "filter: more than 4096 instructions" "$(repeat 4097 "$ret")"
	refused_filter a EINVAL "filter: it loads from the link header" "$(bpf "$LDH_ABS 0 0 $((SKF_LL_OFF + 12))" "$RET 0 0 1")"
	refused_filter a EINVAL "filter: it loads from the link header" "$(bpf "$LDXB_MSH 0 0 $((SKF_LL_OFF + 14))" "$RET 0 0 1")"
	refused_filter a EINVAL "filter: it loads from the link header" "$(bpf "$LDH_IND 0 0 $((SKF_NET_OFF - 1))" "$RET 0 0 1")"
	refused_filter a EINVAL "filter: it loads from a negative offset" "$(bpf "$LD_ABS 0 0 $((SKF_LL_OFF - 1))" "$RET 0 0 1")"
	refused_filter a EINVAL "filter: the kernel refuses this classic BPF program" "$(bpf "$LDB_ABS 0 0 9")"
	refused_filter a EINVAL "filter: the kernel refuses this classic BPF program" "$(bpf "$JEQ 200 0 1" "$RET 0 0 1")"
	refused_filter a EINVAL "filter: the kernel refuses this classic BPF program" "$(bpf "0xffff 0 0 0" "$RET 0 0 1")"
	refused_filter a EINVAL "filter: the kernel refuses this classic BPF program" "$(bpf "$LD_ABS 0 0 -8" "$RET 0 0 1")"
	equal "filter" "$(stat_of filter_len nts-x)" 0
	# the longest that there may be
	filter a "$(repeat 4096 "$ret")"
	equal "filter" "$(stat_of filter_len nts-x)" 4096
	must in_ns nts-x ping -qc 1 127.0.0.1
	equal "left out" "$(stat_of filtered nts-x)" 4
}

# programs count for the module's memory
t_memory()
{
	local before

	load_with memory=1 trace=none
	ns_add nts-x
	ynl a nts-x
	filter a "$(bpf_nothing)"
	before=$(stat_of memory)
	at_least "bytes of a filter" "$before" 64
	filter a ""
	equal "bytes without one" "$(stat_of memory)" 0
	tell a call start '{"ring": 2048, "minisocks": 256}'
	refused_filter a ENOSPC "filter: it would pass the module's memory cap" \
		"$(repeat 4095 "$(bpf "$LDB_ABS 0 0 9")")$(bpf_nothing)"
	equal "filter" "$(stat_of filter_len nts-x)" 0
}

t_every_sentence()
{
	every_sentence 9 < <(
		cat "$NT_TOP/module/filter.c"
		grep 'own filter\|lasting filter' "$NT_TOP"/module/netlink*.c
	)
}

nt_main t_counted t_balance t_told_at_the_end t_arp t_net_offset t_transitions_stay t_lasting \
	t_owned t_comes_and_goes t_refusals t_memory t_every_sentence
