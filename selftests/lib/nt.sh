# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # much here is for those who source it
#
# What the shell tests share.  A test file sources this and calls nt_main with
# its tests, each "function arguments...".  Each runs in a subshell of its own:
# fail ends it, and what it made (namespaces, programs, files) is removed when
# it ends, however it ends.
#
#   NETTRACE_KO  the module           (module/nettrace.ko beside selftests/)
#   NETTRACE     the tool             (nettrace in PATH, or build/bin/nettrace)
#   KSFT         kselftest's folder   (in build/kselftest, or the kernel tree)

NT_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
NT_TOP=$(dirname "$NT_DIR")
NETTRACE_KO=${NETTRACE_KO:-$NT_TOP/module/nettrace.ko}
if [ -z "${NETTRACE:-}" ]; then
	NETTRACE=$(command -v nettrace || echo "$NT_TOP/build/bin/nettrace")
fi
export NETTRACE NETTRACE_KO
PATH=$NT_DIR/lib:$PATH:/usr/local/sbin:/usr/sbin:/sbin
PORT=8080
# how much longer things may take on a kernel that looks after itself
SLOW=1
case $(uname -r) in
*-nettrace-debug) SLOW=10 ;;
esac

for nt_ktap in "${KSFT:-$NT_TOP/build/kselftest/tools/testing/selftests}" "$NT_DIR/.."; do
	nt_ktap=$nt_ktap/kselftest/ktap_helpers.sh
	[ ! -e "$nt_ktap" ] || break
done
# shellcheck disable=SC1090 # fetched by scripts/kselftest-files
. "$nt_ktap" || exit 4

# ---- how a test speaks ------------------------------------------------------

diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

fail()
{
	diag "$*"
	exit 1
}

skip()
{
	diag "skipped: $*"
	exit 4
}

# must COMMAND...: or the test has failed; its output is shown
must()
{
	local out status=0

	out=$("$@" 2>&1) || status=$?
	[ $status -eq 0 ] || fail "$* failed with status $status: $out"
}

# equal WHAT HAVE WANT
equal()
{
	[ "$2" = "$3" ] || fail "$1: is '$2', expected '$3'"
}

# at_least WHAT HAVE MIN
at_least()
{
	[ "$2" -ge "$3" ] || fail "$1: is $2, expected at least $3"
}

# storm_size USUAL MOST: how much of what a test does: NT_STORM, or USUAL without it.
# scripts/check-storms sets it; anything but 1 to MOST is refused
storm_size()
{
	local n=${NT_STORM:-$1}

	if ! [[ $n =~ ^[1-9][0-9]{0,11}$ ]] || [ "$n" -gt "$2" ]; then
		printf "# NT_STORM is '%s': it must be a whole number from 1 to %s\n" "$n" "$2" >&2
		return 1
	fi
	printf '%s\n' "$n"
}

# pause SECONDS, without starting a program
pause()
{
	read -rt "$1" <>"$NT_TMP/never" || :
}

# until_true SECONDS COMMAND...: a condition, not a sleep
until_true()
{
	local end=$((SECONDS + $1 + 1)) ms=20 time

	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		printf -v time '0.%03d' $ms
		pause "$time"
		# to look is dear, too: what takes long is looked for more seldom
		ms=$((ms < 400 ? ms * 9 / 8 + 1 : 400))
	done
}

# await WHAT COMMAND...: the limit only says when to give up, on a machine that may be
# ten times as busy as it looks
await()
{
	local what=$1

	shift
	until_true $((60 * SLOW)) "$@" || fail "waited $((60 * SLOW)) s in vain: $what"
}

# ---- the module -------------------------------------------------------------

loaded()
{
	[ -d /sys/module/nettrace ]
}

# load: freshly, whatever was there
load()
{
	unload
	must insmod "$NETTRACE_KO" "drops=${NT_DROPS:-0}"
}

