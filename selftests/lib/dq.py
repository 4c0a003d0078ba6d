#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""dq.py - what the tests of nettraced need beside nettrace itself

  dq.py notify PATH        be the service manager: each datagram that comes to
                           PATH ("@NAME": abstract) as one line, "|" between its
                           lines
  dq.py stall SOCKET N     N clients that ask for all, read nothing and stay;
                           "ready" when all are connected, until stdin ends
  dq.py send SOCKET HEX    send these bytes; what comes back, in hex, is printed
  dq.py churn N            N conversations over lo, each UDP there and back
  dq.py blast SECONDS      datagrams over lo as fast as they go; prints how many
"""
import os
import socket
import struct
import sys
import time

MAGIC = 0x51445444


def address(path):
    return "\0" + path[1:] if path.startswith("@") else path


def notify(path):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(address(path))
    print("listening", flush=True)
    while True:
        print(s.recv(4096).decode().replace("\n", "|"), flush=True)


def connect(path):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.connect(path)
    return s


def stall(path, n):
    clients = []
    for _ in range(n):
        s = connect(path)
        s.sendall(struct.pack("=IHHQ", MAGIC, 1, 3, 0))
        clients.append(s)
    print("ready", flush=True)
    sys.stdin.read()


def send(path, text):
    s = connect(path)
    s.sendall(bytes.fromhex(text))
    s.settimeout(20)
    got = b""
    try:
        while True:
            more = s.recv(65536)
            if not more:
                break
            got += more
    except ConnectionResetError:
        pass
    print(got.hex())


def churn(n):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    at = server.getsockname()
    client = None
    for i in range(n):
        # another port, and another address once these are used up
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.bind(("127.0.%d.1" % (1 + i // 20000), 1024 + i % 20000))
        client.sendto(b"x", at)
        server.sendto(b"y", server.recvfrom(16)[1])
        # on a busy machine it comes later, and to a closed socket: an ICMP error more
        client.recv(16)
        client.close()


def blast(seconds):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.connect(server.getsockname())
    end = time.monotonic() + seconds
    n = 0
    while time.monotonic() < end:
        for _ in range(200):
            client.send(b"x")
            n += 1
    print(n)


def main():
    what, args = sys.argv[1], sys.argv[2:]
    if what == "notify":
        notify(args[0])
    elif what == "stall":
        stall(args[0], int(args[1]))
    elif what == "send":
        send(args[0], args[1])
    elif what == "churn":
        churn(int(args[0]))
    elif what == "blast":
        blast(float(args[0]))
    else:
        sys.exit("dq.py: see its first lines")


if __name__ == "__main__":
    os.environ["PYTHONUNBUFFERED"] = "1"
    main()
