#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""frames.py - what nettrace says of one packet, and the frame that tcpdump has of it

    frames.py conv PORT <list             number of the first conversation with it
    frames.py spaces|order|nat <path      a line of words
    frames.py hooks NETNS [SEEN] <path    a hook a line; SEEN: sighted
    frames.py link NETNS HOOK PCAP PATH   TTL and link addresses are the frame's
    frames.py first PCAP                  its TTL and link addresses
    frames.py bytes PCAP LAYERS           what is said of bytes is in them
"""
import json
import re
import struct
import sys


def frame(path):
    """The first frame of a capture with Ethernet headers."""
    with open(path, "rb") as file:
        data = file.read()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    if struct.unpack(order + "I", data[20:24])[0] != 1:
        sys.exit("not of Ethernet")
    size = struct.unpack(order + "I", data[32:36])[0]
    return data[40:40 + size]


def mac(b):
    return ":".join(f"{x:02x}" for x in b)


def check(what, have, want):
    if have != want:
        sys.exit(f"{what}: nettrace says {have}, the frame {want}")


def conv(port):
    for line in sys.stdin:
        o = json.loads(line)
        if o["type"] == "conversation" and o["server"].get("port") == port:
            print(o["conv"])
            return


def link(netns, hook, pcap, path):
    f = frame(pcap)
    with open(path, encoding="ascii") as file:
        p = json.load(file)
    for space in p["spaces"]:
        for h in space["hooks"]:
            if space["netns"] == netns and h["hook"] == hook:
                check("TTL", h["ttl"], f[22])
                check("source", h["mac_src"], mac(f[6:12]))
                check("destination", h["mac_dst"], mac(f[0:6]))
                return
    sys.exit(f"no {hook} in {netns}")


def first(pcap):
    f = frame(pcap)
    print(f[22], mac(f[6:12]), mac(f[0:6]))


def number(value):
    """The number that a value begins with."""
    m = re.match(r"(0x[0-9a-f]+|[0-9]+)\b", value)
    return int(m.group(1), 0) if m else None


# fields of part of a byte: how their number is in it
PARTS = {
    "version (4 bits)": lambda b: b[0] >> 4,
    "header length": lambda b: (b[0] & 15) * 4,
    "DSCP (6 bits)": lambda b: b[0] >> 2,
    "ECN (2 bits)": lambda b: b[0] & 3,
    "fragment offset": lambda b: (b[0] << 8 | b[1]) % 8192 * 8,
    "data offset": lambda b: (b[0] >> 4) * 4,
    "flags (12 bits)": lambda b: (b[0] << 8 | b[1]) & 4095,
}


def check_field(f, field):
    name, value = field["name"], field["value"]
    b = f[field["first"]:field["last"] + 1]
    if re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", value):
        check(name, value, mac(b))
    elif re.fullmatch(r"[0-9]+(\.[0-9]+){3}", value):
        check(name, value, ".".join(map(str, b)))
    elif name in PARTS:
        check(name, number(value), PARTS[name](b))
    elif name == "DF, MF (2 bits)":
        yes = ["no", "yes"]
        check(name, value, f"don't fragment: {yes[b[0] >> 6 & 1]}, more fragments: {yes[b[0] >> 5 & 1]}")
    elif name == "options":
        mss = re.search(r"mss (\d+)", value)
        if not mss or struct.pack(">BBH", 2, 4, int(mss.group(1))) not in b:
            sys.exit(f"no such MSS among the options: {value}")
    else:
        check(name, number(value), int.from_bytes(b, "big"))


def check_bytes(pcap, layers):
    f = frame(pcap)
    with open(layers, encoding="ascii") as file:
        p = json.load(file)
    check("link header", p["from"], "link")
    check("length", p["bytes"], len(f))
    names = [layer["name"] for layer in p["layers"]]
    check("headers", names, ["Ethernet", "IPv4", "TCP"])
    ip = 14 + (f[14] & 15) * 4
    ranges = [[layer["first"], layer["last"]] for layer in p["layers"]]
    check("ranges", ranges, [[0, 13], [14, ip - 1], [ip, ip + (f[ip + 12] >> 4) * 4 - 1]])
    n = 0
    for layer in p["layers"]:
        for field in layer["fields"]:
            if "value" in field:
                check_field(f, field)
                n += 1
    if n < 20:
        sys.exit(f"only {n} fields")


def from_path(what, *rest):
    p = json.load(sys.stdin)
    if what == "spaces":
        print(" ".join(f"{s['netns']}:{s['role']}" for s in p["spaces"]))
    elif what == "order":
        print(" ".join(h["hook"] for s in p["spaces"] for h in s["hooks"]))
    elif what == "nat":
        print(", ".join(f"{n['part']} {n['from']['addr']} {n['to']['addr']} {n['basis']}"
                        for n in p.get("nat", [])))
    else:
        seen = rest[1] if len(rest) > 1 else "sighted"
        for s in p["spaces"]:
            for h in s["hooks"]:
                if s["netns"] == rest[0] and h["seen"] == seen:
                    print(h["hook"])


def main():
    what, args = sys.argv[1], sys.argv[2:]
    if what == "conv":
        conv(int(args[0]))
    elif what == "link":
        link(*args)
    elif what == "first":
        first(*args)
    elif what == "bytes":
        check_bytes(*args)
    else:
        from_path(what, *args)


main()
