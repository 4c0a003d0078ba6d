#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""mix.py - traffic of many kinds, and packets as comparable lines

  mix.py serve ADDR4 ADDR6      answers on TCP and UDP ports; prints "ready"
  mix.py once ADDR4 ADDR6       one round of traffic: TCP, UDP, ICMP, fragments,
                                over both; a datagram to port 9 before and after
  mix.py window PCAP            "FROM TO" in ns: between these two datagrams
  mix.py pcap FILE FROM TO      a line for each packet of a capture, sorted
  mix.py rec FILE FROM TO DEV   a line for each packet of a recording, sorted:
                                those forwarded, and those that DEV had

A line holds what identifies a packet: addresses, protocol, ports, numbers.  The
capture is read from its bytes, the recording from the records' fields.
"""
import os
import select
import socket
import struct
import subprocess
import sys
import time

TCP_PORTS = (22, 80, 8080)
UDP_PORTS = (53, 5000)
MARK = 9


# ---- traffic ----------------------------------------------------------------


def serve(addr4, addr6):
    tcp, udp = [], []
    for family, addr in ((socket.AF_INET, addr4), (socket.AF_INET6, addr6)):
        for port in TCP_PORTS:
            s = socket.socket(family, socket.SOCK_STREAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((addr, port))
            s.listen(16)
            tcp.append(s)
        for port in UDP_PORTS + (MARK,):
            s = socket.socket(family, socket.SOCK_DGRAM)
            s.bind((addr, port))
            udp.append(s)
    print("ready", flush=True)
    while True:
        for s in select.select(tcp + udp, [], [])[0]:
            if s in udp:
                data, who = s.recvfrom(65536)
                s.sendto(data, who)
                continue
            with s.accept()[0] as c:
                try:
                    while c.recv(4096):
                        c.sendall(b"answer")
                except ConnectionResetError:
                    pass


def talk_tcp(family, addr, port, close_by_reset=False):
    s = socket.create_connection((addr, port), timeout=10)
    s.sendall(b"question")
    s.recv(100)
    if close_by_reset:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()
        return
    s.shutdown(socket.SHUT_WR)
    assert s.recv(100) == b""
    s.close()


def talk_udp(family, addr, port, size):
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.settimeout(10)
        s.sendto(b"x" * size, (addr, port))
        s.recvfrom(65536)


def refused(family, addr, port):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        assert s.connect_ex((addr, port)) != 0
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.settimeout(10)
        s.connect((addr, port))
        s.send(b"nobody")
        try:
            s.recv(10)
        except ConnectionRefusedError:
            pass


def checksum(data):
    n = sum(struct.unpack(f"!{len(data) // 2}H", data))
    n = (n >> 16) + (n & 0xFFFF)
    return ~(n + (n >> 16)) & 0xFFFF


def ping(addr, size):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as s:
        s.settimeout(10)
        body = struct.pack("!HH", 77, 1) + b"p" * size
        head = struct.pack("!BBH", 8, 0, 0)
        s.sendto(struct.pack("!BBH", 8, 0, checksum(head + body)) + body, (addr, 0))
        while s.recv(65536)[20] != 0:
            pass


def ping6(addr, size):
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as s:
        s.settimeout(10)
        body = struct.pack("!HH", 77, 1) + b"p" * size
        s.sendto(struct.pack("!BBH", 128, 0, 0) + body, (addr, 0))
        while s.recv(65536)[0] != 129:
            pass


def once(addr4, addr6):
    both = ((socket.AF_INET, addr4), (socket.AF_INET6, addr6))
    talk_udp(socket.AF_INET, addr4, MARK, 1)
    time.sleep(0.05)
    # who has the router's address is asked again
    subprocess.run(["ip", "neigh", "flush", "all"], check=True)
    subprocess.run(["ip", "-6", "neigh", "flush", "all"], check=True)
    for family, addr in both:
        for port in TCP_PORTS:
            talk_tcp(family, addr, port, port == 8080)
        for port in UDP_PORTS:
            talk_udp(family, addr, port, 30)
        talk_udp(family, addr, 5000, 4000)
        refused(family, addr, 81)
    ping(addr4, 20)
    ping(addr4, 3000)
    ping6(addr6, 20)
    ping6(addr6, 3000)
    time.sleep(0.05)
    talk_udp(socket.AF_INET, addr4, MARK, 1)


# ---- packets as lines -------------------------------------------------------


def line(family, src, dst, proto, frag, ident, rest):
    af = socket.AF_INET6 if family == 6 else socket.AF_INET
    n = 16 if family == 6 else 4
    return "%s %s > %s proto %d frag %d id %d %s" % (
        {4: "ip", 6: "ip6", 8: "arp"}[family],
        socket.inet_ntop(af, src[:n]),
        socket.inet_ntop(af, dst[:n]),
        proto,
        frag,
        ident,
        rest,
    )


def upper(proto, b):
    if proto == 6:
        sport, dport, seq, ack, word, win = struct.unpack("!HHIIHH", b[:16])
        return f"{sport} {dport} {seq} {ack} {word & 0xfff:#x} {win}"
    if proto == 17:
        return "%d %d" % struct.unpack("!HH", b[:4])
    if proto in (1, 58):
        return "type %d code %d" % (b[0], b[1])
    return ""


def from_bytes(b):
    """an Ethernet frame"""
    kind = struct.unpack("!H", b[12:14])[0]
    b = b[14:]
    if kind == 0x0806:
        return line(8, b[14:18], b[24:28], 0, 0, 0, "op %d" % struct.unpack("!H", b[6:8]))
    if kind == 0x0800:
        ident, frag = struct.unpack("!HH", b[4:8])
        proto, rest = b[9], ""
        if not frag & 0x1FFF:
            rest = upper(proto, b[4 * (b[0] & 15) :])
        return line(4, b[12:16], b[16:20], proto, 8 * (frag & 0x1FFF), ident, rest)
    if kind == 0x86DD:
        proto, off, frag, ident, rest = b[6], 40, 0, 0, ""
        while proto in (0, 44, 60):
            if proto == 44:
                frag = struct.unpack("!H", b[off + 2 : off + 4])[0] & 0xFFF8
                ident = struct.unpack("!I", b[off + 4 : off + 8])[0]
            size = 8 if proto == 44 else 8 * (b[off + 1] + 1)
            proto, off = b[off], off + size
            if frag:
                break
        if not frag:
            rest = upper(proto, b[off:])
        return line(6, b[8:24], b[24:40], proto, frag, ident, rest)
    return "ethertype %#x" % kind


def read_pcap(path):
    with open(path, "rb") as f:
        magic = struct.unpack("<I", f.read(24)[:4])[0]
        assert magic == 0xA1B23C4D, "a capture with nanoseconds is expected"
        while head := f.read(16):
            sec, ns, cap, _ = struct.unpack("<IIII", head)
            yield sec * 1000000000 + ns, f.read(cap)


def is_mark(b):
    if b[12:14] != b"\x08\x00" or b[23] != 17:
        return False
    return MARK in struct.unpack("!HH", b[34:38])


def window(path):
    marks = [t for t, b in read_pcap(path) if is_mark(b)]
    assert len(marks) == 4, f"{len(marks)} marks in {path}"
    # the client slept 50 ms here
    print(marks[1] + 20000000, marks[2] - 20000000)


HOOK_LOCAL_IN, HOOK_FORWARD, HOOK_LOCAL_OUT, HOOK_ARP_IN, HOOK_ARP_OUT = 2, 3, 4, 6, 7


def from_record(r, dev):
    """struct nettrace_packet, see module/uapi/nettrace.h"""
    family, hook, proto = r[19], r[40], r[41]
    flags = struct.unpack_from("<H", r, 42)[0]
    if hook != HOOK_FORWARD and r[24:40].rstrip(b"\0").decode() != dev:
        return None
    src, dst = r[48:64], r[64:80]
    sport, dport, seq, ack, tcp, win = struct.unpack_from("<HHIIHH", r, 80)
    ident, frag = struct.unpack_from("<IH", r, 100)
    rest = ""
    if family == 8:
        return line(8, src, dst, 0, 0, 0, "op %d" % struct.unpack_from("<H", r, 84))
    if flags & 0x20:
        if proto == 6:
            rest = f"{sport} {dport} {seq} {ack} {tcp:#x} {win}"
        elif proto == 17:
            rest = f"{sport} {dport}"
        elif proto in (1, 58):
            rest = f"type {r[84]} code {r[85]}"
    return line(family, src, dst, proto, frag, ident, rest)


def read_recording(path):
    """userspace/recordfile.h"""
    with open(path, "rb") as f:
        assert f.read(24)[:8] == b"\x89NTREC\r\n"
        while head := f.read(16):
            kind, size = struct.unpack("<II", head[:8])
            body = f.read(size)
            for at in range(0, size if kind == 2 else 0, 208):
                yield struct.unpack_from("<q", body, at)[0], body[at + 16 : at + 208]


def show(lines):
    for text in sorted(lines):
        print(text)


def main(argv):
    if argv[0] == "serve":
        serve(*argv[1:])
    elif argv[0] == "once":
        once(*argv[1:])
    elif argv[0] == "window":
        window(argv[1])
    elif argv[0] == "pcap":
        lo, hi = int(argv[2]), int(argv[3])
        show(from_bytes(b) for t, b in read_pcap(argv[1]) if lo <= t <= hi)
    elif argv[0] == "rec":
        lo, hi = int(argv[2]), int(argv[3])
        packets = (r for t, r in read_recording(argv[1]) if lo <= t <= hi and r[18] == 2)
        show(s for s in (from_record(r, argv[4]) for r in packets) if s)
    else:
        sys.exit(__doc__)
    return os.EX_OK


sys.exit(main(sys.argv[1:]))
