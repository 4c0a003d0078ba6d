#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""compare_dgram.py NETTRACE DIR NAME...

For each DIR/NAME.pcap: what `nettrace replay` says of UDP and ICMP in it, against
tshark, which puts fragments together, too: each datagram with its length and the
number of its fragments, echoes with their answers and times, errors with their MTU
and what they are about.  Prints KTAP.
"""
import json
import subprocess
import sys

nettrace, folder, *names = sys.argv[1:]
number = failed = 0

# of a packet and of the one that it quotes: first and second
FIELDS = ["frame.number", "frame.time_epoch", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
          "ip.proto", "udp.srcport", "udp.dstport", "udp.length", "icmp.type", "icmp.code",
          "icmp.ident", "icmp.seq", "icmp.mtu", "icmp.resp_to", "icmp.resptime",
          "icmpv6.type", "icmpv6.code", "icmpv6.mtu", "icmpv6.echo.identifier",
          "icmpv6.echo.sequence_number", "ip.fragment.count", "ipv6.fragment.count",
          "ip.reassembled.length", "ipv6.reassembled.length", "icmp.length.original_datagram"]


def ktap(name, what, have, want):
    global number, failed
    number += 1
    failed += have != want
    print(f"{'ok' if have == want else 'not ok'} {number} {name}: {what} ({len(want)})")
    notes = [f"nettrace {h}" for h in have if h not in want]
    notes += [f"tshark   {w}" for w in want if w not in have]
    for n in (notes if have != want else [])[:20]:
        print(f"# {n}")
    sys.stdout.flush()


def run(*args):
    p = subprocess.run(args, capture_output=True, text=True, check=False)
    if p.returncode:
        sys.exit(f"{' '.join(args)}: status {p.returncode}: {p.stderr}")
    return p.stdout


def tshark(path):
    args = ["tshark", "-2", "-r", path, "-Y", "udp or icmp or icmpv6", "-T", "fields",
            "-E", "occurrence=a", "-E", "aggregator=,"]
    for f in FIELDS:
        args += ["-e", f]
    rows = []
    for line in run(*args).splitlines():
        values = [v.split(",") if v else [] for v in line.split("\t")]
        rows.append(dict(zip(FIELDS, values)))
    return rows


def first(row, *fields):
    for f in fields:
        if row[f]:
            return row[f][0]
    return None


def is_error(row):
    if row["icmp.type"]:
        return int(row["icmp.type"][0]) in (3, 4, 5, 11, 12)
    return bool(row["icmpv6.type"]) and int(row["icmpv6.type"][0]) < 128


def theirs(row):
    """proto, from, to, what it is, fragments"""
    src, dst = first(row, "ip.src", "ipv6.src"), first(row, "ip.dst", "ipv6.dst")
    count = first(row, "ip.fragment.count", "ipv6.fragment.count")
    kind = first(row, "icmp.type", "icmpv6.type")
    if kind is not None:
        what = (int(kind), int(first(row, "icmp.code", "icmpv6.code")))
        proto = "icmp" if row["icmp.type"] else "icmpv6"
    else:
        proto = "udp"
        what = (int(row["udp.srcport"][0]), int(row["udp.dstport"][0]),
                int(row["udp.length"][0]) - 8)
    return (proto, src, dst, what, int(count) if count else 0)


def ours(o, convs):
    c = convs[o["conv"]]
    ends = [c["client"]["addr"], c["server"]["addr"]]
    src, dst = ends if o["dir"] == "c>s" else ends[::-1]
    if o["type"] == "icmp":
        what = (o["icmp"]["type"], o["icmp"]["code"])
        src = o.get("from", src)
    else:
        what = (o["sport"], o["dport"], o["len"])
    parts = o.get("fragments")
    return (o["proto"], src, dst, what, parts[0]["n"] if parts else 0)


def against_tshark(name):
    path = f"{folder}/{name}.pcap"
    rows = tshark(path)
    objs = [json.loads(line) for line in run(nettrace, "replay", "--json", path).splitlines()]
    convs = {o["conv"]: o for o in objs if o["type"] == "conversation"}
    mine = [o for o in objs if o["type"] == "icmp" or o.get("proto") == "udp" and
            o["type"] == "datagram"]
    ktap(name, "datagrams, lengths, fragments", sorted(ours(o, convs) for o in mine),
         sorted(theirs(r) for r in rows))
    ktap(name, "nothing is missing", [], [m for o in mine for f in o.get("fragments", [])
                                          for m in f["missing"]])
    # a reply and its request, and how long it took here; tshark says so of IPv4.  Of
    # fragments tshark counts from the last to the last, nettrace from the first to the
    # first: no time is compared
    requests = {(o["conv"], o["n"]): o for o in mine}
    have = sorted((o["icmp"]["id"], o["icmp"]["seq"], 0 if "fragments" in o else round(o["after"] / 1e6, 1))
                  for o in mine if o["proto"] == "icmp" and "request" in o)
    want = sorted((int(r["icmp.ident"][0]), int(r["icmp.seq"][0]),
                   0 if r["ip.fragment.count"] else round(float(r["icmp.resptime"][0]), 1))
                  for r in rows if r["icmp.resp_to"])
    ktap(name, "echoes answered", have, want)
    wrong = [o["n"] for o in mine if "request" in o and
             requests[o["conv"], o["request"]]["icmp"]["seq"] != o["icmp"]["seq"]]
    ktap(name, "answers of another request", wrong, [])
    ktap(name, "MTUs told", sorted(o["icmp"]["mtu"] for o in mine if "mtu" in o.get("icmp", {})),
         sorted(int(first(r, "icmp.mtu", "icmpv6.mtu")) for r in rows
                if first(r, "icmp.mtu", "icmpv6.mtu") not in (None, "0")))
    # the port of the datagram that an error quotes
    ktap(name, "what errors are about",
         sorted(o["about"].get("port", 0) for o in mine if o.get("about", {}).get("proto") == "udp"),
         sorted(int(r["udp.dstport"][0]) for r in rows if is_error(r) and r["udp.dstport"]))


for n in names:
    against_tshark(n)
print(f"1..{number}")
sys.exit(failed != 0)
