#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the netlink family refuses, to whom, and the sentence of each refusal.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/ynl.sh
. "$NT_DIR/lib/ynl.sh"

# what is no switch, and what only a program that reads may ask for
t_extra_refused()
{
	load_with trace=none memory=1
	ns_add nts-x
	ynl a nts-x
	refused a EINVAL "timers, calls, routes: give 0 (off) or 1 (on)" call set '{"timers": 2}'
	refused a EINVAL "timers, calls, routes: give 0 (off) or 1 (on)" call start '{"calls": 2}'
	refused a EINVAL "while-reading says something of timers, calls and routes" \
		call set '{"while-reading": true}'
	refused a ENODATA "while-reading: this process does not read" \
		call set '{"timers": 1, "while-reading": true}'
	tell a call start '{"ring": 1024}'
	refused a ENODATA "while-reading: this process does not read" \
		call set '{"timers": 1, "while-reading": true}'
	extra a
	equal "timers and calls, refused" "$EXTRA" "0 0"
}

# the table of calls under way takes memory, once
t_extra_memory()
{
	local cpus

	load_with trace=none memory=1
	cpus=$(getconf _NPROCESSORS_CONF)
	ns_add nts-x nts-y nts-z
	ynl a nts-x
	ynl y nts-y
	ynl z nts-z
	# of each CPU; together nearly all of it
	tell a call start "{\"ring\": $((4096 / cpus)), \"minisocks\": 256}"
	tell y call start "{\"ring\": $((512 / cpus)), \"minisocks\": 256}"
	tell z call start "{\"ring\": $((32 / cpus)), \"minisocks\": 256}"
	refused z ENOSPC "calls: it would pass the module's memory cap" call set '{"calls": 1}'
	extra z
	equal "refused, and not set" "$EXTRA" "0 0"
}

t_refusals()
{
	load_with memory=8
	ns_add nts-x
	ynl a nts-x
	refused a EALREADY "this namespace is being traced already" call start
	refused a EBUSY "ring, payload, minisocks and hooks stay" call set '{"ring": 64}'
	refused a EBUSY "ring, payload, minisocks and hooks stay" call set '{"hooks": 0}'
	refused a EINVAL "nothing is to be set" call set
	tell a call stop
	refused a EALREADY "this namespace is not being traced" call stop
	refused a ENODATA "this namespace is not being traced: there is nothing" call counters-get
	refused a ENODATA "this namespace is not being traced: there is nothing" call sockets-get
	refused a EINVAL "socket: give family (4 or 6)" call timers-get
	refused a EINVAL "socket: give family (4 or 6)" call timers-get \
		'{"socket": {"family": 4, "local": "7f000001", "remote": "7f0000", "lport": 1, "rport": 1}}'
	refused a EINVAL "socket: give family (4 or 6)" call timers-get \
		'{"socket": {"family": 6, "local": "7f000001", "remote": "7f000001", "lport": 1, "rport": 1}}'
	refused a EINVAL "socket: give family (4 or 6)" call timers-get \
		'{"socket": {"family": 4, "local": "7f000001", "remote": "7f000001", "lport": 65536, "rport": 1}}'
	refused a ENOENT "there is no TCP socket with these addresses" call timers-get \
		'{"socket": {"family": 4, "local": "7f000001", "remote": "7f000001", "lport": 1, "rport": 1}}'
	refused a ENOSPC "its rings would pass the module's memory cap" call start '{"ring": 1048576}'
	refused a EINVAL "ring: give a number of events" call start '{"ring": 15}'
	refused a EINVAL "ring: give a number of events" call set '{"ring": 1048577}'
	refused a EINVAL "payload: give a number of bytes" call start '{"payload": 4097}'
	refused a EINVAL "minisocks: give a number" call start '{"minisocks": 255}'
	refused a EINVAL "minisocks: give a number" call set '{"minisocks": 4294967295}'
	refused a EINVAL "hooks: give default (0), path (1) or link (2)" call start '{"hooks": 3}'
	refused a EINVAL "filter-owned says something of a filter" call set '{"filter-owned": true}'
	equal "nothing was started" "$(stat_of tracing nts-x)" 0
}

# whoever lacks the capability is refused everything, with the reason
t_unprivileged()
{
	local op

	load
	ynl a "" setpriv --reuid=65534 --regid=65534 --clear-groups
	for op in get start stop set counters-get sockets-get timers-get; do
		refused a EPERM "CAP_NET_ADMIN is needed" call $op
	done
	refused a EPERM "" subscribe
	equal "tracing" "$(stat_of tracing)" 1
	# a root without the capability, and its socket in other hands
	ynl b "" setpriv --bounding-set=-net_admin --inh-caps=-net_admin
	refused b EPERM "CAP_NET_ADMIN is needed" call stop
}

# attr TYPE HEX: a netlink attribute, with its length and padding
attr()
{
	local len=$((${#2} / 2)) pad=

	while [ $(((len + ${#pad} / 2) % 4)) -ne 0 ]; do
		pad+=00
	done
	printf '%s%s%s%s' "$(in_memory 2 $((len + 4)))" "$(in_memory 2 "$1")" "$2" "$pad"
}

# what no library would send; numbers of attributes as in nettrace_netlink.h
t_hostile()
{
	load_with trace=none
	ns_add nts-x
	ynl a nts-x
	refused a EINVAL "" raw get "$(attr 1 00000000)"
	refused a EINVAL "Unknown attribute type" raw get "$(attr 7 00000000)"
	refused a EINVAL "Unknown attribute type" raw stop "$(attr 200 "")"
	refused a EINVAL "" raw start "$(attr 7 00)"
	refused a EINVAL "" raw start "$(attr 7 0000000000000000)"
	refused a EINVAL "" raw start "$(attr 7 "")"
	refused a EINVAL "" raw start "$(attr $((7 | 0x8000)) 00010000)"
	refused a EINVAL "Unsupported attribute" raw start "$(attr 14 "")"
	refused a EINVAL "Unknown attribute type" raw start "$(attr 40 "")"
	refused a ERANGE "" raw set "$(attr 16 00000000)"
	refused a EINVAL "" raw set "$(attr 5 "")"
	refused a EINVAL "" raw counters-get "$(attr 17 0000)"
	# it says more than there is, and less than itself
	refused a EINVAL "" raw start ff000700
	refused a EINVAL "" raw start 0200070000000000
	# bits and bytes of the headers that mean nothing to it
	refused a EINVAL "the headers have bytes or flags set" raw get - 0x100
	refused a EINVAL "the headers have bytes or flags set" raw stop - 0x8000
	refused a EINVAL "the headers have bytes or flags set" raw get - 0 1
	refused a ENOTSUP "" raw get - 0x300
	# twice: the last one counts, and is checked
	tell a raw set "$(attr 7 "$(in_memory 4 64)")$(attr 7 "$(in_memory 4 128)")"
	tell a call get
	equal "ring" "$(value ring)" 128
}

# nor does the module have a sentence that no test has provoked; those of filters
# are filter.sh's
t_every_sentence()
{
	# and the one that needs another kernel
	every_sentence 10 < <(grep -v '"filter:\|own filter\|lasting filter\|CONFIG_FTRACE_SYSCALLS' \
		"$NT_TOP"/module/netlink*.c)
}

nt_main t_extra_refused t_extra_memory t_refusals t_unprivileged t_hostile t_every_sentence
