#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of datagrams need of sockets:

  dgram.py echo ADDR PORT N      a UDP server that says "ready" and answers N times
  dgram.py mute ADDR PORT        ... that answers nothing, until its input ends
  dgram.py ask ADDR PORT N SIZE  N questions, each after the answer to the one before
  dgram.py say ADDR PORT N SIZE  N datagrams, unanswered
  dgram.py join GROUP ADDR       a member of the group, from "ready" until its input ends
  dgram.py raw PROTO ADDR HEX    one datagram of that protocol
"""
import socket
import sys


def family(addr):
    return socket.AF_INET6 if ":" in addr else socket.AF_INET


def udp(addr):
    return socket.socket(family(addr), socket.SOCK_DGRAM)


def ready():
    print("ready", flush=True)


def echo(addr, port, n):
    s = udp(addr)
    s.bind((addr, int(port)))
    ready()
    for _ in range(int(n)):
        data, peer = s.recvfrom(65535)
        s.sendto(data, peer)


def mute(addr, port):
    s = udp(addr)
    s.bind((addr, int(port)))
    ready()
    sys.stdin.read()


def ask(addr, port, n, size):
    s = udp(addr)
    s.settimeout(20)
    s.connect((addr, int(port)))
    for i in range(int(n)):
        data = bytes([i % 256]) * int(size)
        s.send(data)
        if s.recv(65535) != data:
            sys.exit("another answer")


def say(addr, port, n, size):
    s = udp(addr)
    for _ in range(int(n)):
        s.sendto(b"x" * int(size), (addr, int(port)))


def join(group, addr):
    s = udp(group)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                 socket.inet_aton(group) + socket.inet_aton(addr))
    ready()
    sys.stdin.read()


def raw(proto, addr, payload):
    s = socket.socket(family(addr), socket.SOCK_RAW, int(proto))
    s.sendto(bytes.fromhex(payload), (addr, 0))


if __name__ == "__main__":
    {"echo": echo, "mute": mute, "ask": ask, "say": say, "join": join,
     "raw": raw}[sys.argv[1]](*sys.argv[2:])
