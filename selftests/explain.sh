#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# Explanations of live traces: programs of a beginner, each with one mistake, are
# told in terms of what they did; the whole story of a connection; another language.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# told COMMAND...: what --explain says of a command, in $NT_TMP/out
told()
{
	in_ns nts-c "$NETTRACE" timeline --explain --wait 3 -w 200 -- "$@" >"$NT_TMP/out" 2>"$NT_TMP/err"
}

tells()
{
	grep -q -- "$1" "$NT_TMP/out" || fail "does not tell '$1': $(cat "$NT_TMP/out" "$NT_TMP/err")"
}

# nobody listens
t_refused()
{
	load
	ns_add nts-c
	cat >"$NT_TMP/my_client.py" <<-'EOF2'
		import socket, sys
		try:
		    socket.create_connection(("127.0.0.1", 8090))
		except ConnectionRefusedError:
		    sys.exit(0)
		sys.exit(1)
	EOF2
	told python3 "$NT_TMP/my_client.py" || fail "status $?: $(cat "$NT_TMP/err")"
	tells 'connect() of python3\[[0-9]*\] for 127.0.0.1:8090 fails with ECONNREFUSED'
	tells 'answers the SYN of segment 1 by RST'
	# no guess: the kernel said that it found no socket, or it is told as likely
	tells 'obody listens on\|no socket for port 8090'
}

# an empty message, for which the other end waits in vain
t_empty()
{
	load
	ns_add nts-c
	cat >"$NT_TMP/my_client.py" <<-'EOF2'
		import socket, threading, time
		l = socket.socket(); l.bind(("127.0.0.1", 8090)); l.listen(1)
		c = socket.socket(); c.connect(("127.0.0.1", 8090))
		a, _ = l.accept()
		threading.Thread(target=lambda: a.recv(10), daemon=True).start()
		time.sleep(0.3)
		c.send(b"")
		time.sleep(0.5)
	EOF2
	told python3 "$NT_TMP/my_client.py" || fail "status $?: $(cat "$NT_TMP/err")"
	tells 'python3\[[0-9]*\] sends 0 bytes by sendto() on descriptor'
	tells 'no segment leaves'
	tells 'recvfrom() of python3'
	tells 'did call sendto(), but with 0 bytes'
}

# no packet comes of it, so there is no conversation
t_in_use()
{
	load
	ns_add nts-c
	cat >"$NT_TMP/my_server.py" <<-'EOF2'
		import socket
		a = socket.socket(); a.bind(("127.0.0.1", 8090)); a.listen(1)
		b = socket.socket()
		try:
		    b.bind(("127.0.0.1", 8090))
		except OSError:
		    pass
	EOF2
	told python3 "$NT_TMP/my_server.py" || fail "status $?: $(cat "$NT_TMP/err")"
	tells 'bind() of python3\[[0-9]*\] for 127.0.0.1:8090 fails with EADDRINUSE'
	tells 'SO_REUSEADDR'
}

# closed with data unread: whose fault it is, and how much there was
t_reset()
{
	load
	ns_add nts-c
	cat >"$NT_TMP/my_client.py" <<-'EOF2'
		import socket, time
		l = socket.socket(); l.bind(("127.0.0.1", 8090)); l.listen(1)
		c = socket.socket(); c.connect(("127.0.0.1", 8090))
		a, _ = l.accept()
		c.send(b"0123456789")
		a.recv(4)
		a.close()
		time.sleep(0.1)
		try:
		    c.recv(1)
		except ConnectionResetError:
		    pass
	EOF2
	told python3 "$NT_TMP/my_client.py" || fail "status $?: $(cat "$NT_TMP/err")"
	tells '10 B had come in, of which the program had received 4 B'
	tells 'recvfrom() of python3\[[0-9]*\] on descriptor .* fails with ECONNRESET'
}

# recorded, and told from the file: as text, as JSON, in Chinese, line by line
t_story()
{
	local json

	load
	ns_add nts-c
	cat >"$NT_TMP/echo.py" <<-'EOF2'
		import socket
		l = socket.socket(); l.bind(("127.0.0.1", 8090)); l.listen(5)
		c = socket.socket(); c.connect(("127.0.0.1", 8090))
		a, _ = l.accept()
		c.sendall(b"hello"); a.sendall(a.recv(10).upper()); c.recv(10)
		c.close(); a.recv(1); a.close()
	EOF2
	in_ns nts-c "$NETTRACE" record "$NT_TMP/r" -- python3 "$NT_TMP/echo.py" 2>"$NT_TMP/err" ||
		fail "record: $(cat "$NT_TMP/err")"
	"$NETTRACE" explain 1 -r "$NT_TMP/r" >"$NT_TMP/out" 2>"$NT_TMP/err" || fail "explain: $(cat "$NT_TMP/err")"
	tells 'three-way$\|three-way handshake'
	tells 'Both ends are on this machine (lo)'
	tells '^In short'
	json=$("$NETTRACE" explain 1 -r "$NT_TMP/r" --json)
	[[ $json == '{"type":"explanation","conv":1,"steps":['*'"step":"summary"'* ]] || fail "JSON: $json"
	"$NETTRACE" follow --explain -r "$NT_TMP/r" >"$NT_TMP/out" || fail "follow"
	tells 'asks 127.0.0.1:8090 for a connection'
	LC_ALL=C.UTF-8 LANGUAGE=zh_CN "$NETTRACE" explain 1 -r "$NT_TMP/r" >"$NT_TMP/out" || fail "in Chinese"
	tells '三次握手'
	LC_ALL=zh_CN.UTF-8 "$NETTRACE" explain 1 -r "$NT_TMP/r" >"$NT_TMP/out" || fail "where the locale is not installed"
	tells '三次握手'
	status=0
	"$NETTRACE" explain x -r "$NT_TMP/r" 2>/dev/null || status=$?
	[ $status = 2 ] || fail "explain x: status $status"
}

nt_main t_refused t_empty t_in_use t_reset t_story
