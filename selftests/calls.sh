#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# System calls: the module's records against the kernel's own tracing of the same
# calls; their rows in a timeline; that nothing is left when nobody asks.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# a program that uses each call of the list once at least, on both ends
every_call()
{
	cat <<-'EOF2'
		import os, socket, sys, time
		def run(family, addr, port):
		    l = socket.socket(family, socket.SOCK_STREAM)
		    l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		    l.bind((addr, port))
		    l.listen(5)
		    l.setblocking(False)
		    try:
		        l.accept()          # EAGAIN
		    except BlockingIOError:
		        pass
		    l.setblocking(True)
		    c = socket.socket(family, socket.SOCK_STREAM)
		    c.connect((addr, port))
		    a, _ = l.accept()
		    c.send(b"12345")
		    a.recv(5)
		    c.sendmsg([b"abc", b"def"])
		    a.recvmsg(6)
		    os.write(c.fileno(), b"write")
		    os.read(a.fileno(), 5)
		    os.writev(c.fileno(), [b"ab", b"cd"])
		    b = bytearray(4)
		    os.readv(a.fileno(), [b])
		    f = os.open(sys.argv[0], os.O_RDONLY)
		    os.sendfile(c.fileno(), f, 0, 7)
		    a.recv(7)
		    os.close(f)
		    a.setblocking(False)
		    try:
		        a.recv(1)           # EAGAIN
		    except BlockingIOError:
		        pass
		    c.shutdown(socket.SHUT_WR)
		    a.setblocking(True)
		    a.recv(1)
		    a.close()
		    c.close()
		    l.close()
		    n = socket.socket(family, socket.SOCK_STREAM)
		    try:
		        n.connect((addr, port))  # refused
		    except ConnectionRefusedError:
		        pass
		    n.close()
		run(socket.AF_INET, "127.0.0.1", 8080)
		run(socket.AF_INET6, "::1", 8081)
		u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		u.sendto(b"datagram", ("127.0.0.1", 9))
		u.close()
		x = socket.socket(socket.AF_UNIX)
		x.close()
	EOF2
}

# the records and the kernel's own tracing: the same calls, arguments, results
t_as_traced()
{
	local pid call

	load_with calls=1 ring=16384
	ns_add nts-c
	trace_anew
	echo mono >$TRACING/trace_clock
	echo 16384 >$TRACING/buffer_size_kb
	for call in sys_enter sys_exit; do
		echo 'comm ~ "python*"' >$TRACING/events/raw_syscalls/$call/filter || fail "no filter"
	done
	echo >$TRACING/trace
	echo 1 >$TRACING/tracing_on
	echo 1 >$TRACING/events/raw_syscalls/enable
	every_call >"$NT_TMP/every.py"
	# shellcheck disable=SC2016 # the inner shell's
	ip netns exec nts-c sh -c 'echo $$ >"$1"; exec python3 "$2"' sh "$NT_TMP/pid" "$NT_TMP/every.py" ||
		fail "the program failed"
	echo 0 >$TRACING/events/raw_syscalls/enable
	cat $TRACING/trace >"$NT_TMP/trace"
	echo >$TRACING/trace
	pid=$(cat "$NT_TMP/pid")
	evdump -N nts-c >"$NT_TMP/events" || fail "evdump"
	python3 "$NT_DIR/lib/syscalls.py" "$NT_TMP/trace" "$NT_TMP/events" "$pid" >"$NT_TMP/out" ||
		fail "$(cat "$NT_TMP/out")"
	diag "$(cat "$NT_TMP/out")"
	for call in socket bind listen connect accept4 sendto recvfrom sendmsg recvmsg write read \
		writev readv sendfile shutdown close; do
		grep -q "^count $call: " "$NT_TMP/out" || fail "$call() is not among the calls"
	done
	equal "entries without a place" "$(stat_of calls_unpaired)" 0
}

