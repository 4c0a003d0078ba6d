#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# Every TCP state, frozen: the segment that would end it is dropped by a
# firewall rule, ss is asked while the state lasts, and nettrace must say the
# same of both ends.  The words "client closer" are the end that closes first.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

FIN='tcp flags & (fin|rst) == fin'
SYN='tcp flags & (syn|ack) == syn'
SYNACK='tcp flags & (syn|ack) == (syn|ack)'
NOSYN='tcp flags & syn == 0'

# socket_state NETNS FILTER: of the one connection there, as ss has it.  A
# listener is told apart by having no connection beside it.
socket_state()
{
	in_ns "$1" ss -tanH "$2" | awk '
		$1 == "ESTAB" { $1 = "ESTABLISHED" }
		$1 == "SYN-RECV" { $1 = "SYN-RECEIVED" }
		$1 == "LISTEN" { listener = 1; next }
		{ state = $1 }
		END { print state ? state : listener ? "LISTEN" : "CLOSED" }'
}

client_state()
{
	socket_state "$C" "dport = :$PORT"
}

server_state()
{
	socket_state "$S" "sport = :$PORT"
}

both_are()
{
	[ "$(client_state)/$(server_state)" = "$1/$2" ]
}

# last_said END: where its last transition led, CLOSED before any
last_said()
{
	ntq -p to type=transition "end=$1" <"$JSON" | tail -n 1
}

# frozen CLIENT SERVER [SERVER-BY-NETTRACE]: ss says so, nettrace says so, and ss
# still does.  A listener that a connection came through stays and is not the
# connection's state: the server's end is then CLOSED, where ss has LISTEN.
frozen()
{
	local server=$2

	[ "$server" != CLOSED ] || server=LISTEN
	until_true 60 both_are "$1" "$server" ||
		fail "ss says $(client_state) and $(server_state), wanted $1 and $server"
	observe "$(nets)"
	both_are "$1" "$server" || fail "it did not last: ss says $(client_state) and $(server_state)"
	equal "conversations" "$(said type=conversation proto=tcp)" 1
	says 1 type=conversation proto=tcp "client_state=$1" "server_state=${3:-$2}"
	equal "the client's last transition" "$(last_said client)" "$1"
	[ "$2" = LISTEN ] || equal "the server's last transition" "$(last_said server)" "$2"
	# what was seen at its own kernel is no inference
	says 0 type=transition basis!=observed
	no_false_retransmission
}

nets()
{
	[ "$C" = "$S" ] && echo "$C" || echo "$C,$S"
}

# everything that is called a retransmission is one by the kernels' counts:
# segments (RetransSegs counts SYN and FIN too) and SYN+ACKs
no_false_retransmission()
{
	local ns count=0 n

	for ns in $(nets | tr , ' '); do
		n=$(in_ns "$ns" nstat -asz TcpRetransSegs | awk '$1 == "TcpRetransSegs" { print $2 }')
		count=$((count + n))
	done
	[ "$(said type=segment marks.*.name=retransmission)" -le "$count" ] ||
		show_and_fail "more retransmissions than the kernels count ($count)"
}

# ends: who closes first, and the other; the networks that they are in
ends()
{
	if [ "$1" = client ]; then
		FIRST=client LAST=server FIRST_NS=$C LAST_NS=$S
	else
		FIRST=server LAST=client FIRST_NS=$S LAST_NS=$C
	fi
}

# frozen_ends FIRST'S LAST'S
frozen_ends()
{
	if [ "$FIRST" = client ]; then
		frozen "$1" "$2"
	else
		frozen_server_first "$1" "$2"
	fi
}

frozen_server_first()
{
	frozen "$2" "$1"
}

# ---- opening ----------------------------------------------------------------

t_syn_sent()
{
	net_pair
	drop_in $S "$SYN"
	peer server $S
	peer client $C
	tell server listen $SADDR $PORT
	tell client start $SADDR $PORT
	await "the SYN to be dropped" test_dropped $S
	# the SYN was never seen to reach the listener, whose state it is not then
	frozen SYN-SENT LISTEN 'LISTEN|null'
	says 1 type=transition end=client from=CLOSED to=SYN-SENT cause.call=connect cause.comm=client
}

