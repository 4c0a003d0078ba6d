#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is lost is said: in the text, in JSON, in the picture and in a recording,
# each time the same number, and never more or less than was lost.  (ring.c
# proves the module's own accounting; this is the tools'.)

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# one_cpu: a ring is one CPU's, so what overwrites must be where that is which is
# to be overwritten
one_cpu()
{
	must taskset -cp 0 $BASHPID
}

# lossy_file: a recording of a connection, whose recorder is stopped in the
# middle, until the rings of 64 events a CPU have been overwritten many times
lossy_file()
{
	local pid

	one_cpu
	load_with ring=64
	net_lo
	"$NETTRACE" record "$NT_TMP/file" -N "$C" 2>"$NT_TMP/err" &
	pid=$!
	echo $pid >>"$NT_TMP/pids"
	await "the recorder to open" reading $pid
	opened
	await "the handshake to be in the file" recorded 'SYN,ACK'
	kill -STOP $pid
	tell client udp 127.0.0.1 9 300
	tell client shut wr
	kill -CONT $pid
	await "the FIN to be in the file" recorded FIN
	kill -INT $pid
	wait $pid || fail "record ended with $?: $(cat "$NT_TMP/err")"
	observe_file
	LOST=$(ntq -p lost type=gap <"$JSON" | awk '{ n += $1 } END { print n + 0 }')
	at_least "events lost" "$LOST" 500
}

observe_file()
{
	JSON=$NT_TMP/json
	"$NETTRACE" timeline --json -r "$NT_TMP/file" >"$JSON" || fail "the file is not readable"
}

# shellcheck disable=SC2317 # called by await
recorded()
{
	"$NETTRACE" follow -r "$NT_TMP/file" 2>/dev/null | grep -q -- "$1"
}

t_counted()
{
	local records

	lossy_file
	# what is not in the file was lost, to the event
	"$NETTRACE" stats --json -r "$NT_TMP/file" >"$NT_TMP/stats" || fail "no stats of the file"
	records=$(ntq -p reader.delivered <"$NT_TMP/stats")
	equal "recorded and lost" $((records + LOST)) "$(stat_of seen "$C")"
	equal "lost, as stats says" "$(ntq -p reader.lost <"$NT_TMP/stats")" "$LOST"
	grep -q "$LOST" "$NT_TMP/err" || fail "record does not say that $LOST were lost: $(cat "$NT_TMP/err")"
}

t_in_its_place()
{
	lossy_file
	equal "the order" "$(order)" "segment gap segment"
}

# what comes in which order: the types, repetitions once, states left out
order()
{
	ntq -p type 'type=segment|gap' <"$JSON" | uniq | tr '\n' ' ' | sed 's/ $//'
}

# the picture says how many, where they are missing
t_drawn()
{
	local n

	lossy_file
	n=$(ntq -p lost type=gap <"$JSON" | sort -n | tail -n 1)
	"$NETTRACE" timeline -r "$NT_TMP/file" --color=never >"$NT_TMP/text" || fail "no timeline"
	grep -q "$n events lost" "$NT_TMP/text" ||
		fail "the timeline does not say that $n events were lost: $(cat "$NT_TMP/text")"
	"$NETTRACE" timeline -r "$NT_TMP/file" --ascii --width 60 >"$NT_TMP/text" || fail "no timeline"
	grep -q "$n" "$NT_TMP/text" || fail "not in 60 columns of ASCII: $(cat "$NT_TMP/text")"
	"$NETTRACE" follow -r "$NT_TMP/file" --color=never >"$NT_TMP/text" || fail "no lines"
	grep -q "$n events lost" "$NT_TMP/text" || fail "follow does not say that $n were lost"
}

# who comes late does not see the beginning, and is told so
t_late_reader()
{
	local overwritten delivered seen

	one_cpu
	load_with ring=64
	net_lo
	opened
	tell client udp 127.0.0.1 9 300
	tell client send 10
	tell server recv 10
	overwritten=$(stat_of overwritten "$C")
	seen=$(stat_of seen "$C")
	at_least "events overwritten" "$overwritten" 500
	delivered=$(evdump -N "$C" | sed -n 's/^total delivered=\([0-9]*\) .*/\1/p')
	# one slot a CPU is not read: a writer may be in it at any moment
	at_least "delivered" "$delivered" $((seen - overwritten - $(nproc)))
	at_least "delivered and overwritten, at most what was seen" "$seen" $((delivered + overwritten))
	in_ns "$C" head -n 1 /proc/net/nettrace/trace >"$NT_TMP/head"
	grep -q " $overwritten overwritten" "$NT_TMP/head" || fail "/proc/nettrace says: $(cat "$NT_TMP/head")"
	observe "$C"
	says 1 type=conversation proto=tcp opened=midstream
	says 0 type=transition to=ESTABLISHED
}

# where nothing was lost, nothing is said of it
t_no_gap()
{
	load
	net_lo
	opened
	tell client close
	observe "$C"
	says 0 type=gap
	"$NETTRACE" timeline -N "$C" --color=never >"$NT_TMP/text"
	! grep -qi lost "$NT_TMP/text" || fail "$(cat "$NT_TMP/text")"
}

nt_main t_counted t_in_its_place t_drawn t_late_reader t_no_gap
