# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153 # much here is for those who source it
#
# What the tests of nettraced share: a daemon that begins and ends, and is asked.
# Sourced after nt.sh.

NETTRACED=${NETTRACED:-$(command -v nettraced || echo "$NT_TOP/build/bin/nettraced")}

# daemon_start ARGUMENT...: "$OPENER", $WORKER, $SOCK; its words go to $NT_TMP/words
daemon_start()
{
	SOCK=$NT_TMP/socket
	"$NETTRACED" --socket "$SOCK" --config "$NT_TMP/conf" "$@" >/dev/null 2>>"$NT_TMP/words" &
	OPENER=$!
	echo "$OPENER" >>"$NT_TMP/pids"
	disown "$OPENER"
	await "the daemon to serve: $(cat "$NT_TMP/words")" serves
	WORKER=$(child_of "$OPENER")
}

child_of()
{
	awk -v parent="$1" '$1 == "PPid:" && $2 == parent { print FILENAME }' /proc/[0-9]*/status 2>/dev/null |
		head -n 1 | tr -dc 0-9
}

serves()
{
	! gone "$OPENER" || fail "nettraced has ended: $(cat "$NT_TMP/words")"
	grep -q 'serving on' "$NT_TMP/words" && [ -S "$SOCK" ]
}

# daemon_end: in good order, and nothing is left
daemon_end()
{
	kill -TERM "$OPENER"
	await "the daemon to end: $(cat "$NT_TMP/words")" gone "$OPENER"
	[ ! -e "$SOCK" ] || fail "it left its socket"
}

nt()
{
	local command=$1

	shift
	"$NETTRACE" "$command" --daemon="$SOCK" "$@"
}

# counter KEY
counter()
{
	nt stats 2>/dev/null | awk -v key="$1" '$1 == key { print $2 }'
}

# counter_reached KEY NUMBER
counter_reached()
{
	[ "$(counter "$1")" -ge "$2" ]
}

prepare()
{
	load
	: >"$NT_TMP/conf"
	: >"$NT_TMP/words"
}

shows()
{
	nt list 2>/dev/null | grep -q "$1"
}

followed()
{
	[ "$(ntq -c "$@" <"$NT_TMP/followed")" -ge 1 ]
}

words_have()
{
	grep -q -- "$1" "$NT_TMP/words"
}
