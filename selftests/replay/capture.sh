#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# In the VM, for scripts/replay-test: each scene is captured by tcpdump while
# nettrace records it, at the same place and at both ends, into /out:
#
#   NAME.pcap       tcpdump
#   NAME.here.ntr   nettrace, in the namespace in which tcpdump was
#   NAME.all.ntr    nettrace, in all of them

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/../lib/nt.sh"
# shellcheck source=selftests/lib/serve.sh
. "$NT_DIR/lib/serve.sh"

OUT=/out
SCENES=$NT_DIR/replay/scenes.py
# bytes of each packet, and which packets
SNAP=160
FILTER="tcp or icmp or icmp6"

listens()
{
	grep -q 'listening on' "$NT_TMP/tcpdump"
}

reads()
{
	find "/proc/$1/fd" -lname '*/net/nettrace/events' 2>/dev/null | grep -q .
}

# record FILE NETNS,...
record()
{
	"$NETTRACE" record "$OUT/$1" -N "$2" 2>"$NT_TMP/$1" &
	echo $! >>"$NT_TMP/pids"
	RECORDERS+=($!)
	await "a recorder to open" reads $!
}

start()
{
	ip netns exec "$WHERE" tcpdump -Z root -i "$DEV" -n -p -U --immediate-mode -B 8192 -s $SNAP \
		-w "$OUT/$NAME.pcap" "$FILTER" 2>"$NT_TMP/tcpdump" &
	CAPTURE=$!
	echo $CAPTURE >>"$NT_TMP/pids"
	await "tcpdump to listen" listens
	RECORDERS=()
	record "$NAME.here.ntr" "$WHERE"
	record "$NAME.all.ntr" "$ALL"
}

# all that was sent has been captured when a packet sent after it has been
stop()
{
	local pid

	in_ns "$C" ping -qc 1 "$ADDR" >/dev/null || diag "no answer to ping"
	await "the capture to be complete" captured_ping
	kill -INT "$CAPTURE" "${RECORDERS[@]}"
	wait "$CAPTURE" || fail "tcpdump: $(cat "$NT_TMP/tcpdump")"
	equal "what tcpdump has lost" \
		"$(sed -n 's/^\([0-9]*\) packets* dropped by kernel$/\1/p' "$NT_TMP/tcpdump")" 0
	for pid in "${RECORDERS[@]}"; do
		wait "$pid" || fail "nettrace record ended with $?: $(cat "$NT_TMP"/*.ntr)"
	done
}

captured_ping()
{
	[ "$(tcpdump -Z root -nr "$OUT/$NAME.pcap" 2>/dev/null | grep -ciE 'echo (request|reply)')" -ge 1 ]
}

quiet()
{
	[ -z "$(for ns in "$C" "$S"; do
		in_ns "$ns" ss -Htan state established state fin-wait-1 state fin-wait-2 \
			state closing state last-ack state close-wait state syn-sent
	done)" ]
}

# scene NAME SCENE: in the network that is there
scene()
{
	NAME=$1
	start
	must python3 "$SCENES" "$C" "$S" "$ADDR" "$2"
	await "all connections to be closed" quiet
	stop
}

# wire NETNS DEV...: what is sent there is cut as on the wire
wire()
{
	local ns=$1 dev

	shift
	for dev in "$@"; do
		must ip -n "$ns" link set "$dev" gso_max_segs 1
	done
}

# lossy WORDS...: netem before the place of capture, and behind it
lossy()
{
	must tc -n "$R" qdisc add dev right root netem limit 10000 "$@"
	must tc -n "$S" qdisc add dev eth0 root netem limit 10000 "$@"
}

routed()
{
	load
	net_routed
	WHERE=$R DEV=left ALL=$C,$R,$S ADDR=$SADDR
	[ "${1:-}" = gso ] || { wire "$C" eth0 && wire "$S" eth0; }
	must in_ns "$C" ping -qc 1 "$SADDR"
	must in_ns "$C" ping -qc 1 "$SADDR6"
}

plain()
{
	routed
	scene "$1" "$1"
}

t_unanswered()
{
	routed
	drop_in "$S" tcp dport 8002
	scene unanswered unanswered
}

t_ipv6()
{
	routed
	ADDR=$SADDR6
	scene ipv6 half_close
}

t_netem()
{
	local name=$1

	shift
	routed
	lossy "$@"
	scene "$name" transfers
}

t_gso()
{
	routed gso
	scene gso bulk
}

t_vlan()
{
	routed
	must ip -n "$C" link add link eth0 name vlan7 type vlan id 7
	must ip -n "$R" link add link left name vlan7 type vlan id 7
	must ip -n "$C" addr add 10.0.7.1/24 dev vlan7
	must ip -n "$R" addr add 10.0.7.2/24 dev vlan7
	must ip -n "$C" link set vlan7 up
	must ip -n "$R" link set vlan7 up
	must ip -n "$C" route add 10.0.2.0/24 via 10.0.7.2
	must in_ns "$C" ping -qc 1 "$SADDR"
	scene vlan half_close
}

