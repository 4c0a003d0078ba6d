#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# Each packet is one arrow, wherever and however often it was sighted; nothing is
# called a retransmission that is not one, and what is one is called so.  The
# judges are nft's counters and the kernel's TcpRetransSegs.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

CLIENT_WAY="CLOSED>SYN-SENT SYN-SENT>ESTABLISHED ESTABLISHED>FIN-WAIT-1 FIN-WAIT-1>FIN-WAIT-2 FIN-WAIT-2>TIME-WAIT "
SERVER_WAY="LISTEN>SYN-RECEIVED SYN-RECEIVED>ESTABLISHED ESTABLISHED>CLOSE-WAIT CLOSE-WAIT>LAST-ACK LAST-ACK>CLOSED "

# count_tcp NETNS: segments that leave and enter there, from now on
count_tcp()
{
	must in_ns "$1" nft 'add table inet cnt
		add chain inet cnt out { type filter hook output priority -400; }
		add chain inet cnt in { type filter hook input priority 400; }
		add rule inet cnt out meta l4proto tcp counter
		add rule inet cnt in meta l4proto tcp counter'
}

# tcp_of NETNS CHAIN
tcp_of()
{
	in_ns "$1" nft list chain inet cnt "$2" | sed -n 's/.*counter packets \([0-9]*\).*/\1/p'
}

retransmitted()
{
	in_ns "$1" nstat -asz TcpRetransSegs | awk '$1 == "TcpRetransSegs" { print $2 }'
}

# way END: its transitions, in order
way()
{
	ntq -p from,to type=transition "end=$1" from!=TIME-WAIT <"$JSON" | tr '\t\n' '> '
}

# exchange: open, five bytes each way, close by the client, then by the server
exchange()
{
	opened
	tell client send 5
	tell server recv 5
	tell server send 5
	tell client recv 5
	tell client shut wr
	tell server eof
	tell server close
	tell client eof
	tell client close
	await "the server's end to be closed" server_closed
}

server_closed()
{
	[ -z "$(in_ns "$S" ss -tanH state last-ack state close-wait state established)" ]
}

# numbered COUNT: the arrows have the numbers 1 to COUNT, in the order of time
numbered()
{
	equal "the arrows' numbers" "$(ntq -p n type=segment <"$JSON" | tr '\n' ' ')" "$(seq -s ' ' 1 "$1") "
	ntq -p t type=segment <"$JSON" >"$NT_TMP/times"
	sort -nc "$NT_TMP/times" || fail "the arrows are not in the order of time"
}

whole_conversation()
{
	says 1 type=segment n=1 flags=SYN dir='c>s' seq=0
	says 1 type=segment n=2 flags=SYN,ACK dir='s>c' seq=0 ack=1
	says 1 type=segment n=3 flags=ACK dir='c>s' seq=1 ack=1 len=0
	says 1 type=segment dir='c>s' len=5 seq=1
	says 1 type=segment dir='s>c' len=5 seq=1
	says 2 type=segment flags=FIN,ACK
	says 0 type=segment marks.*.name?
	says 0 type=gap
	says 1 type=conversation proto=tcp opened=handshake closed=fin completeness=31 \
		'bytes.c>s=5' 'bytes.s>c=5' 'retransmissions.c>s=0' 'retransmissions.s>c=0'
}

# t_exchange NETWORK FAMILY ENDS SIGHTINGS: how often each packet is sighted
t_exchange()
{
	local FAMILY=$2 n addr

	"$1"
	count_tcp "$C"
	exchange
	n=$(tcp_of "$C" out)
	[ "$C" = "$S" ] || n=$((n + $(tcp_of "$C" in)))
	at_least "segments by nft" "$n" 10
	observe "$3"
	says "$n" type=segment
	says "$n" type=segment "sightings.#=$4"
	must "$NETTRACE" stats --json -N "$3"
	"$NETTRACE" stats --json -N "$3" | ntq disagreements=1.. && fail "inferred and observed states differ"
	numbered "$n"
	whole_conversation
	[ "$FAMILY" = 4 ] && addr=$SADDR || addr=$SADDR6
	says 1 type=conversation "server.addr=$addr" "server.port=$PORT" "client.port=$CPORT" \
		client_state=TIME-WAIT server_state=CLOSED
	equal "the client's way" "$(way client)" "$CLIENT_WAY"
	equal "the server's way" "$(way server)" "$SERVER_WAY"
	says 10 type=transition basis=observed
}

