#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# What pictures say beside arrows and states, on real connections.  The judges:
# what the programs sent, ss, and the captures' own sequence numbers in JSON.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

export LC_ALL=C.UTF-8 TERM=xterm NO_COLOR=1
BYTES=60000

# picture OPTION...: of the one conversation there is
picture()
{
	"$NETTRACE" -N "$C,$S" timeline --last -w 120 "$@" >"$NT_TMP/picture" 2>"$NT_TMP/said" ||
		fail "timeline $*: $(cat "$NT_TMP/said")"
}

# drawn COUNT PATTERN: lines of the picture
drawn()
{
	local have

	have=$(grep -cE "$2" "$NT_TMP/picture") || :
	if [ "$have" != "$1" ]; then
		sed 's/^/#   /' "$NT_TMP/picture"
		fail "'$2' is in $have lines, expected $1"
	fi
}

# a small request, a long answer, closed by the client
transfer()
{
	net_pair
	must in_ns $C ip link set eth0 gso_max_segs 1
	must in_ns $S ip link set eth0 gso_max_segs 1
	opened
	tell client send 10
	tell server recv 10
	tell server send $BYTES
	tell client recv $BYTES
	tell client close
	tell server eof
	tell server close
}

closed()
{
	[ -z "$(in_ns "$S" ss -tanH state last-ack state close-wait state established)" ]
}

# folded: arrows drawn and arrows in folds are all there are, and no byte is gone
t_fold()
{
	local all drawn hidden bytes

	transfer
	await "the server's end to be closed" closed
	observe "$C,$S"
	all=$(said type=segment)
	at_least "segments" "$all" 45
	picture
	drawn 1 'server  .*sent .* 60000 B'
	drawn 2 'FIN,ACK'
	drawn 1 'TIME-WAIT 60 s'
	drawn=$(grep -cE '^ *[0-9]+ +[0-9.]+ ' "$NT_TMP/picture")
	hidden=$(sed -nE 's/.*… ([0-9]+) segments.*/\1/p' "$NT_TMP/picture" |
		awk '{ n += $1 } END { print n + 0 }')
	at_least "segments in folds" "$hidden" 20
	equal "segments drawn and folded" $((drawn + hidden)) "$all"
	picture --unfold
	drawn 0 '… [0-9]+ segments'
	equal "segments drawn with --unfold" \
		"$(grep -cE '^ *[0-9]+ +[0-9.]+ ' "$NT_TMP/picture")" "$all"
	bytes=$(grep -oE '◀.*\([0-9]+ B\)' "$NT_TMP/picture" | grep -oE '[0-9]+ B' |
		awk '{ n += $1 } END { print n }')
	# where all is busy, some are sent twice
	at_least "bytes written on arrows from the server" "$bytes" $BYTES
	equal "bytes written on arrows, and in JSON" "$bytes" \
		"$(ntq -p len type=segment dir='s>c' <"$JSON" | awk '{ n += $1 } END { print n }')"
}

# isn DIR: of its SYN, as in the segment
isn()
{
	ntq -p seq_abs type=segment dir="$1" n="$2" <"$JSON"
}

t_numbers()
{
	local x y

	transfer
	await "the server's end to be closed" closed
	observe "$C,$S"
	x=$(isn 'c>s' 1)
	y=$(isn 's>c' 2)
	picture --symbols
	drawn 1 'SYN seq=x '
	drawn 1 'SYN,ACK seq=y ack=x\+1 '
	drawn 1 'ACK seq=x\+1 ack=y\+1 '
	drawn 1 'FIN,ACK seq=u '
	drawn 1 'FIN,ACK seq=w ack=u\+1 '
	drawn 1 " x = $x: "
	drawn 1 " y = $y: "
	drawn 1 " u = x\\+11: "
	drawn 1 " w = y\\+$((BYTES + 1)): "
	picture --absolute
	drawn 1 "SYN seq=$x "
	drawn 1 "SYN,ACK seq=$y ack=$(((x + 1) % 4294967296)) "
	drawn 0 'seq=[01] '
}

# left_of FILE: seconds that TIME-WAIT has left, newest first
left_of()
{
	tr '\r\033' '\n' <"$1" | sed -nE 's/.*client TIME-WAIT 60 s [▓░]+ ([0-9]+) s left.*/\1/p' |
		awk '!seen[$0]++ { print }'
}

counted_down()
{
	[ "$(left_of "$NT_TMP/screen" | wc -l)" -ge 3 ]
}

reading()
{
	[ "$(stat_of readers "$C")" = 1 ] && [ "$(stat_of readers "$S")" = 1 ]
}

# follow on a terminal counts down; it and the timeline say what ss says
t_countdown()
{
	local ss drawn

	net_pair
	script -qfc "stty cols 120; exec $NETTRACE -N $C,$S follow --timers" "$NT_TMP/screen" \
		>"$NT_TMP/null" 2>&1 <"$NT_TMP/never" &
	echo $! >>"$NT_TMP/pids"
	disown $!
	await "follow to read" reading
	opened
	tell client close
	tell server eof
	tell server close
	await "three seconds of the countdown" counted_down
	left_of "$NT_TMP/screen" | sort -nrc || fail "it does not count down"
	ss=$(in_ns $C ss -tanoH state time-wait | sed -nE 's/.*timewait,([0-9]+)sec.*/\1/p')
	picture
	drawn=$(sed -nE 's/.* TIME-WAIT 60 s [▓░]+ ([0-9]+) s left.*/\1/p' "$NT_TMP/picture")
	if [ -z "$ss" ] || [ -z "$drawn" ] || [ $((ss - drawn)) -gt 2 ] || [ $((drawn - ss)) -gt 2 ]; then
		fail "ss says ${ss:-nothing} seconds, the timeline ${drawn:-nothing}"
	fi
	# the lines of events are whole: nothing of the countdown is left in them
	tr '\r\033' '\n' <"$NT_TMP/screen" | grep -q 'client FIN-WAIT-2 → TIME-WAIT (segment' ||
		fail "the transition's line is not whole: $(tail -c 2000 "$NT_TMP/screen")"
}

load
nt_main t_fold t_numbers t_countdown
