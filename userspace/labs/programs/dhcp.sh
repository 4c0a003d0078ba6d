#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # ip, interface: udhcpc sets them
# dhcp.sh - what udhcpc calls: take the address
case $1 in
bound | renew)
	ip addr add "$ip/${mask:-24}" dev "$interface"
	echo "the address is $ip"
	;;
esac
