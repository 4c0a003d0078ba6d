#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Numbers of several bytes, read by another program than nettrace:

  bytes.py sockets FILE   /proc/net/tcp or tcp6: "LOCAL REMOTE STATE" of each socket
                          that has a remote end
  bytes.py segments FILE  a capture of Ethernet (pcap): of each TCP segment source
                          port, seq, ack, window, payload, TTL, MSS, window scale and
                          the two timestamps, separated by tabs; "-": absent
"""
import socket
import struct
import sys

STATES = {1: "ESTABLISHED", 2: "SYN-SENT", 4: "FIN-WAIT-1", 5: "FIN-WAIT-2", 6: "TIME-WAIT",
          7: "CLOSED", 8: "CLOSE-WAIT", 9: "LAST-ACK", 11: "CLOSING"}


def end(text):
    """The kernel prints each word of an address as a number of this machine's order."""
    addr, port = text.split(":")
    words = [int(addr[i:i + 8], 16) for i in range(0, len(addr), 8)]
    raw = struct.pack("=%dI" % len(words), *words)
    if len(words) == 4:
        return "[%s]:%d" % (socket.inet_ntop(socket.AF_INET6, raw), int(port, 16))
    return "%s:%d" % (socket.inet_ntop(socket.AF_INET, raw), int(port, 16))


def sockets(path):
    with open(path) as lines:
        next(lines)
        for line in lines:
            f = line.split()
            if int(f[3], 16) in STATES:
                print(end(f[1]), end(f[2]), STATES[int(f[3], 16)])


def options(raw):
    found = {}
    while raw and raw[0]:
        if raw[0] == 1:
            raw = raw[1:]
            continue
        found[raw[0]] = raw[2:raw[1]]
        raw = raw[raw[1]:]
    return found


def segment(frame):
    """One line, or nothing for what is no TCP."""
    kind = struct.unpack("!H", frame[12:14])[0]
    ip = frame[14:]
    if kind == 0x0800 and ip[9] == 6:
        tcp = ip[(ip[0] & 15) * 4:struct.unpack("!H", ip[2:4])[0]]
        ttl = ip[8]
    elif kind == 0x86dd and ip[6] == 6:
        tcp = ip[40:40 + struct.unpack("!H", ip[4:6])[0]]
        ttl = ip[7]
    else:
        return
    sport, _, seq, ack, offset, flags, window = struct.unpack("!HHIIBBH", tcp[:16])
    head = (offset >> 4) * 4
    opts = options(tcp[20:head])
    stamps = struct.unpack("!II", opts[8]) if 8 in opts else ("-", "-")
    print(sport, seq, ack if flags & 16 else "-", window, len(tcp) - head, ttl,
          struct.unpack("!H", opts[2])[0] if 2 in opts else "-",
          opts[3][0] if 3 in opts else "-", *stamps, sep="\t")


def segments(path):
    with open(path, "rb") as f:
        data = f.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at = 24
    while at < len(data):
        size = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        segment(data[at + 16:at + 16 + size])
        at += 16 + size


{"sockets": sockets, "segments": segments}[sys.argv[1]](sys.argv[2])