# its accept queue is full: the SYN arrives and the listener stays one
t_listen()
{
	net_pair
	peer server $S
	peer first $C
	peer client $C
	tell server listen $SADDR $PORT 0
	tell first connect $SADDR $PORT
	tell client bind $CADDR 4000
	tell client start $SADDR $PORT
	await "the SYN to arrive" listener_saw_syn
	equal "the client for ss" "$(in_ns $C ss -tanH 'sport = :4000' | awk '{ print $1 }')" SYN-SENT
	equal "the server for ss" "$(in_ns $S ss -tanH 'dport = :4000' | wc -l)" 0
	equal "listeners for ss" "$(in_ns $S ss -tlnH "sport = :$PORT" | wc -l)" 1
	observe "$(nets)"
	says 1 type=conversation client.port=4000 client_state=SYN-SENT server_state=LISTEN
	says 1 type=conversation client.port!=4000 proto=tcp client_state=ESTABLISHED
}

listener_saw_syn()
{
	evdump -N "$S" | grep -q ' hook=LOCAL_IN .* sport=4000 .* sk=LISTEN state=LISTEN '
}

test_dropped()
{
	[ "$(dropped "$1")" -ge 1 ]
}

# SYN-RECEIVED begins at the SYN: the kernel has a request socket, and no state
# event of it comes before the third segment
t_syn_received()
{
	local syn begun

	net_pair
	case $1 in
	at-second) drop_in $C "$SYNACK" ;;
	at-third) drop_in $S "$NOSYN" ;;
	esac
	peer server $S
	peer client $C
	tell server listen $SADDR $PORT
	tell client start $SADDR $PORT
	if [ "$1" = at-second ]; then
		frozen SYN-SENT SYN-RECEIVED
	else
		frozen ESTABLISHED SYN-RECEIVED
	fi
	says 1 type=transition end=server from=LISTEN to=SYN-RECEIVED cause.segment=1
	syn=$(ntq -p t type=segment n=1 flags=SYN <"$JSON")
	begun=$(ntq -p t type=transition end=server to=SYN-RECEIVED <"$JSON")
	at_least "its time, after the SYN's" "$begun" "$syn"
	says 1 type=segment n=2 flags=SYN,ACK "t=$begun.."
	case $1 in
	at-second) undrop $C ;;
	at-third) undrop $S ;;
	esac
	tell client finish
	tell server accept
	frozen ESTABLISHED ESTABLISHED
	# thawed: it is the same stay in SYN-RECEIVED, not a second one
	says 1 type=transition end=server from=LISTEN
	says 1 type=transition end=server from=SYN-RECEIVED to=ESTABLISHED cause.segment?
}

t_established()
{
	"$1"
	opened
	tell client send 100
	tell server recv 100
	frozen ESTABLISHED ESTABLISHED
	says 1 type=transition end=client from=SYN-SENT to=ESTABLISHED cause.segment=2
	says 1 type=transition end=server from=SYN-RECEIVED to=ESTABLISHED cause.segment=3
}

# simultaneous open: the first SYN is lost, the other's arrives in SYN-SENT
t_syn_received_client()
{
	net_pair
	peer server $S
	peer client $C
	tell client bind $CADDR 4000
	tell server bind $SADDR $PORT
	drop_in $S "tcp dport $PORT"
	tell client start $SADDR $PORT
	tell server start $CADDR 4000
	frozen SYN-RECEIVED SYN-SENT
	says 1 type=transition end=client from=SYN-SENT to=SYN-RECEIVED cause.segment?
	says 1 type=transition end=server from=CLOSED to=SYN-SENT cause.call=connect cause.comm=server
	undrop $S
	tell client finish
	tell server finish
	frozen ESTABLISHED ESTABLISHED
	says 1 type=transition end=client from=SYN-RECEIVED to=ESTABLISHED cause.segment?
}

# ---- closing ----------------------------------------------------------------

t_fin_wait_1()
{
	net_pair
	opened
	ends "$1"
	drop_in "$LAST_NS" "$FIN"
	tell $FIRST close
	frozen_ends FIN-WAIT-1 ESTABLISHED
	says 1 type=transition "end=$FIRST" from=ESTABLISHED to=FIN-WAIT-1 cause.call=close "cause.comm=$FIRST"
}

