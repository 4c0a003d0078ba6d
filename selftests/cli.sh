#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# The command line when something is not as it should be: a sentence that names
# what and says what to do, nothing on stdout that could be taken for a result,
# and a status that is not 0.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# refuses STATUS PATTERN COMMAND...: with that status and a line that matches
refuses()
{
	local status=0 want=$1 pattern=$2

	shift 2
	timeout 20 "$@" >"$NT_TMP/out" 2>"$NT_TMP/err" </dev/null || status=$?
	equal "status of $*" "$status" "$want"
	grep -qiE -- "$pattern" "$NT_TMP/err" || fail "$* says: $(cat "$NT_TMP/err")"
	[ ! -s "$NT_TMP/out" ] || fail "$* writes to stdout: $(head -n 3 "$NT_TMP/out")"
}

NOBODY=(setpriv --reuid=65534 --regid=65534 --clear-groups)

t_not_loaded()
{
	local sub

	unload
	for sub in timeline follow list arp stats "show 1" "record $NT_TMP/file"; do
		# shellcheck disable=SC2086 # a list of words
		refuses 1 'not loaded.*insmod' "$NETTRACE" $sub
	done
	refuses 125 'not loaded.*insmod' "$NETTRACE" -- true
}

t_not_root()
{
	load
	refuses 1 'CAP_NET_ADMIN.*sudo|sudo.*CAP_NET_ADMIN' "${NOBODY[@]}" "$NETTRACE" list
	refuses 1 'CAP_NET_ADMIN.*sudo|sudo.*CAP_NET_ADMIN' "${NOBODY[@]}" "$NETTRACE" follow
}

t_not_traced()
{
	load_with trace=none
	refuses 1 'not traced' "$NETTRACE" list
}

t_usage()
{
	load
	refuses 2 "frobnicate" "$NETTRACE" frobnicate
	refuses 2 "--frobnicate|frobnicate" "$NETTRACE" list --frobnicate
	refuses 2 "-r" "$NETTRACE" list -r
	refuses 2 "width" "$NETTRACE" timeline --width wide
	refuses 2 "color|colour" "$NETTRACE" timeline --color=maybe
	refuses 2 "show" "$NETTRACE" show
	refuses 2 "seven" "$NETTRACE" show seven
	refuses 2 "record" "$NETTRACE" record
	refuses 2 "ascii|unicode" "$NETTRACE" timeline --ascii=maybe
}

t_no_such_thing()
{
	load
	must ping -qc 1 127.0.0.1
	refuses 3 'no conversation 99|conversation 99' "$NETTRACE" show 99
	refuses 3 'conversation 99' "$NETTRACE" timeline --conv 99
	refuses 1 'nts-none' "$NETTRACE" list -N nts-none
	refuses 1 "$NT_TMP/none" "$NETTRACE" list -r "$NT_TMP/none"
	refuses 1 'none/file' "$NETTRACE" record "$NT_TMP/none/file"
}

t_narrow()
{
	load
	must ping -qc 1 127.0.0.1
	refuses 1 '60' env COLUMNS=20 "$NETTRACE" timeline
	refuses 1 '60' "$NETTRACE" timeline --width 20
	must env COLUMNS=60 "$NETTRACE" timeline
	# JSON has no width
	must env COLUMNS=20 "$NETTRACE" timeline --json
}

# no picture is wider than the terminal, whatever it is
t_never_wider()
{
	local w longest

	load
	net_lo
	opened
	tell client send 5000
	tell server recv 5000
	tell client close
	for w in 60 61 79 80 100 120; do
		"$NETTRACE" timeline -N "$C" --ascii --width $w >"$NT_TMP/text" || fail "width $w"
		longest=$(awk '{ if (length($0) > n) n = length($0) } END { print n }' "$NT_TMP/text")
		at_least "columns" $w "$longest"
		! LC_ALL=C grep -q '[^ -~]' "$NT_TMP/text" || fail "bytes that are not ASCII at width $w"
	done
}

# a reader that goes away is no reason to crash, nor to pretend
t_closed_pipe()
{
	local status sub

	load
	net_lo
	opened
	tell client send 100000
	tell server recv 100000
	for sub in timeline list "timeline --json"; do
		# shellcheck disable=SC2086 # a list of words
		status=$( (set +e; "$NETTRACE" $sub -N "$C" 2>"$NT_TMP/err"; echo $? >"$NT_TMP/status") |
			head -c 1 >/dev/null; cat "$NT_TMP/status")
		case $status in
		134 | 139) fail "$sub crashed" ;;
		esac
		! grep -qi 'broken pipe' "$NT_TMP/err" || fail "$sub speaks of it: $(cat "$NT_TMP/err")"
	done
	{
		"$NETTRACE" timeline --json -N "$C" 2>"$NT_TMP/err"
		echo $? >"$NT_TMP/status"
	} | :
	[ "$(cat "$NT_TMP/status")" -ne 0 ] || fail "output that nobody took was a success"
}