# load_with PARAM=VALUE...
# What the kernel drops is recorded only where a test sets NT_DROPS=1: a machine
# always drops something, and many tests count.
load_with()
{
	unload
	must insmod "$NETTRACE_KO" "drops=${NT_DROPS:-0}" "$@"
}

unload()
{
	! loaded || must rmmod nettrace
}

# load_without_cpu1: it is away, and finds no room for its ring when it comes ($CPU1)
load_without_cpu1()
{
	CPU1=/sys/devices/system/cpu/cpu1/online
	[ -e $CPU1 ] || skip "this machine has no second CPU"
	echo 0 >$CPU1
	load_with ring=4096 memory=1 trace=init
}

# stat_of KEY [NETNS]
stat_of()
{
	in_ns "${2:-}" cat /proc/net/nettrace/stats | awk -v key="$1" '$1 == key { print $2; exit }'
}

# traced N: the module's memory is that of N namespaces, with rings of the usual size.  One
# that is destroyed keeps its own until the kernel has done it
traced()
{
	[ $(($(stat_of memory) / ($(stat_of ring) * $(stat_of stride) * $(nproc)))) = "$1" ]
}

# ---- namespaces -------------------------------------------------------------

# in_ns NETNS COMMAND...: an empty name is the namespace that we are in
in_ns()
{
	local ns=$1

	shift
	if [ -n "$ns" ]; then
		ip netns exec "$ns" "$@"
	else
		"$@"
	fi
}

# batch NETNS LINE...: commands of ip, by one ip: to start a program is what takes long
batch()
{
	local ns=$1 out

	shift
	out=$(printf '%s\n' "$@" | ip ${ns:+-n "$ns"} -batch - 2>&1) ||
		fail "ip ${ns:+-n $ns} -batch: $out: $(printf '%s; ' "$@")"
}

# ns_add NAME...: noted first, so that it goes even when this fails half-way
ns_add()
{
	local ns

	printf '%s\n' "$@" >>"$NT_TMP/netns"
	batch "" "${@/#/netns add }"
	for ns in "$@"; do
		must ip -n "$ns" link set lo up
	done
}

# cable NS1 DEV1 NS2 DEV2 N: veth, 10.0.N.1/24 and fd00:N::1/64 on the first,
# .2 on the second; no autoconfiguration, no duplicate address detection
cable()
{
	must ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	cable_end "$1" "$2" "$5" 1
	cable_end "$3" "$4" "$5" 2
}

# cable_end NS DEV N HOST: the second one brings the cable up.  A router asks for its
# neighbours from its link-local address
cable_end()
{
	batch "$1" "link set $2 addrgenmode none" "addr add 10.0.$3.$4/24 dev $2" \
		"addr add fd00:$3::$4/64 dev $2 nodad" "addr add fe80::$3:$4/64 dev $2 nodad" \
		"link set $2 up"
}

# net_pair: nts-c (10.0.1.1) --- (10.0.1.2) nts-s
net_pair()
{
	C=nts-c S=nts-s
	CADDR=10.0.1.1 SADDR=10.0.1.2 SADDR6=fd00:1::2 CADDR6=fd00:1::1
	ns_add $C $S
	cable $C eth0 $S eth0 1
}

# net_lo: both ends in one namespace
net_lo()
{
	C=nts-c S=nts-c
	CADDR=127.0.0.1 SADDR=127.0.0.1 SADDR6=::1 CADDR6=::1
	ns_add $C
}

# net_routed: nts-c (10.0.1.1) --- nts-r --- (10.0.2.2) nts-s
net_routed()
{
	routed_spaces
	routed_cables
}

routed_spaces()
{
	C=nts-c R=nts-r S=nts-s
	CADDR=10.0.1.1 SADDR=10.0.2.2 SADDR6=fd00:2::2 CADDR6=fd00:1::1
	ns_add $C $R $S
}

