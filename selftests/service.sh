#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# nettraced as a service: it has no more privileges than it says, serves whom it should,
# tells the service manager, reads its settings anew, and ends in good order.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/daemon.sh
. "$NT_DIR/lib/daemon.sh"

# ---- privileges -----------------------------------------------------------------------

status_of()
{
	awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status"
}

t_privileges()
{
	local fd

	prepare
	net_lo
	daemon_start -N "$C"
	equal "the worker's capabilities" "$(status_of "$WORKER" CapEff)" 0000000000000000
	equal "that it may have" "$(status_of "$WORKER" CapPrm)" 0000000000000000
	equal "or get" "$(status_of "$WORKER" CapBnd)" 0000000000000000
	equal "its user" "$(awk '$1 == "Uid:" { print $2, $3, $4, $5 }' "/proc/$WORKER/status")" \
		"65534 65534 65534 65534"
	equal "its groups" "$(sed -n 's/^Groups:[[:space:]]*//p' "/proc/$WORKER/status")" ""
	for fd in "$WORKER" "$OPENER"; do
		equal "seccomp" "$(status_of "$fd" Seccomp)" 2
		equal "no new privileges" "$(status_of "$fd" NoNewPrivs)" 1
	done
	# CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_NET_ADMIN, CAP_DAC_READ_SEARCH
	equal "the opener's capabilities" "$(status_of "$OPENER" CapEff)" 0000000000281004
	equal "that it may get" "$(status_of "$OPENER" CapBnd)" 0000000000281004
	daemon_end
}

# the worker calls what it may not: it is ended, which is said, and so is all
t_worker_dies()
{
	local status=0

	prepare
	net_lo
	daemon_start -N "$C"
	kill -KILL "$WORKER"
	await "the opener to end" gone "$OPENER"
	[ ! -e "$SOCK" ] || fail "it left its socket"
	grep -q 'worker was ended by signal 9' "$NT_TMP/words" || fail "$(cat "$NT_TMP/words")"
}

# the unit's bounding set is enough
t_bounding_set()
{
	prepare
	net_lo
	SOCK=$NT_TMP/socket
	setpriv --no-new-privs --bounding-set=-all,+sys_admin,+net_admin,+sys_ptrace,+dac_read_search,+setuid,+setgid,+setpcap,+chown \
		--inh-caps=-all "$NETTRACED" --socket "$SOCK" -N "$C" >/dev/null 2>>"$NT_TMP/words" &
	OPENER=$!
	echo "$OPENER" >>"$NT_TMP/pids"
	disown "$OPENER"
	await "the daemon to serve: $(cat "$NT_TMP/words")" serves
	daemon_end
}

as()
{
	local uid=$1

	shift
	setpriv --reuid="$uid" --regid="$uid" --clear-groups "$@"
}

# refused_to WORDS COMMAND...
refused_to()
{
	local words=$1

	shift
	! "$@" "$NETTRACE" list --daemon="$SOCK" >"$NT_TMP/out" 2>"$NT_TMP/err" ||
		fail "$* got: $(head -n 3 "$NT_TMP/out")"
	grep -q "is for root and $words" "$NT_TMP/err" || fail "$*: $(cat "$NT_TMP/err")"
}

t_who_may_ask()
{
	prepare
	net_lo
	chmod 755 "$NT_TMP"
	daemon_start -N "$C" --group student
	must in_ns "$C" ping -qc 1 127.0.0.1
	equal "mode and owner" "$(stat -c '%a %U %G' "$SOCK")" "660 root student"
	must as 1000 "$NETTRACE" list --daemon="$SOCK"
	refused_to "the group student" as 65534
	refused_to "a group outside" as 65534 unshare --user --map-root-user
	refused_to "a group outside" as 65534 unshare --user --map-root-user --net
	daemon_end
	: >"$NT_TMP/words"
	daemon_start -N "$C" --group student --mode 0600
	! as 1000 "$NETTRACE" list --daemon="$SOCK" >/dev/null 2>&1 || fail "mode 0600 let the group in"
	daemon_end
}

# ---- a service ---------------------------------------------------------------------------

notified()
{
	grep -q "$1" "$NT_TMP/notified"
}

t_service()
{
	local at

	prepare
	net_lo
	for at in "@nts-$BASHPID" "$NT_TMP/notify"; do
		dq.py notify "$at" >"$NT_TMP/notified" &
		echo $! >>"$NT_TMP/pids"
		disown $!
		await "the listener" notified listening
		NOTIFY_SOCKET=$at daemon_start -N "$C"
		await "READY" notified '^READY=1'
		must in_ns "$C" ping -qc 1 127.0.0.1
		await "a status" notified '^STATUS=namespaces: 1; events held: [1-9]'
		kill -HUP "$OPENER"
		await "RELOADING, READY" notified '^RELOADING=1|MONOTONIC_USEC=[0-9]'
		await "the file to be read" words_have 'was read again'
		equal "times READY" "$(grep -c '^READY=1' "$NT_TMP/notified")" 2
		daemon_end
		await "STOPPING" notified '^STOPPING=1'
		equal "the order" "$(grep -v '^STATUS' "$NT_TMP/notified" | sed 's/=.*//' | tr '\n' ' ')" \
			"listening READY RELOADING READY STOPPING "
		: >"$NT_TMP/words"
	done
}