# from the router alone: one sighting each, and all is inference
t_router_only()
{
	net_routed
	count_tcp "$C"
	exchange
	observe "$R"
	says $(($(tcp_of "$C" out) + $(tcp_of "$C" in))) type=segment sightings.#=1 sightings.0.hook=FORWARD
	numbered "$(said type=segment)"
	whole_conversation
	says 0 type=transition basis=observed
	at_least "inferred transitions" "$(said type=transition basis=inferred)" 8
	says 1 type=transition end=server from=LISTEN to=SYN-RECEIVED basis=inferred
	says 0 type=transition cause.pid?
	says 0 type=transition cause.comm?
}

# from one end: its own states are observed, the other's inferred
t_client_only()
{
	net_pair
	exchange
	observe "$C"
	whole_conversation
	equal "the client's way" "$(way client)" "$CLIENT_WAY"
	says 5 type=transition end=client basis=observed
	says 0 type=transition end=server basis=observed
	says 1 type=transition end=server to=CLOSE-WAIT basis=inferred
}

# as many marks as the kernels count, each on an arrow of its own
retransmissions_are()
{
	local kernel

	kernel=$(($(retransmitted "$C") + $(retransmitted "$S")))
	equal "TcpRetransSegs" "$kernel" "$1"
	observe "$C,$S"
	says "$1" type=segment marks.*.name=retransmission
	says "$1" type=segment marks.*.name=retransmission marks.*.basis=observed
}

# one data segment is dropped on arrival, once
t_one_data_lost()
{
	local n

	net_pair
	opened
	drop_in "$S" 'meta length > 60' limit rate 1/day burst 1 packets
	tell client send 100
	tell server recv 100
	equal "segments dropped" "$(dropped "$S")" 1
	retransmissions_are 1
	says 1 type=segment 'dir=c>s' len=100 seq=1 marks.*.name=retransmission
	says 2 type=segment 'dir=c>s' len=100 seq=1
	says 1 type=conversation proto=tcp 'retransmissions.c>s=1' 'retransmissions.s>c=0' 'bytes.c>s=100'
	# the one that was dropped did not arrive, the other did
	n=$(ntq -p n type=segment len=100 '!marks.0.name' <"$JSON")
	says 0 type=segment "n=${n:-none}" sightings.*.hook=LOCAL_IN
	says 1 type=segment len=100 marks.*.name=retransmission sightings.*.hook=LOCAL_IN
}

# the first SYN is dropped
t_syn_lost()
{
	net_pair
	drop_in "$S" 'tcp flags & (syn|ack) == syn' limit rate 1/day burst 1 packets
	opened
	retransmissions_are 1
	says 1 type=segment flags=SYN marks.*.name=retransmission
	says 1 type=transition end=client from=CLOSED to=SYN-SENT
	says 1 type=transition end=server from=LISTEN to=SYN-RECEIVED cause.segment=2
}

# the first SYN,ACK is dropped: the server, the client or both send again
t_syn_ack_lost()
{
	net_pair
	drop_in "$C" 'tcp flags & (syn|ack) == (syn|ack)' limit rate 1/day burst 1 packets
	opened
	retransmissions_are $(($(retransmitted "$C") + $(retransmitted "$S")))
	at_least "SYN,ACKs marked" "$(said type=segment flags=SYN,ACK marks.*.name=retransmission)" 1
	says 1 type=transition end=server from=LISTEN to=SYN-RECEIVED cause.segment=1
}

# the FIN is dropped
t_fin_lost()
{
	net_pair
	opened
	drop_in "$S" 'tcp flags & fin == fin' limit rate 1/day burst 1 packets
	tell client close
	tell server eof
	retransmissions_are 1
	says 1 type=segment flags=FIN,ACK marks.*.name=retransmission
	says 1 type=transition end=client to=FIN-WAIT-1
}

