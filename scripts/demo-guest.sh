#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# demo-guest.sh - the demonstration, inside the test VM
#
# Makes a client, a router and a server out of network namespaces, lets real
# programs talk across them, and draws what the kernel did.
#
#     client 10.0.1.2 ── 10.0.1.1 router 10.0.2.1 ── 10.0.2.2 server

set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# link NS_A DEV_A ADDR_A NS_B DEV_B ADDR_B
link()
{
	ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	ip -n "$1" addr add "$3" dev "$2"
	ip -n "$4" addr add "$6" dev "$5"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

network()
{
	local ns

	for ns in client router server; do
		ip netns add "$ns"
		# one thing at a time: the demonstration is about IPv4
		ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1
		ip -n "$ns" link set lo up
	done
	link client eth0 10.0.1.2/24 router eth0 10.0.1.1/24
	link server eth0 10.0.2.2/24 router eth1 10.0.2.1/24
	ip -n client route add default via 10.0.1.1
	ip -n server route add default via 10.0.2.1
	ip netns exec router sysctl -qw net.ipv4.ip_forward=1
}

# listening PORT: wait until the server's kernel has the listener
listening()
{
	local tries=200

	until ip netns exec server ss -Hltn "sport = :$1" | grep -q .; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || { echo "demo: nothing listens on port $1" >&2; exit 1; }
		sleep 0.05
	done
}

# draw COMMAND...: trace a command of the client's until its connection has ended
draw()
{
	nettrace -N client,router,server --until-closed timeline -- \
		ip netns exec client "$@"
}

insmod "$here/../module/nettrace.ko"
network

say "An echo server and its client, in Python: ARP, handshake, data, teardown, TIME-WAIT"
ip netns exec server python3 "$here/demo-files/echo-server.py" &
listening 8090
draw python3 "$here/demo-files/echo-client.py"

say "curl fetches a page from nginx"
ip netns exec server nginx -c "$here/demo-files/nginx.conf" &
nginx=$!
listening 80
draw curl -s http://10.0.2.2/
kill "$nginx"
wait "$nginx" || true

say "The same, as the client's kernel recorded it: cat /proc/nettrace"
ip netns exec client sed -n 1,16p /proc/nettrace
rmmod nettrace