t_lo()
{
	load
	net_lo
	WHERE=$C DEV=lo ALL=$C ADDR=127.0.0.1
	wire "$C" lo
	scene lo half_close
}

t_any()
{
	routed
	DEV=any
	scene any half_close
}

# echoes, questions, errors, fragments and a smaller MTU on the way, in both families
t_datagrams()
{
	local addr

	load
	net_routed
	WHERE=$R DEV=left NAME=datagrams
	must ip -n "$R" link set right mtu 1400
	must ip -n "$S" link set eth0 mtu 1400
	must in_ns "$C" ping -qc 1 "$SADDR"
	must in_ns "$C" ping -qc 1 "$SADDR6"
	ip netns exec "$R" tcpdump -Z root -i left -n -U --immediate-mode -B 8192 \
		-w "$OUT/$NAME.pcap" "not arp" 2>"$NT_TMP/tcpdump" &
	CAPTURE=$!
	echo $CAPTURE >>"$NT_TMP/pids"
	await "tcpdump to listen" listens
	for addr in "$SADDR" "$SADDR6"; do
		must in_ns "$C" ping -qc 3 -i 0.2 "$addr"
		# over IPv6 the first one tells the sender of the smaller MTU
		in_ns "$C" ping -qc 2 -W 1 -s 4000 "$addr" >/dev/null || fail "no answer to 4000 bytes"
		must in_ns "$C" python3 "$NT_DIR/lib/dgram.py" say "$addr" 9 1 20
		must in_ns "$C" python3 "$NT_DIR/lib/dgram.py" say "$addr" 9 1 5000
	done
	! in_ns "$C" ping -qc 1 -W 1 -M "do" -s 1450 "$SADDR" >/dev/null || fail "1478 bytes pass 1400"
	! in_ns "$C" ping -qc 1 -t 1 -W 1 "$SADDR" >/dev/null || fail "a TTL of 1 passes a router"
	must in_ns "$C" ping -qc 1 -p beef "$SADDR"
	await "the capture to be complete" captured_last
	kill -INT "$CAPTURE"
	wait "$CAPTURE" || fail "tcpdump: $(cat "$NT_TMP/tcpdump")"
}

captured_last()
{
	tcpdump -Z root -xnr "$OUT/$NAME.pcap" 'icmp[icmptype] = icmp-echoreply' 2>/dev/null | grep -q 'beef beef'
}

# what programs say to each other, with the bytes: a name, a page, a refusal, the name
# in a TLS client's first message, a file
t_labels()
{
	routed
	load_with payload=1024 ring=1024
	SNAP=1600
	FILTER="tcp or udp or icmp or icmp6"
	names --address=/web.test/"$SADDR" --address=/web.test/"$SADDR6" \
		--enable-tftp --tftp-root="$NT_TMP/www" --tftp-no-fail
	web
	background $S "$NT_TMP/python" python3 -m http.server --directory "$NT_TMP/www" 8000
	background $S "$NT_TMP/plain" python3 -m http.server --directory "$NT_TMP/www" 8443
	# Python takes its time to start on a busy machine
	until_true $((60 * SLOW)) bound "$S" t 8000 || fail "python: $(cat "$NT_TMP/python")"
	until_true $((60 * SLOW)) bound "$S" t 8443 || fail "python: $(cat "$NT_TMP/plain")"
	NAME=labels
	start
	must in_ns "$C" curl -sSf http://web.test/hello.txt http://web.test:8000/hello.txt -o /dev/null -o /dev/null
	must in_ns "$C" curl -sS http://web.test/no/such?page=1 -o /dev/null
	must in_ns "$C" curl -sS -X POST -d field=value http://web.test/hello.txt -o /dev/null
	! in_ns "$C" curl -sS http://gone.test/ || fail "there is no gone.test"
	# the server does not speak TLS
	! in_ns "$C" curl -sSk --connect-to "::$SADDR:8443" https://secret.test/ || fail "TLS?"
	must in_ns "$C" busybox tftp -g -r hello.txt -l "$NT_TMP/got" "$SADDR"
	await "all connections to be closed" quiet
	stop
}

if [ $# -gt 0 ]; then
	nt_main "$@"
	exit
fi
nt_main t_labels "plain handshake" "plain server_closes" "plain half_close" "plain refused" t_unanswered \
	"plain abort" "plain unread" "plain both_close" "plain many" "plain reuse" \
	"plain keepalive" "plain zero_window" t_ipv6 t_gso t_vlan t_lo t_any \
	"t_netem loss delay 5ms loss 4%" "t_netem reordering delay 10ms reorder 20% 50%" \
	"t_netem duplication delay 5ms duplicate 10%" t_datagrams