t_full_disk()
{
	local status=0

	[ -e /dev/full ] || skip "no /dev/full here"
	load
	must ping -qc 1 127.0.0.1
	"$NETTRACE" list >/dev/full 2>"$NT_TMP/err" || status=$?
	equal "status with a full disk" $status 1
	grep -qi space "$NT_TMP/err" || fail "it says: $(cat "$NT_TMP/err")"
}

t_foreign_file()
{
	load
	echo "this is no recording" >"$NT_TMP/text"
	refuses 1 "$NT_TMP/text.*(not|no|neither) .*record" "$NETTRACE" list -r "$NT_TMP/text"
	: >"$NT_TMP/empty"
	refuses 1 "$NT_TMP/empty.*(empty|record)" "$NETTRACE" list -r "$NT_TMP/empty"
	refuses 1 "$NT_TMP" "$NETTRACE" list -r "$NT_TMP"
}

# t_other_version OFFSET BYTES PATTERN: what a module of another version would
# send.  Nothing can be mounted over /proc/thread-self, so the tool gets a /proc
# of its own making, in a mount namespace of its own.
t_other_version()
{
	local d

	load
	must ping -qc 1 127.0.0.1
	for d in thread-self self; do
		mkdir -p "$NT_TMP/proc/$d/net/nettrace" "$NT_TMP/proc/$d/ns"
		cat /proc/net/nettrace/stats >"$NT_TMP/proc/$d/net/nettrace/stats"
		head -c 192 /proc/net/nettrace/events >"$NT_TMP/proc/$d/net/nettrace/events"
		equal "bytes of the first record" "$(stat -c %s "$NT_TMP/proc/$d/net/nettrace/events")" 192
		printf '%b' "$2" | dd of="$NT_TMP/proc/$d/net/nettrace/events" bs=1 seek="$1" \
			conv=notrunc status=none
	done
	ln -s self/net "$NT_TMP/proc/net"
	# shellcheck disable=SC2016 # for the inner shell
	refuses 1 "$3" unshare --mount sh -c 'mount --bind "$0" /proc && exec "$@"' \
		"$NT_TMP/proc" "$NETTRACE" list
	if [ "$1" = 28 ]; then
		grep -q 'ABI 2' "$NT_TMP/err" || grep -q 'ABI 0' "$NT_TMP/err" ||
			fail "which ABI it has is not said: $(cat "$NT_TMP/err")"
	fi
}

# COMMAND's own status, and what shells say of commands that cannot be run
t_command_status()
{
	local status want

	load
	while read -r want words; do
		status=0
		# shellcheck disable=SC2086 # a list of words
		"$NETTRACE" --json -- $words >/dev/null 2>"$NT_TMP/err" || status=$?
		equal "status of -- $words" $status "$want"
	done <<-EOF
		0 ping -qc 1 127.0.0.1
		1 false
		7 sh -c exit\${IFS}7
		127 /none/such
		126 /etc/passwd
	EOF
}

# who reads the result goes away, the command goes on: it is waited for, and tracing it failed
t_command_outlives_reader()
{
	load
	{
		# shellcheck disable=SC2016 # for the inner shell
		"$NETTRACE" follow -- sh -c 'ping -qc 3 -i 0.3 127.0.0.1; echo >"$0"' "$NT_TMP/ran" 2>"$NT_TMP/err"
		echo $? >"$NT_TMP/status"
	} | head -n 1 >/dev/null
	[ -e "$NT_TMP/ran" ] || fail "it ended before the command did"
	equal "status" "$(cat "$NT_TMP/status")" 125
}

t_command_is_traced()
{
	load
	# shellcheck disable=SC2016 # for the inner shell
	must sh -c '"$1" --json -- ping -qc 1 127.0.0.1 >"$2" 2>/dev/null' sh "$NETTRACE" "$NT_TMP/json"
	JSON=$NT_TMP/json
	says 1 type=icmp proto=icmp icmp.type=8 sightings.#=2
	says 1 type=icmp proto=icmp icmp.type=0 sightings.#=2
}

# help goes to stdout and is no error, also where nothing else works
t_help()
{
	local sub

	unload
	must "$NETTRACE" --version
	for sub in '' timeline follow list show arp stats record; do
		# shellcheck disable=SC2086 # may be no word
		"$NETTRACE" $sub --help >"$NT_TMP/out" 2>"$NT_TMP/err" || fail "$sub --help failed"
		grep -q Usage "$NT_TMP/out" || fail "$sub --help does not tell the usage"
		[ ! -s "$NT_TMP/err" ] || fail "$sub --help writes to stderr"
	done
}

nt_main t_help t_not_loaded t_not_root t_not_traced t_usage t_no_such_thing t_narrow t_never_wider \
	t_closed_pipe t_full_disk t_foreign_file \
	"t_other_version 28 \\x02\\x00 ABI" "t_other_version 28 \\x00\\x00 ABI" \
	"t_other_version 30 \\xff\\x00 ABI|record" \
	"t_other_version 24 XXXX nettrace" \
	t_command_status t_command_is_traced t_command_outlives_reader
