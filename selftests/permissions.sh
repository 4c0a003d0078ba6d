#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who may read: root of the namespace's own user namespace, and nobody else.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

as_nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

t_mode()
{
	local f

	load
	for f in trace events stats; do
		equal "mode and owner of $f" "$(stat -c '%a %u' /proc/net/nettrace/$f)" "400 0"
	done
}

# refused PROGRAM...: with the word for it
refused()
{
	! "$@" >"$NT_TMP/out" 2>&1 || fail "$* was allowed: $(head -n 3 "$NT_TMP/out")"
	grep -qiE 'permission|denied|not permitted|CAP_NET_ADMIN' "$NT_TMP/out" ||
		fail "$* failed, but not for want of permission: $(cat "$NT_TMP/out")"
}

t_unprivileged()
{
	load
	must ping -qc 1 127.0.0.1
	refused as_nobody cat /proc/nettrace
	refused as_nobody cat /proc/net/nettrace/stats
	refused as_nobody evdump
}

# an owner of the file without the capability, and one with it but not root
t_capability()
{
	load
	refused setpriv --bounding-set=-net_admin --inh-caps=-net_admin cat /proc/nettrace
	refused setpriv --bounding-set=-net_admin --inh-caps=-net_admin evdump
	must setpriv --bounding-set=-all,+net_admin --inh-caps=-all,+net_admin cat /proc/nettrace
}

t_tool_says()
{
	load
	chmod 755 "$NT_TMP"
	refused as_nobody "$NETTRACE" list
	[ -x "$NETTRACE" ] || fail "there is no tool $NETTRACE"
	grep -q CAP_NET_ADMIN "$NT_TMP/out" || fail "what is needed is not said: $(cat "$NT_TMP/out")"
	grep -q sudo "$NT_TMP/out" || fail "what to do is not said: $(cat "$NT_TMP/out")"
}

# own_net SCRIPT: as root of a user namespace of nobody's own, with its own
# network namespace.  In two steps, as container engines do it: the files belong
# to the user namespace's root only if that has a number when they are made.
own_net()
{
	as_nobody unshare --user --map-root-user unshare --net sh -c "ip link set lo up; $1"
}

t_user_namespace()
{
	load
	must ping -qc 2 -i 0.01 127.0.0.99
	must own_net 'ping -qc 1 127.0.0.1'
	# shellcheck disable=SC2016 # for the inner shell
	own_net 'ping -qc 1 127.0.0.1 >/dev/null; cat /proc/nettrace' >"$NT_TMP/own" 2>"$NT_TMP/err" ||
		fail "root of its own namespace is refused: $(cat "$NT_TMP/err")"
	equal "its own packets" "$(grep -c '127.0.0.1 > 127.0.0.1' "$NT_TMP/own")" 4
	equal "packets of others" "$(grep -c '127\.0\.0\.99' "$NT_TMP/own")" 0
	at_least "of which there are some" "$(grep -c '127\.0\.0\.99' /proc/nettrace)" 4
	own_net 'ping -qc 1 127.0.0.1 >/dev/null; evdump' >"$NT_TMP/own" 2>"$NT_TMP/err" ||
		fail "its events are refused: $(cat "$NT_TMP/err")"
	equal "its own sightings" "$(grep -c '^packet ' "$NT_TMP/own")" 4
	equal "sightings of others" "$(grep -c '127\.0\.0\.99' "$NT_TMP/own")" 0
}

# capabilities in a user namespace of one's own count for nothing outside of it
t_foreign_namespace()
{
	load
	must ping -qc 1 127.0.0.1
	refused as_nobody unshare --user --map-root-user cat /proc/nettrace
	refused as_nobody unshare --user --map-root-user evdump
	refused unshare --user --map-root-user cat /proc/nettrace
}

# a file descriptor is what it was opened as: passing it on is the owner's will
t_passed_on()
{
	load
	must ping -qc 1 127.0.0.1
	as_nobody cat <"/proc/nettrace" >"$NT_TMP/out" 2>&1 || fail "$(cat "$NT_TMP/out")"
	equal "lines of packets" "$(grep -c ICMP "$NT_TMP/out")" 4
}

nt_main t_mode t_unprivileged t_capability t_tool_says t_user_namespace t_foreign_namespace \
	t_passed_on