routed_cables()
{
	cable "$C" eth0 "$R" left 1
	cable "$R" right "$S" eth0 2
	must ip -n "$C" route add default via 10.0.1.2
	must ip -n "$S" route add default via 10.0.2.1
	must ip -n "$C" -6 route add default via fd00:1::2
	must ip -n "$S" -6 route add default via fd00:2::1
	must in_ns "$R" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

# drop_in NETNS EXPRESSION...: drop what arrives there for a socket
drop_in()
{
	local ns=$1

	shift
	must in_ns "$ns" nft "add table inet nts
		add chain inet nts in { type filter hook input priority 0; }
		add rule inet nts in meta l4proto tcp $* counter drop"
}

undrop()
{
	must in_ns "$1" nft delete table inet nts
}

# dropped NETNS: packets that its rules have dropped
dropped()
{
	in_ns "$1" nft list table inet nts | sed -n 's/.*counter packets \([0-9]*\).*/\1/p' |
		awk '{ n += $1 } END { print n + 0 }'
}

# ---- programs ---------------------------------------------------------------

declare -A PEER_IN PEER_OUT PEER_PID

# peer NAME NETNS: start lib/peer there; its command name is NAME
peer()
{
	local name=$1 ns=$2 in out

	mkfifo "$NT_TMP/$name.in" "$NT_TMP/$name.out"
	ip netns exec "$ns" peer "$name" <"$NT_TMP/$name.in" >"$NT_TMP/$name.out" &
	disown $!
	exec {in}>"$NT_TMP/$name.in" {out}<"$NT_TMP/$name.out"
	PEER_IN[$name]=$in
	PEER_OUT[$name]=$out
	tell "$name" pid
	PEER_PID[$name]=$REPLY
	echo "$REPLY" >>"$NT_TMP/pids"
}

# ask NAME COMMAND...: REPLY is its answer, whatever that is
ask()
{
	local name=$1

	shift
	echo "$*" >&"${PEER_IN[$name]}"
	IFS= read -rt 20 REPLY <&"${PEER_OUT[$name]}" || fail "$name does not answer to '$*'"
}

# tell NAME COMMAND...: it must work; REPLY is the value if there is one
tell()
{
	ask "$@"
	case $REPLY in
	ok*) REPLY=${REPLY#ok} REPLY=${REPLY# } ;;
	*) fail "$* failed: $REPLY" ;;
	esac
}

# leave NAME: it returns from main() and is gone
leave()
{
	echo quit >&"${PEER_IN[$1]}"
	await "$1 to end" gone "${PEER_PID[$1]}"
}

# slay NAME: SIGKILL
slay()
{
	kill -KILL "${PEER_PID[$1]}"
	await "$1 to die" gone "${PEER_PID[$1]}"
}

