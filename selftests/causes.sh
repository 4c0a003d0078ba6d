#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# Why a state changed, and whose doing it was: the system call with process and
# command where one is the cause, the segment or the timer otherwise.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

observe_both()
{
	if [ "$C" = "$S" ]; then
		observe "$C"
	else
		observe "$C,$S"
	fi
}

# by_call END FROM TO CALL: that transition, once, by the program that is that end
by_call()
{
	says 1 type=transition "end=$1" "from=$2" "to=$3" "cause.call=$4" \
		"cause.comm=$1" "cause.pid=${PEER_PID[$1]}" basis=observed
}

# by_segment END FROM TO FLAGS: by a segment with these flags, sent by the other
# end; never by a call
by_segment()
{
	local dir='c>s' n

	[ "$1" = server ] || dir='s>c'
	says 1 type=transition "end=$1" "from=$2" "to=$3" cause.segment? '!cause.call' '!cause.pid'
	n=$(ntq -p cause.segment type=transition "end=$1" "from=$2" "to=$3" <"$JSON")
	says 1 type=segment "n=$n" "flags=$4" "dir=$dir"
}

other()
{
	[ "$1" = client ] && echo server || echo client
}

# nobody but those who do it has calls ascribed to them
no_call_for_segments()
{
	says 0 type=transition from=LAST-ACK to=CLOSED cause.call?
	says 0 type=transition 'to=ESTABLISHED|CLOSE-WAIT|FIN-WAIT-2|CLOSING|TIME-WAIT|SYN-RECEIVED' cause.call?
}

# t_close NETWORK END: close() with nothing unread
t_close()
{
	"$1"
	opened
	tell "$2" close
	tell "$(other "$2")" eof
	tell "$(other "$2")" close
	await "all to be closed" no_connection
	observe_both
	by_call client CLOSED SYN-SENT connect
	by_call "$2" ESTABLISHED FIN-WAIT-1 close
	by_segment "$(other "$2")" ESTABLISHED CLOSE-WAIT FIN,ACK
	by_call "$(other "$2")" CLOSE-WAIT LAST-ACK close
	by_segment "$(other "$2")" LAST-ACK CLOSED ACK
	no_call_for_segments
}

no_connection()
{
	[ -z "$(in_ns "$C" ss -tanH state connected exclude time-wait exclude fin-wait-2; in_ns "$S" ss -tanH state connected exclude time-wait exclude fin-wait-2)" ]
}

# t_exit NETWORK END HOW: leave returns from main(), slay is SIGKILL
t_exit()
{
	"$1"
	opened
	"$3" "$2"
	tell "$(other "$2")" eof
	observe_both
	by_call "$2" ESTABLISHED FIN-WAIT-1 exit
	by_segment "$(other "$2")" ESTABLISHED CLOSE-WAIT FIN,ACK
	no_call_for_segments
}

# killed in the middle of a system call: the call is not the cause
t_killed_in_recv()
{
	net_pair
	opened
	echo "recv 1" >&"${PEER_IN[client]}"
	await "the client to wait in poll" grep -q '^7 ' "/proc/${PEER_PID[client]}/syscall"
	slay client
	tell server eof
	observe_both
	by_call client ESTABLISHED FIN-WAIT-1 exit
}

t_shutdown()
{
	net_pair
	opened
	tell "$1" shut wr
	tell "$(other "$1")" eof
	observe_both
	by_call "$1" ESTABLISHED FIN-WAIT-1 shutdown
	tell "$(other "$1")" shut wr
	await "all to be closed" no_connection
	observe_both
	by_call "$(other "$1")" CLOSE-WAIT LAST-ACK shutdown
	by_segment "$(other "$1")" LAST-ACK CLOSED ACK
}

# t_unread END HOW CALL: bytes lie unread in its socket, so the other end gets a RST
t_unread()
{
	net_pair
	opened
	tell "$(other "$1")" send 10
	tell "$1" wait 10
	case $2 in
	close) tell "$1" close ;;
	slay) slay "$1" ;;
	esac
	await "the reset to arrive" no_connection
	observe_both
	by_call "$1" ESTABLISHED CLOSED "$3"
	by_segment "$(other "$1")" ESTABLISHED CLOSED RST,ACK
	says 1 type=conversation proto=tcp closed=rst client_state=CLOSED server_state=CLOSED
	says 1 type=segment flags=RST,ACK
}

t_linger0()
{
	net_pair
	opened
	tell "$1" linger0
	tell "$1" close
	await "the reset to arrive" no_connection
	observe_both
	by_call "$1" ESTABLISHED CLOSED close
	by_segment "$(other "$1")" ESTABLISHED CLOSED RST,ACK
	says 1 type=conversation proto=tcp closed=rst
}

