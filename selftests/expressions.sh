#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# Filters: for each expression the packets that nettrace records are those that
# tcpdump picks from a capture of the same traffic, whether the kernel decides,
# or nettrace on what it reads live, or nettrace on a recording.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# Traffic is looked at on a router: there IP packets pass as they are on the
# wire, fragments and all.  On its device "left" everything passes once.
EXPRESSIONS=(
	"arp"
	"ip"
	"ip6"
	"icmp"
	"icmp6"
	"tcp"
	"udp"
	"not arp"
	"not tcp and not arp"
	"host 10.0.2.2"
	"src host 10.0.2.2"
	"dst host 10.0.2.2 and tcp"
	"host fd00:2::2"
	"src fd00:1::1 or arp host 10.0.1.1"
	"net 10.0.2.0/24"
	"src net fd00:2::/64"
	"port 80"
	"not port 80"
	"tcp port 22 or udp port 53"
	"src port 8080"
	"dst port 5000"
	"portrange 22-80"
	"tcp portrange 79-82"
	"udp and not portrange 5000-6000"
	"tcp[tcpflags] & tcp-syn != 0"
	"tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn"
	"tcp[tcpflags] & (tcp-rst|tcp-fin) != 0 and src host 10.0.1.1"
	"tcp[14:2] > 1000"
	"icmp[icmptype] = icmp-echo or icmp[icmptype] = icmp-unreach"
	"icmp6[icmp6type] = icmp6-echoreply"
	"ip proto 17"
	"ip6 proto 6"
	"ip[6:2] & 0x1fff != 0"
	"ip[6:2] & 0x3fff = 0 and ip[9] = 17"
	"ip6[6] = 44"
	"(host 10.0.2.2 and port 22) or (host fd00:2::2 and port 53)"
)
# those that are tried in the kernel, too, each with traffic of its own
IN_KERNEL=(
	"arp"
	"icmp6"
	"not tcp and not arp"
	"src fd00:1::1 or arp host 10.0.1.1"
	"net 10.0.2.0/24"
	"tcp port 22 or udp port 53"
	"portrange 22-80"
	"tcp[tcpflags] & (tcp-rst|tcp-fin) != 0 and src host 10.0.1.1"
	"ip[6:2] & 0x1fff != 0"
	"ip6[6] = 44"
)

mix_py=$NT_DIR/lib/mix.py

lab()
{
	load
	net_routed
	ip netns exec "$S" "$mix_py" serve "$SADDR" "$SADDR6" >"$NT_TMP/serve" 2>"$NT_TMP/serve.err" &
	echo $! >>"$NT_TMP/pids"
	await "the server" grep -q ready "$NT_TMP/serve"
}

capture_start()
{
	ip netns exec "$R" tcpdump -Z root -i left -n -p -U --immediate-mode -B 8192 --time-stamp-precision=nano \
		-w "$NT_TMP/all.pcap" 2>"$NT_TMP/tcpdump" &
	CAPTURE=$!
	echo "$CAPTURE" >>"$NT_TMP/pids"
	await "tcpdump to listen" grep -q 'listening on' "$NT_TMP/tcpdump"
}

capture_stop()
{
	local what

	kill "$CAPTURE"
	wait "$CAPTURE" || fail "tcpdump: $(cat "$NT_TMP/tcpdump")"
	equal "what tcpdump has lost" \
		"$(sed -n 's/^\([0-9]*\) packets* dropped by kernel$/\1/p' "$NT_TMP/tcpdump")" 0
	what=$("$mix_py" window "$NT_TMP/all.pcap") || fail "the capture lacks its marks"
	read -r FROM TO <<<"$what"
}

# traffic: what resolves addresses is part of it
traffic_once()
{
	local ns

	for ns in "$C" "$R"; do
		must ip -n "$ns" neigh flush all
	done
	must in_ns "$C" "$mix_py" once "$SADDR" "$SADDR6"
}

# same EXPRESSION RECORDING: it holds what tcpdump picks
same()
{
	local expr=$1

	tcpdump -Z root -r "$NT_TMP/all.pcap" --time-stamp-precision=nano -w "$NT_TMP/one.pcap" "$expr" \
		2>"$NT_TMP/pick" || fail "tcpdump '$expr': $(cat "$NT_TMP/pick")"
	"$mix_py" pcap "$NT_TMP/one.pcap" "$FROM" "$TO" >"$NT_TMP/want" || fail "reading the capture"
	"$mix_py" rec "$2" "$FROM" "$TO" left >"$NT_TMP/have" || fail "reading the recording"
	[ -s "$NT_TMP/want" ] || fail "'$expr': nothing matches, so nothing is compared"
	if ! diff "$NT_TMP/want" "$NT_TMP/have" >"$NT_TMP/diff"; then
		diag "'$expr' ('<': tcpdump, '>': nettrace):"
		diag "$(head -n 12 "$NT_TMP/diff")"
		SAME=no
	fi
}

