#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""scenes.py CLIENT-NETNS SERVER-NETNS ADDRESS SCENE - TCP to be captured

One program makes the sockets of both namespaces, so that what follows what is
as it is written here. Connections go to ADDRESS; what a scene needs of the
network (loss, a firewall) is set up by capture.sh.
"""
import ctypes
import os
import select
import socket
import struct
import subprocess
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
client_ns, server_ns, address, scene = sys.argv[1:5]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
port = 8000


def enter(ns):
    fd = os.open("/run/netns/" + ns, os.O_RDONLY)
    if libc.setns(fd, 0x40000000):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(fd)


def make(ns):
    enter(ns)
    s = socket.socket(family, socket.SOCK_STREAM)
    s.settimeout(60)
    return s


def listen(at=None, rcvbuf=0):
    s = make(server_ns)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if rcvbuf:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    s.bind((address, at or port))
    s.listen(16)
    return s


def pair(server, source=0):
    c = make(client_ns)
    if source:
        c.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        c.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", source))
    c.connect((address, server.getsockname()[1]))
    s, _ = server.accept()
    s.settimeout(60)
    return c, s


def recv(s, n):
    """n bytes, or all up to the end (n is 0)"""
    have = 0
    while not n or have < n:
        data = s.recv(65536)
        if not data:
            break
        have += len(data)
    return have


def send(a, b, n):
    """n bytes from a to b, piece by piece, without a thread"""
    sent = have = 0
    a.setblocking(False)
    while have < n:
        # whichever of the two can go on: what has arrived may be acknowledged
        # only later, and room to send comes with the acknowledgment
        into = [a] if sent < n else []
        readable, writable, _ = select.select([b], into, [], 60)
        if not readable and not writable:
            stuck(f"{sent} of {n} bytes sent, {have} received")
            raise TimeoutError
        if writable:
            sent += a.send(b"x" * min(20000, n - sent))
        if readable:
            have += len(b.recv(65536))
    a.settimeout(60)


def stuck(what):
    """what the kernel knows of connections that should go on"""
    print(what, file=sys.stderr, flush=True)
    for ns in (client_ns, server_ns):
        enter(ns)
        subprocess.run(["ss", "-tinom"], stdout=sys.stderr, check=False)


def echo(c, s, n=5):
    c.sendall(b"x" * n)
    recv(s, n)
    s.sendall(b"y" * n)
    recv(c, n)


def closed(c, s):
    c.close()
    recv(s, 0)
    s.close()


def handshake(l):
    c, s = pair(l)
    echo(c, s)
    closed(c, s)


def server_closes(l):
    c, s = pair(l)
    echo(c, s)
    closed(s, c)


def half_close(l):
    c, s = pair(l)
    c.sendall(b"question")
    c.shutdown(socket.SHUT_WR)
    recv(s, 0)
    send(s, c, 30000)
    s.close()
    recv(c, 0)
    c.close()


def refused(l):
    c = make(client_ns)
    try:
        c.connect((address, port + 1))
    except ConnectionRefusedError:
        return
    sys.exit("it was not refused")


def unanswered(l):
    c = make(client_ns)
    c.settimeout(4)
    try:
        c.connect((address, port + 2))
    except TimeoutError:
        return
    sys.exit("it was answered")


def abort(l):
    c, s = pair(l)
    echo(c, s)
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.close()
    try:
        recv(s, 0)
    except ConnectionResetError:
        s.close()
        return
    sys.exit("it was not reset")


def unread(l):
    """closed with data that nobody has read: a RST"""
    c, s = pair(l)
    c.sendall(b"x" * 5000)
    while len(s.recv(5000, socket.MSG_PEEK)) < 5000:
        time.sleep(0.01)
    s.close()
    try:
        recv(c, 0)
    except ConnectionResetError:
        pass
    c.close()


def both_close(l):
    c, s = pair(l)
    echo(c, s)
    c.shutdown(socket.SHUT_WR)
    s.shutdown(socket.SHUT_WR)
    recv(s, 0)
    recv(c, 0)
    c.close()
    s.close()


def transfers(l):
    for i in range(4):
        c, s = pair(l)
        send(c, s, 150000)
        send(s, c, 150000)
        closed(*((c, s) if i % 2 else (s, c)))


def bulk(l):
    c, s = pair(l)
    send(c, s, 3000000)
    closed(c, s)


def keepalive(l):
    c, s = pair(l)
    echo(c, s)
    c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    time.sleep(3.5)  # of silence is what is wanted
    echo(c, s)
    closed(c, s)


def zero_window(l):
    l.close()
    l = listen(rcvbuf=8192)
    c, s = pair(l)
    n = 0
    c.settimeout(2.5)  # and persist probes
    try:
        while True:
            n += c.send(b"x" * 8192)
    except TimeoutError:
        pass
    recv(s, n)
    closed(c, s)


def reuse(l):
    """the same addresses and ports, one connection after the other"""
    for _ in range(3):
        c, s = pair(l, source=7000)
        echo(c, s)
        closed(s, c)


def many(l):
    pairs = [pair(l) for _ in range(12)]
    for n in range(3):
        for i, (c, s) in enumerate(pairs):
            echo(c, s, 1 + 700 * ((i + n) % 5))
    for i, (c, s) in enumerate(pairs):
        closed(*((c, s) if i % 2 else (s, c)))


globals()[scene](listen())