t_reload()
{
	prepare
	net_pair
	cat >"$NT_TMP/conf" <<-EOF
		# a comment
		namespaces = $C
		memory = 32
		mode = 0600
	EOF
	daemon_start
	equal "memory" "$(counter memory_limit)" $((32 << 20))
	equal "mode" "$(stat -c %a "$SOCK")" 600
	equal "namespaces" "$(counter namespaces)" 1
	cat >"$NT_TMP/conf" <<-EOF
		namespaces = $S
		memory = 48
		mode = 0666
		filter = icmp and port nonsense
	EOF
	kill -HUP "$OPENER"
	await "the wrong filter to be said" words_have 'the old settings stay'
	equal "memory" "$(counter memory_limit)" $((32 << 20))
	sed -i 's/ and port nonsense//' "$NT_TMP/conf"
	echo 'colour = blue' >>"$NT_TMP/conf"
	: >"$NT_TMP/words"
	kill -HUP "$OPENER"
	await "the wrong key to be said" words_have "line 5: there is no key 'colour'"
	equal "memory" "$(counter memory_limit)" $((32 << 20))
	sed -i '$d' "$NT_TMP/conf"
	kill -HUP "$OPENER"
	await "the file to be read" words_have 'was read again'
	equal "memory" "$(counter memory_limit)" $((48 << 20))
	equal "mode" "$(stat -c %a "$SOCK")" 666
	must in_ns "$C" ping -qc 1 127.0.0.66
	must in_ns "$S" ping -qc 1 127.0.0.67
	await "the new namespace to be read" shows 127.0.0.67
	! shows 127.0.0.66 || fail "the old namespace is still read"
	daemon_end
}

# refused ARGUMENT...: it says WORDS and ends with status
does_not_start()
{
	local status=0 want=$1 words=$2

	shift 2
	timeout 20 "$NETTRACED" --socket "$NT_TMP/other" "$@" >"$NT_TMP/out" 2>&1 || status=$?
	equal "status of nettraced $*" $status "$want"
	grep -q -- "$words" "$NT_TMP/out" || fail "nettraced $*: $(cat "$NT_TMP/out")"
	[ ! -e "$NT_TMP/other" ] || fail "it left its socket"
}

t_does_not_start()
{
	prepare
	net_lo
	daemon_start -N "$C"
	does_not_start 2 "is not a number of MiB" --memory 3
	does_not_start 2 "there is no option" --nonsense
	does_not_start 1 "there is no network namespace" -N nts-none
	does_not_start 1 "no user" --user nts-nobody
	does_not_start 1 "must not be root" --user root
	does_not_start 1 "no group" --group nts-none
	does_not_start 1 "cannot read" --config "$NT_TMP/none"
	does_not_start 1 "filter" --filter 'port nonsense'
	does_not_start 1 "another daemon serves" --socket "$SOCK"
	echo text >"$NT_TMP/file"
	does_not_start 1 "is no socket" --socket "$NT_TMP/file"
	[ -e "$NT_TMP/file" ] || fail "it removed a file of others"
	must nt stats
	daemon_end
	unload
	does_not_start 1 "module is not loaded" -N "$C"
}

# a live client and the end of the daemon: an end, not an accident
t_good_end()
{
	local status=0

	prepare
	net_lo
	daemon_start -N "$C"
	"$NETTRACE" follow --json --daemon="$SOCK" >"$NT_TMP/followed" 2>"$NT_TMP/err" &
	FOLLOWER=$!
	await "the follower to be served" counter_reached clients 2
	must in_ns "$C" ping -qc 1 127.0.0.1
	await "to follow" followed type=icmp
	"$NETTRACED" --socket "$NT_TMP/second" -N "$C" >/dev/null 2>&1 &
	SECOND=$!
	await "a second daemon" test -S "$NT_TMP/second"
	daemon_end
	wait "$FOLLOWER" || fail "follow ended with $?: $(cat "$NT_TMP/err")"
	kill -INT "$SECOND"
	wait "$SECOND" || status=$?
	equal "exit status" $status 0
	[ ! -e "$NT_TMP/second" ] || fail "it left its socket"
}

nt_main t_privileges t_worker_dies t_bounding_set t_who_may_ask t_service t_reload t_does_not_start \
	t_good_end