# recorder NAME NETNS [EXPRESSION]: has begun to record into $NT_TMP/NAME.rec
recorder()
{
	"$NETTRACE" -N "$2" record "$NT_TMP/$1.rec" "${@:3}" 2>"$NT_TMP/$1.err" &
	RECORDER=$!
	echo "$RECORDER" >>"$NT_TMP/pids"
	await "recorder $1" recording "$NT_TMP/$1.err"
}

recording()
{
	grep -q 'recording to' "$1"
}

# all expressions at once on the same traffic: as others read, too, the kernel
# leaves nothing out; then again from a recording of everything
t_in_userspace()
{
	local i pids=() status

	lab
	for i in "${!EXPRESSIONS[@]}"; do
		recorder "$i" "$R" "${EXPRESSIONS[$i]}"
		pids+=("$RECORDER")
	done
	recorder all "$R"
	pids+=("$RECORDER")
	capture_start
	traffic_once
	capture_stop
	pause 0.3
	"$NETTRACE" filter -N "$R" >"$NT_TMP/filter" || fail "filter"
	equal "in the kernel" "$(cat "$NT_TMP/filter")" "$R: no filter"
	kill -INT "${pids[@]}"
	for i in "${!pids[@]}"; do
		status=0
		wait "${pids[$i]}" || status=$?
		equal "status of a recorder" $status 0
	done
	SAME=yes
	for i in "${!EXPRESSIONS[@]}"; do
		same "${EXPRESSIONS[$i]}" "$NT_TMP/$i.rec"
		! grep -q 'may not match' "$NT_TMP/$i.err" || fail "$(cat "$NT_TMP/$i.err")"
		must "$NETTRACE" record "$NT_TMP/again.rec" -r "$NT_TMP/all.rec" "${EXPRESSIONS[$i]}"
		same "${EXPRESSIONS[$i]}" "$NT_TMP/again.rec"
	done
	[ $SAME = yes ] || fail "not the same packets"
}

# balance ERRFILE LEAST MOST: recorded, lost and left out, in its last line, make up
# what the module saw meanwhile.  A stray packet (IPv6 never rests) may come before
# the recorder's first look or after the module's counter was read: so two limits,
# which are equal nearly always.
balance()
{
	local sum

	sum=$(sed -n 's/.* \([0-9]*\) events recorded, \([0-9]*\) lost, \([0-9]*\) left out.*/\1 \2 \3/p' "$1")
	[ -n "$sum" ] || fail "no account: $(cat "$1")"
	read -r RECORDED LOST LEFT <<<"$sum"
	sum=$((RECORDED + LOST + LEFT))
	at_least "recorded $RECORDED + lost $LOST + left out $LEFT" $sum "$2"
	at_least "what the module saw" "$3" $sum
}

t_in_kernel()
{
	local expr before began ended

	lab
	SAME=yes
	for expr in "${IN_KERNEL[@]}"; do
		before=$(stat_of seen $R)
		recorder one "$R" "$expr"
		began=$(stat_of seen $R)
		must "$NETTRACE" filter -N "$R"
		equal "in the kernel" \
			"$("$NETTRACE" filter -N "$R" | sed 's/[0-9]* instructions/N instructions/')" \
			"$R: a filter of N instructions, of the program that reads"
		capture_start
		traffic_once
		capture_stop
		pause 0.2
		ended=$(stat_of seen $R)
		kill -INT "$RECORDER"
		wait "$RECORDER" || fail "record '$expr': $(cat "$NT_TMP/one.err")"
		same "$expr" "$NT_TMP/one.rec"
		at_least "left out by '$expr'" \
			"$(sed -n 's/.* \([0-9]*\) left out.*/\1/p' "$NT_TMP/one.err")" 1
		balance "$NT_TMP/one.err" $((ended - began)) $(($(stat_of seen $R) - before))
		equal "after it" "$("$NETTRACE" filter -N $R)" "$R: no filter"
	done
	[ $SAME = yes ] || fail "not the same packets"
}

