#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# A recording shows the same as the live trace did; what is damaged is said.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# record_start NETNS,...: into $NT_TMP/file
record_start()
{
	"$NETTRACE" record "$NT_TMP/file" -N "$1" 2>"$NT_TMP/err" &
	RECORDER=$!
	echo $RECORDER >>"$NT_TMP/pids"
	await "the recorder to open" reading $RECORDER
}

record_stop()
{
	kill -INT "$RECORDER"
	wait "$RECORDER" || fail "record ended with $?: $(cat "$NT_TMP/err")"
}

# the recorder opens before anything passes: the rings hold the same as the file
recorded_exchange()
{
	net_routed
	record_start "$C,$R,$S"
	exchange
}

t_same_as_live()
{
	local what

	recorded_exchange
	observe "$C,$R,$S"
	record_stop
	"$NETTRACE" timeline --json -r "$NT_TMP/file" >"$NT_TMP/replayed" 2>"$NT_TMP/err" ||
		fail "reading it back: $(cat "$NT_TMP/err")"
	objects <"$JSON" >"$NT_TMP/a"
	objects <"$NT_TMP/replayed" >"$NT_TMP/b"
	at_least "objects" "$(wc -l <"$NT_TMP/a")" 20
	diff "$NT_TMP/a" "$NT_TMP/b" >"$NT_TMP/diff" || fail "$(head -n 10 "$NT_TMP/diff")"
	for what in client_state server_state closed opened completeness client.pid client.comm; do
		equal "$what" "$(ntq -p $what type=conversation proto=tcp <"$NT_TMP/replayed")" \
			"$(ntq -p $what type=conversation proto=tcp <"$JSON")"
	done
}

# each command reads it, as an ordinary user, with the module gone
t_every_command()
{
	local args

	recorded_exchange
	record_stop
	unload
	chmod 755 "$NT_TMP"
	chmod 644 "$NT_TMP/file"
	while read -r args; do
		# shellcheck disable=SC2086 # a list of words
		setpriv --reuid=65534 --regid=65534 --clear-groups "$NETTRACE" $args -r "$NT_TMP/file" \
			>"$NT_TMP/out" 2>"$NT_TMP/err" || fail "$args -r FILE: $(cat "$NT_TMP/err")"
		grep -q '10\.0\.' "$NT_TMP/out" || fail "$args -r FILE shows nothing: $(cat "$NT_TMP/out")"
	done <<-EOF
		timeline
		timeline --json
		timeline --ascii --width 60
		follow
		follow --json
		list
		list --json
		arp
		arp --json
	EOF
}

# cut anywhere: what is whole is shown, then the damage is named, not 0
t_cut()
{
	local size whole n

	recorded_exchange
	record_stop
	size=$(stat -c %s "$NT_TMP/file")
	whole=$("$NETTRACE" follow --json -r "$NT_TMP/file" | wc -l)
	head -c $((size * 3 / 4)) "$NT_TMP/file" >"$NT_TMP/cut"
	! "$NETTRACE" follow --json -r "$NT_TMP/cut" >"$NT_TMP/out" 2>"$NT_TMP/err" ||
		fail "a cut file was taken as whole"
	n=$(wc -l <"$NT_TMP/out")
	at_least "objects in front of the cut" "$n" 1
	at_least "objects of the whole" "$whole" "$n"
	grep -q 'damaged at byte' "$NT_TMP/err" || fail "the damage is not named: $(cat "$NT_TMP/err")"
}

t_flipped_byte()
{
	local size at

	recorded_exchange
	record_stop
	size=$(stat -c %s "$NT_TMP/file")
	for at in $((size / 3)) $((size / 2)) $((size - 40)); do
		cp "$NT_TMP/file" "$NT_TMP/bad"
		printf '\xa5\x5a\xa5' | dd of="$NT_TMP/bad" bs=1 seek=$at conv=notrunc status=none
		! "$NETTRACE" list -r "$NT_TMP/bad" >"$NT_TMP/out" 2>"$NT_TMP/err" ||
			fail "three wrong bytes at $at went unnoticed"
		grep -q 'damaged' "$NT_TMP/err" || fail "the damage at $at is not named: $(cat "$NT_TMP/err")"
	done
}

# killed outright, the recorder leaves a file that can be read
t_killed()
{
	net_lo
	record_start "$C"
	opened
	tell client close
	tell server eof
	await "the FIN to be in the file" fin_recorded
	disown $RECORDER
	kill -KILL $RECORDER
	await "the recorder to die" gone $RECORDER
	"$NETTRACE" list --json -r "$NT_TMP/file" >"$NT_TMP/out" 2>"$NT_TMP/err"
	at_least "conversations" "$(ntq -c type=conversation proto=tcp <"$NT_TMP/out")" 1
}

fin_recorded()
{
	"$NETTRACE" follow -r "$NT_TMP/file" 2>/dev/null | grep -q FIN
}

# no space left: said, and not 0
t_full_disk()
{
	[ -e /dev/full ] || skip "no /dev/full here"
	net_lo
	"$NETTRACE" record /dev/full -N "$C" 2>"$NT_TMP/err" &
	RECORDER=$!
	echo $RECORDER >>"$NT_TMP/pids"
	until_true 5 reading $RECORDER || :
	in_ns "$C" ping -qc 20 -i 0.01 127.0.0.1 >/dev/null
	kill -INT $RECORDER 2>/dev/null || :
	! wait $RECORDER || fail "record to a full disk ended well"
	grep -qi 'space' "$NT_TMP/err" || fail "it is not said: $(cat "$NT_TMP/err")"
}

# a reader that does not read keeps nobody from ending the recorder, which says so
t_reader_asleep()
{
	local status=0

	net_lo
	mkfifo "$NT_TMP/pipe"
	exec 9<>"$NT_TMP/pipe" # which takes what there is room for, and no more
	"$NETTRACE" record - -N "$C" >"$NT_TMP/pipe" 2>"$NT_TMP/err" &
	RECORDER=$!
	echo $RECORDER >>"$NT_TMP/pids"
	await "the recorder to open" reading $RECORDER
	in_ns "$C" ping -fqc 1000 127.0.0.1 >/dev/null
	pause 1
	kill -INT $RECORDER
	until_true 20 gone $RECORDER || fail "it goes on"
	wait $RECORDER || status=$?
	equal "status" $status 1
	grep -q 'the recording is incomplete' "$NT_TMP/err" || fail "it is not said: $(cat "$NT_TMP/err")"
}

# no space left in the middle: the command goes on to its end, and that tracing failed is said
t_full_disk_of_command()
{
	local status=0

	net_lo
	(
		trap '' XFSZ
		ulimit -f 4
		# shellcheck disable=SC2016 # for the inner shell
		exec "$NETTRACE" record "$NT_TMP/file" -N "$C" -- ip netns exec "$C" sh -c \
			'ping -qc 50 -i 0.01 127.0.0.1; sleep 1; echo >"$0"' "$NT_TMP/ran"
	) >"$NT_TMP/out" 2>"$NT_TMP/err" || status=$?
	equal "status" $status 125
	[ -e "$NT_TMP/ran" ] || fail "it ended before the command did"
	grep -q 'holds the first [0-9]* events' "$NT_TMP/err" || fail "it is not said: $(cat "$NT_TMP/err")"
}

load
nt_main t_same_as_live t_cut t_flipped_byte t_killed t_full_disk t_full_disk_of_command t_reader_asleep t_every_command
