# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153 # LOST and SEEN are for guest.sh
#
# The systems that are measured, in the VM.  Sourced by guest.sh, which sets
# WORKLOAD, the device of the load DEV, the folders BENCH and TMP, and MODULE.
#
# For each NAME, with "-" written as "_":
#   start_NAME  starts it in the namespace that is traced, and returns when it
#               watches
#   stop_NAME   ends it and sets, from what it says itself,
#                 SEEN  how much it saw, in packets, events or lines; "-" if it
#                       does not tell
#                 LOST  what it lost
#   cannot_NAME (optional) prints why it cannot do workload $1, if it cannot

# program COMMAND...: start it in the background; PID is its number, its output
# goes to $TMP/out and $TMP/err
program()
{
	"$@" >"$TMP/out" 2>"$TMP/err" &
	PID=$!
}

# program_says TEXT: wait until it has said so on stderr or stdout
program_says()
{
	local i

	for ((i = 0; i < 3000; i++)); do
		! grep -qs -- "$1" "$TMP/err" "$TMP/out" || return 0
		running "$PID" || break
		sleep 0.01
	done
	fail "it did not say '$1' but: $(tail -n 3 "$TMP/err")"
}

# await TEXT COMMAND...
await()
{
	local text=$1 i

	shift
	for ((i = 0; i < 3000; i++)); do
		! "$@" || return 0
		sleep 0.01
	done
	fail "waited in vain: $text"
}

running()
{
	kill -0 "$1" 2>/dev/null
}

# end_program: SIGTERM, which bash lets background programs hear
end_program()
{
	running "$PID" || fail "it ended by itself: $(tail -n 3 "$TMP/err")"
	kill -TERM "$PID"
	wait "$PID" || :
	PID=
}

# first_number FILE REGEX: the first number in the line that matches
first_number()
{
	sed -n "/$2/{s/^[^0-9]*\([0-9]*\).*/\1/p;q}" "$1"
}

# not_for WORKLOAD REASON WORKLOADS...: print REASON if it is among them
not_for()
{
	local workload=$1 reason=$2 other

	shift 2
	for other in "$@"; do
		[ "$other" != "$workload" ] || printf '%s\n' "$reason"
	done
}

# ---- none -------------------------------------------------------------------

start_none() { :; }

stop_none()
{
	SEEN=- LOST=0
}

# ---- a hook that does nothing, in our places --------------------------------

start_noop()
{
	insmod "$BENCH/noop.ko"
}

stop_noop()
{
	rmmod noop
	SEEN=- LOST=0
}

# ---- nettrace ---------------------------------------------------------------

nettrace_stat()
{
	awk -v key="$1" '$1 == key { print $2; exit }' /proc/net/nettrace/stats
}

nettrace_load()
{
	insmod "$MODULE" "$@"
}

# trace=init: the namespace in which the load is measured, and no other
start_nettrace()
{
	nettrace_load trace=init
}

stop_nettrace()
{
	SEEN=$(nettrace_stat seen)
	LOST=0
	rmmod nettrace
}

# without the probe where the kernel frees what it drops
start_nettrace_no_drops()
{
	nettrace_load trace=init drops=0
}

stop_nettrace_no_drops()
{
	stop_nettrace
}

start_nettrace_paused()
{
	nettrace_load trace=init
	nettrace stop
}

stop_nettrace_paused()
{
	SEEN=- LOST=0
	rmmod nettrace
}

# filters that nothing of any load passes.  Of the first and the second follows a
# test that shuts packets out (module/core/gate.h); of the third no port does, so
# that its program runs for each UDP and TCP packet
start_nettrace_filtered()
{
	nettrace_load trace=init
	nettrace filter "${1:-udp port 9 and host 192.0.2.9}"
}

stop_nettrace_filtered()
{
	SEEN=$(nettrace_stat filtered)
	LOST=0
	rmmod nettrace
}

start_nettrace_filtered_port()
{
	start_nettrace_filtered 'port 9'
}

stop_nettrace_filtered_port()
{
	stop_nettrace_filtered
}

start_nettrace_filtered_range()
{
	start_nettrace_filtered 'portrange 1-9'
}

stop_nettrace_filtered_range()
{
	stop_nettrace_filtered
}

start_nettraced()
{
	nettrace_load trace=init
	program nettraced --group root
	await "nettraced to serve" test -S /run/nettraced/socket
}

stop_nettraced()
{
	nettrace stats -d >"$TMP/stats"
	SEEN=$(first_number "$TMP/stats" "^events_received")
	LOST=$(first_number "$TMP/stats" "^events_lost")
	end_program
	rmmod nettrace
}

reads_events()
{
	find "/proc/$PID/fd" -lname '*/net/nettrace/events' 2>/dev/null | grep -q .
}

start_nettrace_record()
{
	nettrace_load trace=init
	program nettrace record /dev/null
	await "nettrace record to read" reads_events
}

stop_nettrace_record()
{
	end_program
	SEEN=$(sed -n 's/.*: \([0-9]*\) events recorded.*/\1/p' "$TMP/err")
	LOST=$(sed -n 's/.*recorded, \([0-9]*\) lost.*/\1/p' "$TMP/err")
	rmmod nettrace
}

# ---- nft counters -----------------------------------------------------------