# of connections that can match, the transitions; of others, none
t_transitions()
{
	lab
	recorder all "$C,$S"
	"$NETTRACE" -N $C,$S --json follow tcp port 80 -- \
		ip netns exec "$C" "$mix_py" once "$SADDR" "$SADDR6" >"$NT_TMP/port80" 2>"$NT_TMP/err" ||
		fail "follow: $(cat "$NT_TMP/err")"
	kill -INT "$RECORDER"
	wait "$RECORDER" || fail "$(cat "$NT_TMP/all.err")"
	JSON=$NT_TMP/port80
	says 2 type=conversation proto=tcp server.port=80
	says 0 type=conversation server.port!=80
	at_least "transitions" "$(said type=transition basis=observed)" 18
	# no other connection's, and of these no fewer than there are
	"$NETTRACE" timeline --json -r "$NT_TMP/all.rec" >"$NT_TMP/json.all" || fail timeline
	JSON=$NT_TMP/json.all
	equal "conversations to port 22" "$(said type=conversation proto=tcp server.port=22)" 2
	equal "transitions" "$(transitions <"$NT_TMP/port80")" "$(transitions_of_80 <"$NT_TMP/json.all")"
	"$NETTRACE" timeline --json -r "$NT_TMP/all.rec" tcp port 80 >"$NT_TMP/again" || fail timeline
	equal "from the recording" "$(transitions <"$NT_TMP/again")" "$(transitions <"$NT_TMP/port80")"
}

transitions()
{
	ntq -p end,from,to,cause.call type=transition basis=observed | sort | uniq -c
}

# of the conversations whose server has port 80
transitions_of_80()
{
	local ids

	cat >"$NT_TMP/stdin"
	ids=$(ntq -p conv type=conversation proto=tcp server.port=80 <"$NT_TMP/stdin" | tr '\n' '|')
	transitions_in "conv=${ids%|}" <"$NT_TMP/stdin"
}

transitions_in()
{
	ntq -p end,from,to,cause.call type=transition basis=observed "$1" | sort | uniq -c
}

# what a record does not hold is not guessed
t_undecided()
{
	load
	ns_add nts-c
	must in_ns nts-c ping -qc 2 127.0.0.1
	"$NETTRACE" -N nts-c list 'icmp[2:2] = 1' >"$NT_TMP/out" 2>"$NT_TMP/err" || fail "list"
	grep -q '8 packets may not match' "$NT_TMP/err" || fail "it says: $(cat "$NT_TMP/err")"
	# the kernel decides on the packet itself: no checksum is 1
	"$NETTRACE" -N nts-c record "$NT_TMP/rec" 'icmp[2:2] = 1' -- \
		ip netns exec nts-c ping -qc 2 127.0.0.1 >/dev/null 2>"$NT_TMP/err" || fail "record"
	grep -q 'nettrace: 0 events recorded, 0 lost, 8 left out' "$NT_TMP/err" ||
		fail "it says: $(cat "$NT_TMP/err")"
}

# one that lasts is for everybody, over stop and start
t_lasting()
{
	load
	ns_add nts-c
	must "$NETTRACE" -N nts-c filter udp port 9
	equal "filter" "$("$NETTRACE" -N nts-c filter | sed 's/[0-9]* ins/N ins/')" \
		"nts-c: a filter of N instructions"
	must in_ns nts-c ping -qc 2 127.0.0.1
	equal "recorded" "$(stat_of recorded nts-c)" 0
	equal "filtered" "$(stat_of filtered nts-c)" 8
	must "$NETTRACE" -N nts-c stop
	must "$NETTRACE" -N nts-c start --ring 64
	equal "ring" "$(stat_of ring nts-c)" 64
	must in_ns nts-c ping -qc 2 127.0.0.1
	equal "recorded after a start" "$(stat_of recorded nts-c)" 0
	must "$NETTRACE" -N nts-c stats
	"$NETTRACE" -N nts-c stats --json >"$NT_TMP/json"
	JSON=$NT_TMP/json
	says 1 type=stats module.filtered=8 module.seen=8 reader.lost=0
	equal "on all CPUs" "$(ntq -p cpus.0.filtered,cpus.1.filtered <"$JSON" | awk '{ print $1 + $2 }')" 8
	must "$NETTRACE" -N nts-c filter --off
	must in_ns nts-c ping -qc 2 127.0.0.1
	equal "recorded without it" "$(stat_of recorded nts-c)" 8
}

# a filter in the kernel does not keep a namespace alive
t_namespace_dies()
{
	load
	net_pair
	recorder one "$C" icmp
	equal "in the kernel" "$("$NETTRACE" -N "$C" filter | sed 's/[0-9]* ins/N ins/')" \
		"$C: a filter of N instructions, of the program that reads"
	must ip netns del "$C"
	await "the recorder to end by itself" gone "$RECORDER"
	wait "$RECORDER" || fail "it ended with $?: $(cat "$NT_TMP/one.err")"
}

nt_main t_in_userspace t_in_kernel t_transitions t_undecided t_lasting t_namespace_dies