t_refused()
{
	"$1"
	peer client "$C"
	ask client connect "$SADDR" $PORT
	equal "what connect() returned" "$REPLY" "err ECONNREFUSED"
	observe_both
	by_call client CLOSED SYN-SENT connect
	by_segment client SYN-SENT CLOSED RST,ACK
	says 1 type=conversation proto=tcp opened=refused closed=rst client_state=CLOSED
	says 0 type=transition end=server from=LISTEN
}

# RST to a half-open connection: the request socket goes, no call is to blame
t_half_open_reset()
{
	net_pair
	drop_in "$S" 'tcp flags & (syn|rst) == 0'
	peer server "$S"
	peer client "$C"
	tell server listen "$SADDR" $PORT
	tell client connect "$SADDR" $PORT
	tell client linger0
	tell client close
	await "the request socket to go" no_connection
	observe_both
	by_call client ESTABLISHED CLOSED close
	says 1 type=transition end=server from=SYN-RECEIVED to=CLOSED '!cause.call' '!cause.pid'
	says 0 type=transition end=server to=ESTABLISHED
}

text_ended_it()
{
	observe_both
	[ "$(said type=transition end=client from=FIN-WAIT-2 to=CLOSED)" = 1 ]
}

# an orphan in FIN-WAIT-2 gets text that nobody will read: the kernel ends it
# with a RST, and tells nobody
t_text_to_orphan()
{
	net_pair
	opened
	tell client close
	tell server eof
	await "the client to be in FIN-WAIT-2" fin_wait_2
	tell server send 5
	await "the end of FIN-WAIT-2" text_ended_it
	by_call client ESTABLISHED FIN-WAIT-1 close
	by_segment client FIN-WAIT-1 FIN-WAIT-2 ACK
	by_segment client FIN-WAIT-2 CLOSED PSH,ACK
	by_segment server CLOSE-WAIT CLOSED RST
}

fin_wait_2()
{
	[ -n "$(in_ns "$C" ss -tanH state fin-wait-2)" ]
}

# over loopback the ACK of the last FIN is processed inside somebody's close()
t_never_the_call()
{
	net_lo
	peer server "$C"
	peer client "$C"
	tell server listen 127.0.0.1 $PORT 64
	tell client drain 127.0.0.1 $PORT 20
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		tell server accept
		tell server close
	done
	await "all to be closed" no_connection
	observe_both
	says 20 type=conversation proto=tcp closed=fin
	says 20 type=transition from=LAST-ACK to=CLOSED cause.segment? '!cause.call'
	no_call_for_segments
}

# names of programs are other people's words; this one is a quotation mark, an
# escape sequence, a backspace, CSI as one byte, and a line feed
t_hostile_name()
{
	local name

	name=$(printf 'a"b\033[31m\b\233\n.')
	net_lo
	peer server "$C"
	tell server listen 127.0.0.1 $PORT
	printf 'connect 127.0.0.1 %s\nclose\n' $PORT |
		must ip netns exec "$C" peer "$name"
	observe_both
	says 1 type=transition cause.call=connect
	says 0 type=transition cause.call=connect "cause.comm=$name"
	"$NETTRACE" timeline -N "$C" --color=never >"$NT_TMP/text" 2>&1 ||
		fail "no timeline: $(cat "$NT_TMP/text")"
	in_ns "$C" cat /proc/net/nettrace/trace >"$NT_TMP/trace"
	for f in text trace json; do
		grep -q 'a"b\|a\\"b' "$NT_TMP/$f" || fail "the name is not in the $f at all"
		! LC_ALL=C grep -q "$(printf '[\033\b]')" "$NT_TMP/$f" || fail "a control character is in the $f"
		# as a byte of its own, not of a character of UTF-8
		iconv -f UTF-8 -t UTF-8 "$NT_TMP/$f" >/dev/null || fail "the $f is not UTF-8"
	done
}

load
nt_main "t_close net_pair client" "t_close net_pair server" "t_close net_lo client" \
	"t_close net_lo server" "t_exit net_pair client slay" "t_exit net_pair server slay" \
	"t_exit net_lo client slay" "t_exit net_pair client leave" "t_exit net_pair server leave" \
	t_killed_in_recv "t_shutdown client" "t_shutdown server" "t_unread client close close" \
	"t_unread server close close" "t_unread server slay exit" "t_linger0 client" "t_linger0 server" \
	"t_refused net_pair" "t_refused net_lo" t_half_open_reset t_text_to_orphan \
	t_never_the_call t_hostile_name
