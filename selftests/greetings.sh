#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: --set greetings
# debug: kmemleak=off
#
# What real servers say first: OpenSSH, vsftpd, Python's SMTP server and inetutils'
# telnetd.  The label has what their clients heard (ssh, curl), and what tcpdump makes of
# the bytes (Telnet).

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/serve.sh
. "$NT_DIR/lib/serve.sh"

# programs NAME...: without one of them there is nothing to greet
programs()
{
	local name

	for name in "$@"; do
		command -v "$name" >/dev/null || skip "$name is not installed"
	done
}

# account NAME: known to the server's namespace alone, which has a mount of its own
account()
{
	mkdir -p "/etc/netns/$S"
	{
		cat /etc/passwd
		echo "$1:x:990:65534::/nonexistent:/usr/sbin/nologin"
	} >"/etc/netns/$S/passwd"
}

# serve PORT PROGRAM [ARGUMENT...]: as inetd does
serve()
{
	background "$S" "$NT_TMP/inetd" python3 "$NT_DIR/lib/inetd.py" "$SADDR" "$@"
	until_true $((60 * SLOW)) ready "$NT_TMP/inetd" ready ||
		fail "the server does not come: $(cat "$NT_TMP/inetd")"
}

# greeting NAME DIR: the words on the arrow, as they came
greeting()
{
	ntq -p app.text type=segment "app.name=$1" "dir=$2" 'app.kind=greeting|negotiation' \
		<"$JSON" | head -n 1
}

# both ends of SSH say what they are; the client tells both on standard error
t_ssh()
{
	local theirs own

	programs sshd ssh ssh-keygen
	load_with payload=256
	net_pair
	account sshd
	mkdir -p /run/sshd
	must ssh-keygen -q -t ed25519 -N '' -f "$NT_TMP/key"
	serve 22 "$(command -v sshd)" -i -e -f /dev/null -h "$NT_TMP/key" -o UsePAM=no
	! in_ns "$C" ssh -v -F /dev/null -o StrictHostKeyChecking=no -o BatchMode=yes \
		-o UserKnownHostsFile=/dev/null "root@$SADDR" true >"$NT_TMP/ssh" 2>&1 ||
		fail "nobody has a key, and ssh came in"
	own=$(sed -n 's/^debug1: Local version string \(.*[^\r]\)\r*$/\1/p' "$NT_TMP/ssh")
	theirs=$(sed -n 's/^debug1: Remote protocol version \(.*\), remote software version \(.*[^\r]\)\r*$/SSH-\1-\2/p' \
		"$NT_TMP/ssh")
	if [ -z "$own" ] || [ -z "$theirs" ]; then
		fail "ssh: $(cat "$NT_TMP/ssh" "$NT_TMP/inetd")"
	fi
	observe "$C,$S"
	equal "the server's words" "$(greeting ssh 's>c')" "$theirs"
	equal "the client's words" "$(greeting ssh 'c>s')" "$own"
	says 1 type=conversation proto=tcp app.name=ssh app.basis=bytes '!app.by_port'
}

# the first line that curl heard
heard()
{
	sed -n 's/\r$//; s/^< //p' "$NT_TMP/curl" | head -n 1
}

t_ftp()
{
	programs vsftpd curl
	load_with payload=256
	net_pair
	mkdir -p /run/vsftpd/empty
	printf '%s\n' listen=NO anonymous_enable=NO local_enable=YES seccomp_sandbox=NO \
		>"$NT_TMP/vsftpd.conf"
	serve 21 "$(command -v vsftpd)" "$NT_TMP/vsftpd.conf"
	# whether it may come in is PAM's affair, not ours
	in_ns "$C" curl -sv --max-time 60 "ftp://nobody:wrong@$SADDR/" >"$NT_TMP/curl" 2>&1 || :
	[[ $(heard) == 220* ]] || fail "curl: $(cat "$NT_TMP/curl" "$NT_TMP/inetd")"
	observe "$C,$S"
	equal "the server's words" "$(greeting ftp 's>c')" "$(heard)"
	says 1 type=conversation proto=tcp app.name=ftp app.basis=bytes '!app.by_port'
}

t_smtp()
{
	programs curl
	python3 -W ignore -c 'import smtpd' 2>/dev/null || skip "this Python has no smtpd"
	load_with payload=256
	net_pair
	background "$S" "$NT_TMP/smtpd" python3 -W ignore -m smtpd -n \
		-c smtpd.DebuggingServer "$SADDR:25" 127.0.0.1:25
	# Python takes its time to start on a busy machine
	until_true $((60 * SLOW)) bound "$S" t 25 || fail "smtpd: $(cat "$NT_TMP/smtpd")"
	# what it makes of curl's commands is its own affair
	in_ns "$C" curl -sv --max-time 60 "smtp://$SADDR/" >"$NT_TMP/curl" 2>&1 || :
	[[ $(heard) == 220* ]] || fail "curl: $(cat "$NT_TMP/curl" "$NT_TMP/smtpd")"
	observe "$C,$S"
	equal "the server's words" "$(greeting smtp 's>c')" "$(heard)"
	says 1 type=conversation proto=tcp app.name=smtp app.basis=bytes '!app.by_port'
}

# decoded FILE: the first options that tcpdump finds in a segment of the server's, in our words
decoded()
{
	tcpdump -Z root -r "$1" -nn -v 'src port 23' 2>/dev/null | sed -n 's/.*\[telnet \(.*\)\].*/\1/p' |
		head -n 1 | sed 's/TERMINAL TYPE/TERMINAL-TYPE/g; s/SUPPRESS GO AHEAD/SUPPRESS-GO-AHEAD/g
			s/NAWS/WINDOW-SIZE/g; s/TSPEED/TERMINAL-SPEED/g; s/LFLOW/FLOW-CONTROL/g
			s/XDISPLOC/X-DISPLAY/g'
}

has_options()
{
	[ -n "$(decoded "$NT_TMP/pcap")" ]
}

t_telnet()
{
	programs telnetd busybox tcpdump
	load_with payload=256
	net_pair
	ip netns exec "$S" tcpdump -Z root -i eth0 -n -U --immediate-mode -w "$NT_TMP/pcap" \
		'tcp port 23' 2>"$NT_TMP/tcpdump" &
	echo $! >>"$NT_TMP/pids"
	disown $!
	until_true 15 grep -q 'listening on' "$NT_TMP/tcpdump" || fail "$(cat "$NT_TMP/tcpdump")"
	serve 23 "$(command -v telnetd)" -E /bin/true
	background "$C" "$NT_TMP/telnet" busybox telnet "$SADDR" 23
	until_true $((30 * SLOW)) has_options ||
		fail "no options: $(cat "$NT_TMP/telnet" "$NT_TMP/inetd"; tcpdump -Z root -r "$NT_TMP/pcap" -vX 2>&1)"
	observe "$C,$S"
	equal "the server's options" "$(greeting telnet 's>c')" "$(decoded "$NT_TMP/pcap")"
	says 1 type=conversation proto=tcp app.name=telnet app.basis=bytes '!app.by_port'
}

nt_main t_ssh t_ftp t_smtp t_telnet