# nft_chains RULE: in and out of this namespace, and through it
nft_chains()
{
	if [ "$WORKLOAD" = arp ]; then
		nft "add table arp b
			add chain arp b in { type filter hook input priority 0; }
			add chain arp b out { type filter hook output priority 0; }
			add rule arp b in $1
			add rule arp b out $1"
	else
		nft "add table inet b
			add chain inet b in { type filter hook input priority 0; }
			add chain inet b out { type filter hook output priority 0; }
			add chain inet b through { type filter hook forward priority 0; }
			add rule inet b in $1
			add rule inet b out $1
			add rule inet b through $1"
	fi
}

start_nft_counter()
{
	nft_chains counter
}

stop_nft_counter()
{
	SEEN=$(nft list ruleset | sed -n 's/.*counter packets \([0-9]*\).*/\1/p' |
		awk '{ n += $1 } END { print n + 0 }')
	LOST=0
	nft flush ruleset
}

# ---- captures ---------------------------------------------------------------

start_tcpdump()
{
	program tcpdump -Z root -n -i "$DEV" -s 96 -w /dev/null
	program_says "listening on"
}

stop_tcpdump()
{
	end_program
	SEEN=$(first_number "$TMP/err" "packets* captured")
	LOST=$(first_number "$TMP/err" "dropped by kernel")
}

start_dumpcap()
{
	program dumpcap -q -i any -s 96 -w /dev/null
	program_says "^File: "
}

stop_dumpcap()
{
	end_program
	SEEN=$(sed -n 's/.*Packets received\/dropped on interface .*: \([0-9]*\)\/.*/\1/p' "$TMP/err")
	LOST=$(sed -n 's/.*Packets received\/dropped on interface .*: [0-9]*\/\([0-9]*\).*/\1/p' "$TMP/err")
}

# ---- netfilter's own --------------------------------------------------------

# netlink_of PID FIELD: that field of /proc/net/netlink, of each of its sockets
netlink_of()
{
	find "/proc/$1/fd" -lname 'socket:*' -printf '%l\n' 2>/dev/null | tr -dc '0-9\n' |
		awk -v field="$2" 'NR == FNR { own[$1] = 1; next } $10 in own { print $field }' - /proc/net/netlink
}

# netlink_listens PID: it has joined a multicast group
netlink_listens()
{
	netlink_of "$1" 4 | grep -q '[^0]'
}

# netlink_drops PID: messages that its sockets had no room for
netlink_drops()
{
	netlink_of "$1" 9 | awk '{ n += $1 } END { print n + 0 }'
}

start_nflog()
{
	nft_chains "log group 5 snaplen 96"
	program "$BENCH/nflog" 5
	program_says "listening"
}

stop_nflog()
{
	end_program
	SEEN=$(first_number "$TMP/err" "packets received")
	LOST=$(first_number "$TMP/err" "packets lost")
	nft flush ruleset
}

start_conntrack_quiet()
{
	nft_chains "ct state invalid"
	sysctl -qw net.netfilter.nf_conntrack_max=65536
}

stop_conntrack_quiet()
{
	SEEN=$(awk 'NR == 2 { print $1 }' /proc/net/stat/nf_conntrack)
	SEEN=$((16#$SEEN)) LOST=0
	forget_conntrack
}

forget_conntrack()
{
	nft flush ruleset
	modprobe -rq nft_ct nf_conntrack_netlink 2>/dev/null || :
	modprobe -rq nf_conntrack 2>/dev/null || :
}

start_conntrack()
{
	start_conntrack_quiet
	modprobe nf_conntrack_netlink
	sysctl -qw net.netfilter.nf_conntrack_events=1
	program conntrack -E -b 33554432
	await "conntrack -E to listen" netlink_listens "$PID"
}

stop_conntrack()
{
	LOST=$(netlink_drops "$PID")
	end_program
	SEEN=$(wc -l <"$TMP/out")
	forget_conntrack
}

cannot_conntrack()
{
	not_for "$1" "conntrack does not follow ARP" arp
}

cannot_conntrack_quiet()
{
	cannot_conntrack "$1"
}

# ---- bpftrace ---------------------------------------------------------------

BPF_PROGRAM='
tracepoint:sock:inet_sock_set_state {
	printf("%llu state %d -> %d %d %d\n", nsecs, args->oldstate, args->newstate, args->sport, args->dport);
}
tracepoint:tcp:tcp_probe {
	printf("%llu probe %d %d len %d nxt %u una %u cwnd %u srtt %u\n", nsecs, args->sport, args->dport,
		args->data_len, args->snd_nxt, args->snd_una, args->snd_cwnd, args->srtt);
}'

start_bpftrace()
{
	program bpftrace -e "$BPF_PROGRAM"
	program_says "Attaching"
	await "bpftrace to attach" attached
}

# attached: a ring for each CPU, of which there is one, and the two tracepoints
attached()
{
	[ "$(find "/proc/$PID/fd" -lname '*perf_event*' | wc -l)" -ge 3 ]
}

stop_bpftrace()
{
	end_program
	SEEN=$(grep -cE ' (state|probe) ' "$TMP/out") || :
	LOST=$(sed -n 's/^Lost \([0-9]*\) events.*/\1/p' "$TMP/out" "$TMP/err" | awk '{ n += $1 } END { print n + 0 }')
}

cannot_bpftrace()
{
	not_for "$1" "its tracepoints are TCP's" udp-lo forward arp
}