# an ACK that is lost and never missed makes no retransmission
t_ack_lost()
{
	net_pair
	opened
	drop_in "$C" 'tcp flags & (syn|fin|ack|psh) == ack' limit rate 1/day burst 1 packets
	tell client send 5
	tell server recv 5
	tell server send 5
	tell client recv 5
	retransmissions_are $(($(retransmitted "$C") + $(retransmitted "$S")))
}

# many are lost, by chance, on the router: the kernel counts segments, so let no
# arrow stand for more than one
t_many_lost()
{
	local n kernel

	net_routed
	for n in "$C:eth0" "$S:eth0" "$R:left" "$R:right"; do
		must ip -n "${n%:*}" link set "${n#*:}" gso_max_segs 1
	done
	opened
	must in_ns "$R" tc qdisc add dev right root netem loss 5% limit 5000
	tell client send 300000 &
	tell server recv 300000
	wait
	must in_ns "$R" tc qdisc del dev right root
	kernel=$(retransmitted "$C")
	at_least "TcpRetransSegs" "$kernel" 3
	observe "$C,$S"
	says 0 type=gap
	says "$kernel" type=segment 'dir=c>s' marks.*.name=retransmission
	says 1 type=conversation proto=tcp "retransmissions.c>s=$kernel" 'retransmissions.s>c=0' 'bytes.c>s=300000'
}

# large segments: one arrow that says for how many it stands
t_gso()
{
	net_pair
	count_tcp "$C"
	exchange
	PORT=8081
	rm "$NT_TMP"/*.in "$NT_TMP"/*.out
	opened
	tell client send 200000
	tell server recv 200000
	observe "$C,$S"
	at_least "arrows for several segments" "$(said type=segment gso.segs=2..)" 1
	says 0 type=segment 'len=1461..' '!gso'
	says 1 type=conversation proto=tcp 'bytes.c>s=200000' "server.port=8081"
	# a slow machine makes the kernel probe; it counts what it sends again
	at_least "TcpRetransSegs, compared with what is called so" "$(retransmitted "$C")" \
		"$(said type=segment marks.*.name=retransmission)"
	says $(($(tcp_of "$C" out) + $(tcp_of "$C" in))) type=segment
}

# a real client and a real server, several connections beside one another
t_curl()
{
	local i

	net_routed
	mkdir "$NT_TMP/www"
	head -c 20000 /dev/urandom >"$NT_TMP/www/file"
	ip netns exec "$S" python3 -m http.server --directory "$NT_TMP/www" 80 >/dev/null 2>&1 &
	echo $! >>"$NT_TMP/pids"
	disown $!
	await "the server to listen" listens_on 80
	count_tcp "$C"
	for i in 1 2 3; do
		ip netns exec "$C" curl -so "$NT_TMP/got$i" "http://$SADDR/file" &
	done
	wait
	for i in 1 2 3; do
		must cmp "$NT_TMP/www/file" "$NT_TMP/got$i"
	done
	await "the connections to be closed" server_closed
	observe "$C,$R,$S"
	says 3 type=conversation proto=tcp closed=fin opened=handshake
	says $(($(tcp_of "$C" out) + $(tcp_of "$C" in))) type=segment sightings.#=3
	at_least "TcpRetransSegs, compared with what is called so" \
		$(($(retransmitted "$C") + $(retransmitted "$S"))) \
		"$(said type=segment marks.*.name=retransmission)"
	says 3 type=transition end=client from=CLOSED to=SYN-SENT cause.call=connect cause.comm=curl
}

listens_on()
{
	[ -n "$(in_ns "$S" ss -tlnH "sport = :$1")" ]
}

load
nt_main "t_exchange net_lo 4 nts-c 2" "t_exchange net_lo 6 nts-c 2" \
	"t_exchange net_pair 4 nts-c,nts-s 2" "t_exchange net_pair 6 nts-c,nts-s 2" \
	"t_exchange net_routed 4 nts-c,nts-r,nts-s 3" "t_exchange net_routed 6 nts-c,nts-r,nts-s 3" \
	"t_exchange net_routed 4 nts-c,nts-s 2" t_router_only t_client_only \
	t_one_data_lost t_syn_lost t_syn_ack_lost t_fin_lost t_ack_lost t_many_lost t_gso t_curl