# the rows of a conversation
t_rows()
{
	load
	ns_add nts-c
	every_call | head -n 50 >"$NT_TMP/every.py"
	in_ns nts-c "$NETTRACE" timeline --calls --json -- python3 "$NT_TMP/every.py" \
		>"$NT_TMP/json" 2>"$NT_TMP/err" || fail "nettrace: $(cat "$NT_TMP/err")"
	grep -q "each one of the machine costs about" "$NT_TMP/err" ||
		fail "what it costs is not said: $(cat "$NT_TMP/err")"
	JSON=$NT_TMP/json
	says 1 type=call conv=1 end=client call=socket
	says 1 type=call conv=1 end=client call=connect result=0 args.addr.port=8080 '!listener'
	for call in socket bind listen; do
		says 1 type=call conv=1 end=server call=$call listener=true
	done
	says 1 type=call conv=1 end=server call=accept4
	says 1 type=call conv=1 end=client call=sendto result=5 args.len=5
	says 1 type=call conv=1 end=server call=recvfrom result=5
	says 1 type=call conv=1 end=server call=recvfrom result=-11
	says 1 type=call conv=1 end=server call=recvfrom result=0
	says 1 type=call conv=1 end=client call=sendfile result=7
	says 1 type=call conv=1 end=client call=shutdown
	says 1 type=call conv=1 end=client call=close result=0
	says 1 type=call conv=1 end=server call=close result=0
	# the refused one is a conversation of its own
	says 1 type=call conv=2 end=client call=connect result=-111
	says 0 type=call 'comm!=python3'
	# as many bytes as the kernel's segments carried
	equal "bytes sent by calls" "$(ntq -p result type=call conv=1 end=client \
		'call=sendto|sendmsg|write|writev|sendfile' <"$JSON" | awk '{ n += $1 } END { print n }')" \
		"$(ntq -p 'bytes.c>s' type=conversation conv=1 <"$JSON")"
}

# a call that blocks: its entry at once, its return later, with what it waited for
t_follow()
{
	load
	ns_add nts-c
	cat >"$NT_TMP/slow.py" <<-'EOF2'
		import socket, threading, time
		l = socket.socket(); l.bind(("127.0.0.1", 8080)); l.listen(1)
		c = socket.socket(); c.connect(("127.0.0.1", 8080))
		a, _ = l.accept()
		c.settimeout(None)
		threading.Timer(0.5, lambda: a.send(b"late")).start()
		c.recv(10)
	EOF2
	in_ns nts-c "$NETTRACE" follow --calls -- python3 "$NT_TMP/slow.py" >"$NT_TMP/out" 2>"$NT_TMP/err" ||
		fail "follow: $(cat "$NT_TMP/err")"
	grep -q 'client recvfrom(.*) = 4  ' "$NT_TMP/out" || fail "no return of recv(): $(cat "$NT_TMP/out")"
	# it stands behind the segment that it waited for
	awk '/len=4|\(4 B\)/ { data = NR } /recvfrom\(/ { call = NR } END { exit !(data && call > data) }' \
		"$NT_TMP/out" || fail "recv() does not stand where it returns: $(cat "$NT_TMP/out")"
}

# recorded into a file, and shown from it
t_record()
{
	load
	ns_add nts-c
	every_call >"$NT_TMP/every.py"
	in_ns nts-c "$NETTRACE" record --calls "$NT_TMP/r" -- python3 "$NT_TMP/every.py" 2>"$NT_TMP/err" ||
		fail "record: $(cat "$NT_TMP/err")"
	must "$NETTRACE" timeline -r "$NT_TMP/r" --calls --conv 1
	"$NETTRACE" timeline -r "$NT_TMP/r" --calls --json >"$NT_TMP/json" || fail "timeline"
	JSON=$NT_TMP/json
	says 1 type=call conv=1 end=client call=connect
	says 1 type=call end=client call=connect args.addr.addr=::1 result=0
}

# calls_of_probe: how often the kernel calls the module's probe while getpid() loops
calls_of_probe()
{
	trace_anew
	echo nt_probe_sys_enter >$TRACING/set_ftrace_filter || fail "no function nt_probe_sys_enter"
	echo function >$TRACING/current_tracer
	echo >$TRACING/trace
	echo 1 >$TRACING/tracing_on
	python3 -c 'import os
for i in range(50): os.getppid()'
	# else reading the trace would be traced, without end
	echo 0 >$TRACING/tracing_on
	PROBED=$(grep -c ': nt_probe_sys_enter' $TRACING/trace)
	echo nop >$TRACING/current_tracer
	echo >$TRACING/set_ftrace_filter
}

