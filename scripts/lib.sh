# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What every script here shares: where things are, how to speak, how to fail.
# Sourced, never run.  Messages go to stderr; stdout belongs to the results.

set -Eeuo pipefail
trap 'unexpected $? "$BASH_COMMAND" "${BASH_SOURCE[0]}" $LINENO' ERR

# shellcheck disable=SC2034 # for those who source this file
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034
BUILD=$TOP/build
# shellcheck disable=SC2034
KERNEL_SERIES="6.1 6.12"

# Programs of /sbin are used too, and an ordinary user's PATH lacks them.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

# say TEXT: progress, for people
say()
{
	printf 'nettrace: %s\n' "$*" >&2
}

# die TEXT: what happened, to what, and what to do next
die()
{
	printf '%s: error: %s\n' "${0##*/}" "$*" >&2
	exit "${DIE_STATUS:-1}"
}

# unexpected STATUS COMMAND FILE LINE: a failure that no message was foreseen for
unexpected()
{
	printf '%s: error: %s:%s: "%s" ended with status %s\n' \
		"${0##*/}" "${3##*/}" "$4" "$2" "$1" >&2
}

# need PROGRAM...: missing programs are an error, never a reason to skip
need()
{
	local prog missing=()

	for prog in "$@"; do
		command -v "$prog" >/dev/null || missing+=("$prog")
	done
	[ ${#missing[@]} -eq 0 ] ||
		die "missing program(s): ${missing[*]}; run scripts/setup, or install them"
}

# usage: print the comment block at the top of the calling script
usage()
{
	sed -n '3,/^$/{s/^# \{0,1\}//;p}' "$0"
}

# with_lock FILE COMMAND...: one at a time, for work on shared folders.
# (No "|| status=$?" here: it would switch off errexit inside the command.)
with_lock()
{
	local file=$1 lock

	shift
	mkdir -p "${file%/*}"
	exec {lock}>"$file"
	flock "$lock"
	"$@"
	exec {lock}>&-
}

# is_series WORD: looks like a kernel series (6.1), not like a folder.  Two have
# names: the newest one that Debian has, and our own that looks for mistakes.  One
# may be for another processor, 6.1-s390x, or Debian's with PREEMPT_RT, 6.1-rt.
is_series()
{
	[[ $1 =~ ^([0-9]+\.[0-9]+(-s390x|-rt)?|newest|debug)$ ]]
}

# fill_table PAGE NAME FILE: what stands in PAGE between its marks "<!-- NAME ..." and
# "<!-- end of the NAME ..." is FILE from now on
fill_table()
{
	local page=$1 name=$2

	[ "$(grep -cE "^<!-- (end of the )?$name" "$page")" = 2 ] ||
		die "$page does not have the two marks of the table, '<!-- $name ...' and '<!-- end of the $name'"
	awk -v table="$3" -v name="$name" '
		$0 ~ "^<!-- end of the " name { inside = 0 }
		!inside
		$0 ~ "^<!-- " name { inside = 1; while ((getline line <table) > 0) print line }' "$page" >"$3.page"
	cat "$3.page" >"$page"
	rm "$3.page"
	say "wrote ${page#"$TOP"/}"
}

# prepare_tests SERIES: that kernel, the tools and the kselftests
prepare_tests()
{
	"$TOP/scripts/kernel" "$1"
	"$TOP/scripts/kselftest-files"
	make -s --no-print-directory -C "$TOP/userspace" >&2
	make -s --no-print-directory -C "$TOP/selftests" >&2
}