# how: shutdown keeps the socket, close leaves an orphan, whose FIN-WAIT-2 the
# kernel keeps in a mini socket
t_fin_wait_2()
{
	net_pair
	opened
	ends "$1"
	if [ "$2" = shutdown ]; then
		tell $FIRST shut wr
	else
		tell $FIRST close
	fi
	tell $LAST eof
	frozen_ends FIN-WAIT-2 CLOSE-WAIT
	says 1 type=transition "end=$FIRST" to=FIN-WAIT-1 "cause.call=$2" "cause.comm=$FIRST"
	says 1 type=transition "end=$FIRST" from=FIN-WAIT-1 to=FIN-WAIT-2 cause.segment?
	says 1 type=transition "end=$LAST" from=ESTABLISHED to=CLOSE-WAIT cause.segment?
}

# the second FIN never arrives
t_last_ack()
{
	net_pair
	opened
	ends "$1"
	tell $FIRST shut wr
	tell $LAST eof
	frozen_ends FIN-WAIT-2 CLOSE-WAIT
	drop_in "$FIRST_NS" "$FIN"
	tell $LAST close
	frozen_ends FIN-WAIT-2 LAST-ACK
	says 1 type=transition "end=$LAST" from=CLOSE-WAIT to=LAST-ACK cause.call=close "cause.comm=$LAST"
}

# TIME-WAIT is there, and nothing has said CLOSED of that end; first with the
# last ACK dropped, then with it delivered
t_time_wait()
{
	net_pair
	opened
	ends "$1"
	tell $FIRST "${2}" ${3:+"$3"}
	tell $LAST eof
	frozen_ends FIN-WAIT-2 CLOSE-WAIT
	drop_in "$LAST_NS" "tcp flags & (fin|syn|rst|psh|ack) == ack"
	tell $LAST close
	[ "$2" = close ] || tell $FIRST eof
	[ "$2" = close ] || tell $FIRST close
	frozen_ends TIME-WAIT LAST-ACK
	says 1 type=transition "end=$FIRST" from=FIN-WAIT-2 to=TIME-WAIT cause.segment?
	says 0 type=transition "end=$FIRST" to=CLOSED
	undrop "$LAST_NS"
	frozen_ends TIME-WAIT CLOSED
	says 1 type=transition "end=$FIRST" from=FIN-WAIT-2 to=TIME-WAIT
	says 0 type=transition "end=$FIRST" to=CLOSED
	says 1 type=transition "end=$LAST" from=LAST-ACK to=CLOSED cause.segment? '!cause.call'
}

# simultaneous close: the first's FIN is lost, the last's FIN arrives in
# FIN-WAIT-1 and acknowledges nothing
t_closing()
{
	net_pair
	opened
	ends "$1"
	drop_in "$LAST_NS" tcp sport 1-65535
	tell $FIRST close
	frozen_ends FIN-WAIT-1 ESTABLISHED
	tell $LAST close
	frozen_ends CLOSING FIN-WAIT-1
	says 1 type=transition "end=$FIRST" from=FIN-WAIT-1 to=CLOSING cause.segment?
	undrop "$LAST_NS"
	frozen_ends TIME-WAIT TIME-WAIT
	says 1 type=transition "end=$FIRST" from=CLOSING to=TIME-WAIT cause.segment?
	says 0 type=transition to=CLOSED
}

load
nt_main t_syn_sent t_listen "t_syn_received at-second" "t_syn_received at-third" \
	"t_established net_lo" "t_established net_pair" t_syn_received_client \
	"t_fin_wait_1 client" "t_fin_wait_1 server" \
	"t_fin_wait_2 client shutdown" "t_fin_wait_2 server shutdown" \
	"t_fin_wait_2 client close" "t_fin_wait_2 server close" \
	"t_last_ack client" "t_last_ack server" \
	"t_time_wait client shut wr" "t_time_wait server shut wr" \
	"t_time_wait client close" "t_time_wait server close" \
	"t_closing client" "t_closing server"