# attached while somebody asks, in whatever namespace, and by no means else
t_attached()
{
	local pid

	load
	ns_add nts-x nts-y
	calls_of_probe
	equal "probes when nobody asks" "$PROBED" 0
	ip netns exec nts-x "$NETTRACE" follow --calls >"$NT_TMP/x" 2>&1 &
	pid=$!
	echo $pid >>"$NT_TMP/pids"
	await "calls to be recorded there" stat_is calls nts-x 1
	equal "calls in another namespace" "$(stat_of calls nts-y)" 0
	calls_of_probe
	at_least "probes while a reader asks" "$PROBED" 50
	in_ns nts-y python3 -c 'import socket; socket.socket().bind(("127.0.0.1", 0))'
	equal "calls recorded in the other namespace" "$(evdump -N nts-y | grep -c ^call)" 0
	kill "$pid"
	wait "$pid"
	await "the reader's wish to go" stat_is calls nts-x 0
	calls_of_probe
	equal "probes when it has gone" "$PROBED" 0
}

# stat_is KEY NETNS VALUE
stat_is()
{
	[ "$(stat_of "$1" "$2")" = "$3" ]
}

# threads that wait, threads that are killed while they wait: nothing leaks
t_waiting()
{
	local i pid

	# larger rings of two namespaces would pass the module's memory cap
	load_with calls=1 ring=16384
	ns_add nts-c
	equal "tracing there" "$(stat_of tracing nts-c)" 1
	cat >"$NT_TMP/wait.py" <<-'EOF2'
		import socket, sys, threading
		l = socket.socket(); l.bind(("127.0.0.1", 0)); l.listen(100)
		for i in range(60):
		    c = socket.create_connection(l.getsockname())
		    a, _ = l.accept()
		    threading.Thread(target=c.recv, args=(1,), daemon=True).start()
		    sys.stdout.flush()
		    globals()["keep%d" % i] = a, c
		print("waiting", flush=True)
		threading.Event().wait()
	EOF2
	for i in 1 2 3; do
		# the shell that makes it may be slow to begin
		: >"$NT_TMP/wait.$i"
		ip netns exec nts-c python3 "$NT_TMP/wait.py" >"$NT_TMP/wait.$i" 2>&1 &
		pid=$!
		echo $pid >>"$NT_TMP/pids"
		disown $pid
		await "the threads to wait" grep -q waiting "$NT_TMP/wait.$i"
		kill -KILL $pid
		await "it to die" gone $pid
	done
	# as many entries as returns: the kernel lets a killed thread return
	evdump -N nts-c >"$NT_TMP/events" || fail "evdump"
	equal "events overwritten" "$(stat_of overwritten nts-c)" 0
	# a thread may be killed before it waits
	at_least "entries of recvfrom()" "$(grep -c '^call .* phase=ENTER syscall=45 ' "$NT_TMP/events")" 100
	equal "entries less returns of recvfrom()" \
		"$(awk '/^call .*syscall=45 / { n += /phase=ENTER/ ? 1 : -1 } END { print n }' "$NT_TMP/events")" 0
	equal "entries without a place" "$(stat_of calls_unpaired)" 0
}

# rmmod with calls and timers on, a reader, and programs in the middle of their calls
t_unload()
{
	local i pid

	for i in 1 2 3; do
		load_with calls=1 timers=1
		ns_add nts-x$i
		ip netns exec nts-x$i nice -n 19 traffic 60 &
		echo $! >>"$NT_TMP/pids"
		disown $!
		: >"$NT_TMP/sleeper.$i"
		ip netns exec nts-x$i python3 -c '
import socket
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.0.0.1", 7)); print("up", flush=True)
print(u.recv(9), flush=True)' >"$NT_TMP/sleeper.$i" &
		echo $! >>"$NT_TMP/pids"
		disown $!
		await "the sleeper" grep -q up "$NT_TMP/sleeper.$i"
		ip netns exec nts-x$i "$NETTRACE" follow --calls --timers >/dev/null 2>"$NT_TMP/err.$i" &
		pid=$!
		echo $pid >>"$NT_TMP/pids"
		await "the reader" stat_is readers nts-x$i 1
		await "some events" some_seen nts-x$i
		must rmmod nettrace
		wait $pid || fail "follow did not end well: $(cat "$NT_TMP/err.$i")"
		# whose call was under way goes on
		in_ns nts-x$i python3 -c 'import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"go", ("127.0.0.1", 7))'
		await "the sleeper to get its datagram" grep -q go "$NT_TMP/sleeper.$i"
	done
}

some_seen()
{
	[ "$(stat_of seen "$1")" -ge 1000 ]
}

nt_main t_as_traced t_rows t_follow t_record t_attached t_waiting t_unload
