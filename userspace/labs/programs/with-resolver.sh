#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# with-resolver.sh SERVER COMMAND... - run a command that asks that name server
#
# `ip netns exec` gave us a mount namespace of our own: nobody else sees the file.
set -e
[ -e /etc/resolv.conf ] || : >/etc/resolv.conf
file=$(mktemp)
printf 'nameserver %s\noptions attempts:1 timeout:2\n' "$1" >"$file"
mount --bind "$file" /etc/resolv.conf
rm -f "$file"
shift
exec "$@"
