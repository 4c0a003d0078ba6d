#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""talk.py ROLE ADDRESS - what labels.sh lets nettrace read

server   DNS on 53 (UDP and TCP), HTTP on 8080, an SSH banner on 2222 and one on 80;
         all of what they say is meant to do harm to who shows it. Prints "ready".
client   asks each of them once, in the same manner, and ends.

The only sane thing is the word that each text carries: MARKER.
"""
import select
import socket
import struct
import sys

MARKER = b"n3ttrac3"
# what a terminal obeys: colours, titles, an answer-back, C1 in one byte and in
# UTF-8, backspaces, bells, line feeds, an override of the direction of writing
ESCAPES = (b"\x1b[2J<script>alert(1)</script>\x1b]0;owned\x07\x1b[6n\x9b31m\xc2\x9b31m"
           b"\b\b\x07\r\n\x0b\x7f\x00\xe2\x80\xae&amp;\"'")

role, address = sys.argv[1:3]


def name(*labels):
    return b"".join(bytes([len(w)]) + w for w in labels) + b"\0"


def question():
    # 63 bytes a label at most
    return name(MARKER, ESCAPES[:40], ESCAPES[40:100], b"test")


def query(number):
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + question() + struct.pack(">HH", 1, 1)


def answer(message):
    """an alias that is as bad as the name, and an address"""
    alias = name(MARKER, b"\x1b[31m<b>red\x1b[0m")
    body = message[12:]
    return (message[:2] + struct.pack(">5H", 0x8180, 1, 2, 0, 0) + body +
            b"\xc0\x0c" + struct.pack(">HHIH", 5, 1, 60, len(alias)) + alias +
            b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([10, 9, 8, 7]))


def listen(port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, port))
    s.listen(8)
    return s


def line():
    return ESCAPES.replace(b"\r\n", b"").replace(b"\x0b", b"")


BANNER = b"SSH-2.0-" + MARKER + line()[:150] + b"\r\n"


def serve():
    udp = socket.socket(type=socket.SOCK_DGRAM)
    udp.bind((address, 53))
    tcp = {listen(p): p for p in (53, 80, 2222, 8080)}
    print("ready", flush=True)
    while True:
        for s in select.select([udp, *tcp], [], [])[0]:
            if s is udp:
                message, peer = udp.recvfrom(2048)
                udp.sendto(answer(message), peer)
                continue
            c, _ = s.accept()
            if tcp[s] == 53:
                n = struct.unpack(">H", c.recv(2, socket.MSG_WAITALL))[0]
                message = answer(c.recv(n, socket.MSG_WAITALL))
                c.sendall(struct.pack(">H", len(message)) + message)
            elif tcp[s] == 8080:
                c.recv(2048)
                c.sendall(b"HTTP/1.1 404 " + MARKER + line() + b"\r\n\r\n")
            else:
                c.sendall(BANNER)
            c.recv(2048)
            c.close()


def ask(port, message):
    c = socket.create_connection((address, port), timeout=20)
    c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if message:
        c.sendall(message)
    have = c.recv(2048)
    c.close()
    return have


def talk():
    udp = socket.socket(type=socket.SOCK_DGRAM)
    udp.settimeout(20)
    udp.sendto(query(1), (address, 53))
    udp.recv(2048)
    message = query(2)
    ask(53, struct.pack(">H", len(message)) + message)
    have = ask(8080, b"GET /" + MARKER + line() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert MARKER in have
    assert ask(2222, b"") == BANNER
    assert ask(80, b"") == BANNER


{"server": serve, "client": talk}[role]()