gone()
{
	! kill -0 "$1" 2>/dev/null || grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

# opened: client and server, connected, over IPv6 if FAMILY is 6; needs net_*
opened()
{
	local addr=$SADDR

	[ "${FAMILY:-4}" = 4 ] || addr=$SADDR6
	peer server "$S"
	peer client "$C"
	tell server listen "$addr" $PORT
	tell client connect "$addr" $PORT
	tell server accept
	tell client port
	CPORT=$REPLY
}

# exchange: a ping, then a connection from beginning to end; needs net_*
exchange()
{
	must in_ns "$C" ping -qc 1 "$SADDR"
	opened
	tell client send 3000
	tell server recv 3000
	tell client close
	tell server eof
	tell server close
	await "the connection to be closed" exchange_over
}

exchange_over()
{
	[ -z "$(in_ns "$S" ss -tanH state last-ack state close-wait)" ]
}

# ---- what nettrace says -----------------------------------------------------

# reading PID: does that program have an event file open?
reading()
{
	find "/proc/$1/fd" -lname '*/net/nettrace/events' 2>/dev/null | grep -q .
}

# objects: one a line, sorted keys, without what depends on the moment of asking
objects()
{
	ntq 'type=segment|transition|arp|datagram|icmp' | grep -v '"proto":"icmpv6"' | sed 's/"conv":[0-9]*,//'
}

# observe NETNS[,NETNS...]: all that its rings hold, as JSON Lines in $JSON
observe()
{
	JSON=$NT_TMP/json
	"$NETTRACE" timeline --json -N "$1" >"$JSON" 2>"$NT_TMP/json.err" ||
		fail "nettrace timeline --json -N $1: $(cat "$NT_TMP/json.err")"
}

# said CONDITION...: how many objects of the last observation
said()
{
	ntq -c "$@" <"$JSON" || [ $? -eq 1 ] || fail "nettrace --json wrote something else"
}

# says COUNT CONDITION...
says()
{
	local want=$1 have

	shift
	have=$(said "$@")
	[ "$have" = "$want" ] || show_and_fail "'$*' holds for $have objects, expected $want"
}

show_and_fail()
{
	ntq -p type,conv,n,dir,flags,end,from,to,basis,cause.segment,cause.call,cause.timer,cause.comm,marks.0.name,client_state,server_state \
		<"$JSON" | sed 's/^/#   /'
	fail "$*"
}

# ---- running ----------------------------------------------------------------

TRACING=/sys/kernel/tracing

# trace_anew: the kernel's own tracing, on and empty, whatever was done with it before
trace_anew()
{
	[ -e $TRACING/trace ] || must mount -t tracefs tracefs $TRACING
	echo nop >$TRACING/current_tracer
	: >$TRACING/trace
	echo 1 >$TRACING/tracing_on
}

kernel_trouble()
{
	dmesg | grep -cE 'BUG:|WARNING:|Oops|refcount_t|general protection|rcu: INFO|blocked for more|unregister_netdevice: waiting'
}

# shellcheck disable=SC2317 # called by a trap
nt_cleanup()
{
	local pid ns

	trap - EXIT
	exec {NT_KEEP}>&-
	while read -r pid; do
		kill -KILL "$pid"
	done 2>/dev/null <"$NT_TMP/pids"
	while read -r ns; do
		ip netns del "$ns"
	done 2>/dev/null <"$NT_TMP/netns"
	rm -rf "$NT_TMP"
}

# nt_one FUNCTION ARGUMENTS...: in a subshell
nt_one()
{
	NT_TMP=$(mktemp -d)
	mkfifo "$NT_TMP/never"
	: >"$NT_TMP/pids"
	: >"$NT_TMP/netns"
	exec {NT_KEEP}<>"$NT_TMP/never"
	trap nt_cleanup EXIT
	set -u
	"$@"
}

# nt_main TEST...: each, or those whose functions the environment names in NT_ONLY
nt_main()
{
	local t status before

	if [ -n "${NT_ONLY:-}" ]; then
		mapfile -t < <(printf '%s\n' "$@" | grep -wE "${NT_ONLY// /|}")
		set -- "${MAPFILE[@]}"
	fi
	ktap_print_header
	if [ "$(id -u)" != 0 ] || [ ! -s "$NETTRACE_KO" ]; then
		ktap_skip_all "needs root, in a virtual machine, and the module $NETTRACE_KO"
		exit 4
	fi
	ktap_set_plan $#
	for t in "$@"; do
		before=$(kernel_trouble)
		status=0
		# shellcheck disable=SC2086 # a list of words
		(nt_one $t) || status=$?
		if [ "$(kernel_trouble)" != "$before" ]; then
			diag "the kernel complains:"
			dmesg | tail -n 60 | sed 's/^/# /'
			status=1
		fi
		case $status in
		0) ktap_test_pass "$t" ;;
		4) ktap_test_skip "$t" ;;
		*) ktap_test_fail "$t" ;;
		esac
	done
	! loaded || rmmod nettrace
	ktap_finished
}
