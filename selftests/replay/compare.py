#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""compare.py NETTRACE DIR NAME...

For each DIR/NAME.pcap: what `nettrace replay` says of it, packet by packet and
stream by stream, against tshark; and its conversations against what nettrace saw
live in the same place (NAME.here.ntr) and in all namespaces (NAME.all.ntr), where the
states of both ends are those of their sockets.
Prints KTAP.  Where tshark and nettrace conclude differently from the same bytes,
the sender's own socket, which nettrace saw live, has to be on nettrace's side.
"""
import json
import subprocess
import sys

nettrace, folder, *names = sys.argv[1:]

FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"]
FIELDS = [
    "frame.number", "tcp.stream", "tcp.srcport", "tcp.dstport", "tcp.seq", "tcp.ack",
    "tcp.flags", "tcp.len", "tcp.completeness", "tcp.analysis.retransmission",
    "tcp.analysis.fast_retransmission", "tcp.analysis.spurious_retransmission",
    "tcp.analysis.out_of_order", "tcp.analysis.keep_alive", "tcp.analysis.zero_window_probe",
    "tcp.options.timestamp.tsval", "tcp.options.timestamp.tsecr", "frame.time_epoch", "ip.id",
    "tcp.window_size", "tcp.window_size_scalefactor", "ip.ttl", "ipv6.hlim",
    "tcp.options.mss_val", "tcp.options.wscale.shift", "tcp.options.sack_perm",
    "tcp.options.sack_le", "tcp.options.sack_re",
]
# what is said of acknowledgements and windows
WINDOWS = {
    "tcp.analysis.duplicate_ack_num": "duplicate-ack",
    "tcp.analysis.window_update": "window-update",
    "tcp.analysis.window_full": "window-full",
    "tcp.analysis.zero_window": "zero-window",
    "tcp.analysis.keep_alive": "keepalive",
    "tcp.analysis.keep_alive_ack": "keepalive-ack",
    "tcp.analysis.zero_window_probe": "persist-probe",
    "tcp.analysis.zero_window_probe_ack": "persist-ack",
    "tcp.analysis.reused_ports": "port-reuse",
}
FIELDS += [f for f in WINDOWS if f not in FIELDS]
RETRANSMISSION = ("tcp.analysis.retransmission", "tcp.analysis.fast_retransmission",
                  "tcp.analysis.spurious_retransmission")

TWICE = {"any"}  # each packet was captured as it came and as it went
number = failed = 0


def ktap(ok, text, notes=()):
    global number, failed
    number += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {number} {text}")
    for n in notes[:20]:
        print(f"# {n}")
    sys.stdout.flush()


def compare(name, what, have, want):
    """two lists of lines"""
    notes = [f"{what}: nettrace {h} | other {w}" for h, w in zip(have, want) if h != w]
    if len(have) != len(want):
        notes.append(f"{what}: nettrace has {len(have)}, the other {len(want)}")
    ktap(not notes, f"{name}: {what}", notes)


def run(*args):
    p = subprocess.run(args, capture_output=True, text=True, check=False)
    if p.returncode:
        sys.exit(f"{' '.join(args)}: status {p.returncode}: {p.stderr}")
    return p.stdout


def objects(command, path):
    out = run(nettrace, command, "--json", *(["-r"] if command != "replay" else []), path)
    return [json.loads(line) for line in out.splitlines()]


def conversations(objs):
    return {o["conv"]: o for o in objs if o["type"] == "conversation" and o["proto"] == "tcp"}


def tshark(path):
    # in two passes: a stream's completeness is then that of all its packets
    args = ["tshark", "-2", "-r", path, "-Y", "tcp && !icmp && !icmpv6", "-T", "fields",
            "-o", "tcp.relative_sequence_numbers:TRUE"]
    for f in FIELDS:
        args += ["-e", f]
    rows = []
    for line in run(*args).splitlines():
        rows.append(dict(zip(FIELDS, line.split("\t"))))
    return rows


def per_stream(rows):
    streams = {}
    for r in rows:
        streams.setdefault(int(r["tcp.stream"]), []).append(r)
    return [streams[i] for i in sorted(streams)]


def flag_bits(text):
    bits = 0
    for f in filter(None, text.split(",")):
        bits |= 1 << FLAGS.index(f)
    return bits


def window(r):
    """scaled; that of a SYN never is, and none is none.  -1: tshark has not seen the SYNs"""
    size = int(r["tcp.window_size"])
    return size if r["tcp.window_size_scalefactor"] != "-1" or not size else None


def options(s):
    o, base = s["opts"], s.get("ack_abs", 0) - s.get("ack", 0)
    blocks = [f"{(a - base) % 2**32}-{(b - base) % 2**32}" for a, b in o.get("sack", [])]
    return [str(o.get(k, "")) for k in ("mss", "wscale", "tsval", "tsecr")] + [
        bool(o.get("sack_ok")), blocks]


def tshark_options(r):
    blocks = [f"{a}-{b}" for a, b in zip(*(filter(None, r[f"tcp.options.sack_{w}"].split(","))
                                           for w in ("le", "re")))]
    return [r[f"tcp.options.{w}"] for w in ("mss_val", "wscale.shift", "timestamp.tsval",
                                            "timestamp.tsecr")] + [
        bool(r["tcp.options.sack_perm"]), blocks]


def unknown(s):
    """a RST for which nothing listened is of no stream; tshark counts from it"""
    return 1 if "RST" in s["flags"] else None


def against_tshark(name, objs):
    convs = conversations(objs)
    segs = {i: [] for i in convs}
    for o in objs:
        if o["type"] == "segment":
            segs[o["conv"]].append(o)
    streams = per_stream(tshark(f"{folder}/{name}.pcap"))
    # tshark counts streams in the order of their first packets, and so do we
    ours = [(convs[i], sorted(segs[i], key=lambda s: s["n"])) for i in sorted(convs)]
    if name in TWICE:
        compare(name, "one arrow for the two sightings",
                [2 * len(ss) for _, ss in ours], [len(rows) for rows in streams])
        compare(name, "no packet is a repetition", [],
                [s["n"] for _, ss in ours for s in ss if kind(s)])
        return
    compare(name, "streams", [len(s) for _, s in ours], [len(s) for s in streams])
    compare(name, "segments",
            [f"{i + 1}/{s['n']} {c['client' if s['dir'] == 'c>s' else 'server']['port']} "
             f"seq {s.get('seq', unknown(s))} ack {s.get('ack', 0)} flags {flag_bits(s['flags']):#06x} "
             f"len {s['len']}" for i, (c, ss) in enumerate(ours) for s in ss],
            [f"{i + 1}/{n + 1} {r['tcp.srcport']} seq {r['tcp.seq']} ack {r['tcp.ack'] or 0} "
             f"flags {int(r['tcp.flags'], 16):#06x} len {r['tcp.len']}"
             for i, rows in enumerate(streams) for n, r in enumerate(rows)])
    compare(name, "windows in bytes, TTL, options",
            [f"{i + 1}/{s['n']} {s.get('win_bytes')} {s['ttl']} {options(s)}"
             for i, (_, ss) in enumerate(ours) for s in ss],
            [f"{i + 1}/{n + 1} {window(r)} {r['ip.ttl'] or r['ipv6.hlim']} {tshark_options(r)}"
             for i, rows in enumerate(streams) for n, r in enumerate(rows)])
    compare(name, "completeness", [c["completeness"] for c, _ in ours],
            [int(rows[-1]["tcp.completeness"]) for rows in streams])
    told = [{s["n"]: kind(s) for s in ss if kind(s)} for _, ss in ours]
    other = [{n + 1: tshark_kind(r) for n, r in enumerate(rows) if tshark_kind(r)}
             for rows in streams]
    # tshark knows no PAWS (RFC 7323, 5), but its timestamps tell of whom it is true
    paws = [{s["n"] for s in ss if "paws" in {m.get("reason") for m in s["marks"]}} &
            older(rows, "echoed") - set(o) for (_, ss), o, rows in zip(ours, other, streams)]
    compare(name, f"repeated or out of order ({sum(map(len, paws))} by PAWS alone)",
            [sorted(set(t) - p) for t, p in zip(told, paws)], [sorted(o) for o in other])
    told_apart(name, ours, told, other, [either(rows) for rows in streams],
               [repeated(rows) for rows in streams])
    windows(name, ours, streams)
    compare(name, "keepalives and probes",
            [[s["n"] for s in ss if PROBES & words(s)] for _, ss in ours],
            [[n + 1 for n, r in enumerate(rows)
              if r["tcp.analysis.zero_window_probe"] or
              r["tcp.analysis.keep_alive"] and n + 1 not in unacknowledged(ss)]
             for (_, ss), rows in zip(ours, streams)])


def unacknowledged(segments):
    """those that were sent while something of their sender's had not been acknowledged, or
    that acknowledge less than an earlier one of it: none is a keepalive (RFC 9293, 3.8.4),
    but an ACK that the FIN overtook looks like one"""
    top, acked, found = {}, {}, set()
    for s in segments:
        other = "s>c" if s["dir"] == "c>s" else "c>s"
        if (top.get(s["dir"], 0) > acked.get(s["dir"], 0)
                or s.get("ack", 0) < acked.get(other, 0)):
            found.add(s["n"])
        top[s["dir"]] = max(top.get(s["dir"], 0), s.get("seq", 0) + length(s))
        acked[other] = max(acked.get(other, 0), s.get("ack", 0))
    return found


def excuse(s, ours, theirs, under_way, probe, overtaken, pending):
    """why the two say different things of a segment; docs/limitations.md tells of
    each.  None: that is not explained"""
    if ours == theirs:
        return None
    differ = ours ^ theirs
    said = {m["name"]: m for m in s["marks"]}
    if differ == {"duplicate-ack", "window-update"} and said.get("duplicate-ack", {}).get(
            "reason") == "sack":
        return "duplicate by a new SACK block, with another window"
    if differ == {"duplicate-ack"} and "duplicate-ack" in theirs and not under_way:
        return "nothing is under way that it could be a duplicate for"
    if differ <= {"duplicate-ack", "window-update"} and overtaken:
        return "acknowledgements that came in another order"
    if differ == {"keepalive"} and s["n"] in pending:
        return "a keepalive while something is under way"
    if differ == {"persist-probe", "keepalive"} and "persist-probe" in ours and not s["len"]:
        return "a probe of a window of 0 that carries no octet"
    if differ == {"persist-ack"} and "persist-ack" in ours and probe and not probe["len"]:
        return "a probe of a window of 0 that carries no octet"
    return None


def windows(name, ours, streams):
    """duplicate ACKs with their numbers, windows, probes and their answers"""
    wrong, excused, agreed = [], {}, 0
    for (c, ss), rows in zip(ours, streams):
        top = {"c>s": 0, "s>c": 0}
        acks = {"c>s": [0], "s>c": [0]}  # the greatest, and the one before
        late, pending = older(rows, "sent"), unacknowledged(ss)
        probe = {}
        odd = False
        for s, r in zip(ss, rows):
            other = "s>c" if s["dir"] == "c>s" else "c>s"
            mine = {m["name"]: m for m in s["marks"] if m["name"] in WINDOWS.values()}
            theirs = {w for f, w in WINDOWS.items() if r[f]}
            ack, seen = s.get("ack", 0), acks[s["dir"]]
            why = excuse(s, set(mine), theirs, top[other] > ack, probe.get(other),
                         min(ack, seen[-1]) < seen[0] or s["n"] in late, pending)
            acks[s["dir"]] = [max(ack, seen[0]), ack]
            where = f"{c['conv']}/{s['n']}"
            if why:
                excused[why] = excused.get(why, 0) + 1
                odd = True
            elif set(mine) != theirs:
                wrong.append(f"{where}: nettrace {sorted(mine)}, tshark {sorted(theirs)}")
            elif "duplicate-ack" in mine and not odd and (
                    mine["duplicate-ack"]["n"] != int(r["tcp.analysis.duplicate_ack_num"])):
                wrong.append(f"{where}: which duplicate: nettrace {mine['duplicate-ack']['n']},"
                             f" tshark {r['tcp.analysis.duplicate_ack_num']}")
            else:
                agreed += len(theirs)
            if PROBES & set(mine):
                probe[s["dir"]] = s
            top[s["dir"]] = max(top[s["dir"]], s.get("seq", 0) + length(s))
    ktap(not wrong, f"{name}: duplicate ACKs, windows, probes and answers"
         f" ({agreed} alike{''.join(f'; {n}: {w}' for w, n in sorted(excused.items()))})", wrong)


def length(s):
    """in sequence space"""
    return s["len"] + s["flags"].count("SYN") + s["flags"].count("FIN")


def words(s):
    return {m["name"] for m in s["marks"]}


PROBES = {"keepalive", "persist-probe"}


def kind(s):
    """what is repeated or late: R by its sender, O out of order, C a copy, or overtaken by
    what was sent again"""
    if PROBES & words(s):
        return None
    if {"retransmission", "spurious-retransmission"} & words(s):
        return "R"
    if "out-of-order" in words(s) and length(s):
        return "O"
    return "C" if "old-duplicate" in words(s) and length(s) else None


def older(rows, than):
    """the segments whose timestamp is older than what their receiver had echoed: it
    refuses them; or than what their sender had sent: they were overtaken"""
    newest, found = {}, set()
    for n, r in enumerate(rows):
        if not r["tcp.options.timestamp.tsval"] or int(r["tcp.flags"], 16) & 4:
            continue
        val, ecr = (int(r[f"tcp.options.timestamp.{w}"]) for w in ("tsval", "tsecr"))
        end = r["tcp.srcport"]
        if end in newest and (val - newest[end]) & 0x80000000:
            found.add(n + 1)
        if than == "echoed":
            end, val = r["tcp.dstport"], ecr
            if not int(r["tcp.flags"], 16) & 0x10:
                continue
        if end not in newest or not (val - newest[end]) & 0x80000000:
            newest[end] = val
    return found


def tshark_kind(r):
    if any(r[f] for f in RETRANSMISSION):
        return "R"
    return "O" if r["tcp.analysis.out_of_order"] else None


def resent(name, ours):
    """what the senders' own sockets say: for each conversation of ours, the segments
    that passed the place of capture and that they had sent before"""
    here = objects("timeline", f"{folder}/{name}.here.ntr")
    times = set()
    for o in objects("timeline", f"{folder}/{name}.all.ntr"):
        if o["type"] == "segment" and any(
                m["name"].endswith("retransmission") and m["basis"] == "observed"
                for m in o["marks"]):
            times |= {s["t"] for s in o["sightings"]}
    told = {i: set() for i in conversations(here)}
    for o, which in occurrences(o for o in here if o["type"] == "segment"):
        if o["sightings"][0]["t"] in times:
            told[o["conv"]].add(which)
    return [{o["n"] for o, which in occurrences(ss) if which in t}
            for (_, ss), t in zip(ours, (told[i] for i in sorted(told)))]


def occurrences(segments):
    """each with what tells it from the others of its conversation: two CPUs may see it
    in another order at the hook than tcpdump does"""
    seen = {}
    for o in segments:
        key = (o["conv"], o["dir"], o.get("seq"), o["len"], tuple(o["flags"]))
        seen[key] = seen.get(key, 0) + 1
        yield o, key[1:] + (seen[key],)


def first_here(segments, candidates):
    """of these segments, those of which nothing passed here before, nor anything
    behind them: no one can tell here that they had been sent before"""
    top, first = {}, set()
    for o in segments:
        end = o.get("seq", 0) + length(o)
        if o["n"] in candidates and o.get("seq", 0) >= top.get(o["dir"], 0):
            first.add(o["n"])
        top[o["dir"]] = max(top.get(o["dir"], 0), end)
    return first


def either(rows):
    """a SYN,ACK that came twice, sooner than by its timer (RFC 6298: a second) and alike in
    each bit, its identification being 0: the network copied it, or the SYN it answers"""
    bits = ("tcp.srcport", "tcp.seq", "tcp.ack", "tcp.options.timestamp.tsval",
            "tcp.options.timestamp.tsecr")
    seen, found = {}, set()
    for n, r in enumerate(rows):
        if int(r["tcp.flags"], 16) & 0x17 != 0x12 or not r["ip.id"] or int(r["ip.id"], 16):
            continue
        key, at = tuple(r[b] for b in bits), float(r["frame.time_epoch"])
        if key in seen and at - seen[key] < 1:
            found.add(n + 1)
        seen[key] = at
    return found


def repeated(rows):
    """the segments that had passed here before: what its sender did not send again is a
    copy then, or overtaken by its repetition.  tshark calls some of them out of order"""
    seen, found = set(), set()
    for n, r in enumerate(rows):
        key = (r["tcp.srcport"], r["tcp.seq"], r["tcp.len"])
        if key in seen:
            found.add(n + 1)
        seen.add(key)
    return found


def told_apart(name, ours, told, other, unsure, twice):
    """retransmission, out of order, copy: the sender knows, tshark and we conclude"""
    truth = resent(name, ours)
    unseen = [first_here(ss, t) for (_, ss), t in zip(ours, truth)]
    compare(name, "retransmissions, by their senders"
            f" ({sum(map(len, unseen))} of what had not passed here before,"
            f" {sum(map(len, unsure))} SYN,ACKs that nothing tells apart)",
            [sorted(n for n in t if t[n] == "R" and n not in e) for t, e in zip(told, unsure)],
            [sorted(t - u - e) for t, u, e in zip(truth, unseen, unsure)])
    both = [(i + 1, n, t[n], o[n], "R" if n in tr else "C" if n in c else "O")
            for i, (t, o, tr, c) in enumerate(zip(told, other, truth, twice))
            for n in t if n in o and t[n] != o[n]]
    wrong = [f"{i}/{n}: nettrace {a}, tshark {b}, it is {is_}" for i, n, a, b, is_ in both
             if a != is_]
    ktap(not wrong, f"{name}: where tshark tells them apart otherwise, the sender sides with us"
         f" ({len(both)} segments)", wrong)


def ends(c):
    return "{addr}:{port} > ".format(**c["client"]) + "{addr}:{port}".format(**c["server"])


def summary(c, keys):
    return ends(c) + " " + " ".join(f"{k}={json.dumps(c[k])}" for k in keys)


def lives(objs):
    """the states of each end, one after the other, but for what no segment shows: a
    time-out, a SYN that is given up, and what TIME-WAIT does by itself"""
    said = []
    for i, c in conversations(objs).items():
        for end in ("client", "server"):
            states = []
            for o in objs:
                if o["type"] != "transition" or (o["conv"], o["end"]) != (i, end):
                    continue
                cause = o.get("cause") or {}
                alone = o["from"] == "TIME-WAIT" or "timer" in cause or (
                    o["from"] == "SYN-SENT" and o["to"] == "CLOSED" and "segment" not in cause)
                if not alone and o["to"] not in states[-1:]:
                    states.append(o["to"])
            said.append(f"{ends(c)} {end}: {' '.join(states)}")
    return sorted(said)


def against_live(name, objs):
    replayed = conversations(objs)
    here = conversations(objects("timeline", f"{folder}/{name}.here.ntr"))
    everywhere = objects("timeline", f"{folder}/{name}.all.ntr")
    every = conversations(everywhere)
    keys = ["opened", "closed", "completeness", "bytes", "segments", "retransmissions"]
    compare(name, "live, same place", sorted(summary(c, keys) for c in replayed.values()),
            sorted(summary(c, keys) for c in here.values()))
    keys = ["opened", "closed", "completeness", "bytes"]
    compare(name, "live, all places", sorted(summary(c, keys) for c in replayed.values()),
            sorted(summary(c, keys) for c in every.values()))
    have, want = lives(objs), lives(everywhere)
    compare(name, f"states of both ends, inferred, and the kernel's own ({len(want)})", have, want)


# what of a packet tshark tells, by our name of the protocol; some columns are lists
LABELS = ["dns.qry.type", "dns.qry.name", "dns.flags.response", "dns.flags.rcode", "dns.a", "dns.aaaa",
          "http.request.method", "http.request.uri", "http.request.version",
          "http.response.version", "http.response.code", "http.response.phrase",
          "tls.handshake.type", "tls.handshake.extensions_server_name", "tls.alert_message.desc",
          "tftp.opcode", "tftp.source_file"]
TYPES = {"1": "A", "28": "AAAA"}
RCODES = {"0": "no answer", "2": "SERVFAIL", "3": "NXDOMAIN", "5": "REFUSED"}


def tshark_label(r):
    """in the words that nettrace has"""
    if r["dns.qry.name"]:
        text = f"dns {TYPES[r['dns.qry.type']]} {r['dns.qry.name']}"
        if r["dns.flags.response"] in ("0", "False"):
            return text + "?"
        values = ", ".join(filter(None, (r["dns.a"] + "," + r["dns.aaaa"]).split(",")))
        return f"{text}: {values or RCODES[r['dns.flags.rcode']]}"
    if r["http.request.method"]:
        return "http " + " ".join(r[f"http.request.{w}"] for w in ("method", "uri", "version"))
    if r["http.response.code"]:
        return "http " + " ".join(r[f"http.response.{w}"] for w in ("version", "code", "phrase"))
    if r["tls.handshake.type"] == "1":
        return f"tls ClientHello {r['tls.handshake.extensions_server_name']}"
    if r["tftp.opcode"] in ("1", "2"):
        return f"tftp {['read', 'write'][int(r['tftp.opcode']) - 1]} {r['tftp.source_file']}"
    return None


def label(o):
    text = o["app"]["text"]
    return f"{o['app']['name']} {text.removesuffix(' TLS 1.3')}"


def packets(objs):
    return sorted((o for o in objs if o["type"] in ("segment", "datagram") and "icmp" not in o),
                  key=lambda o: o["t"])


def by_way(objs):
    """the labels from one end to the other, in their order"""
    ends = {o["conv"]: (o["client"], o["server"]) for o in objs if o["type"] == "conversation"}
    ways = {}
    for o in packets(objs):
        client, server = (f"{e['addr']}:{e['port']}" for e in ends[o["conv"]])
        way = f"{client} {server}" if o["dir"] == "c>s" else f"{server} {client}"
        ways.setdefault(way, []).extend([label(o)] if "app" in o else [])
    return [(w, ways[w]) for w in sorted(ways)]


def labels(name, objs):
    args = ["tshark", "-r", f"{folder}/{name}.pcap", "-Y", "(tcp || udp) && !icmp && !icmpv6",
            "-o", "tcp.desegment_tcp_streams:FALSE", "-d", "tcp.port==8000,http",
            "-d", "tcp.port==8443,tls", "-T", "fields"]
    for f in LABELS:
        args += ["-e", f]
    rows = [dict(zip(LABELS, line.split("\t"))) for line in run(*args).splitlines()]
    ours = packets(objs)
    compare(name, "packets", [len(ours)], [len(rows)])
    told = [f"{i + 1}: {label(o)}" for i, o in enumerate(ours) if "app" in o]
    other = [f"{i + 1}: {tshark_label(r)}" for i, r in enumerate(rows) if tshark_label(r)]
    compare(name, f"labels ({len(other)})", told, other)
    ktap(len(other) >= 15, f"{name}: there are labels of all kinds")
    for o in other:
        print(f"# {o}")
    # between a hook and its device, what goes out can be overtaken by what comes in
    there = objects("timeline", f"{folder}/{name}.here.ntr")
    compare(name, "labels, live", by_way(objs), by_way(there))


def same_in_all_commands(name, objs):
    """list and timeline let go of other things than replay does"""
    path = f"{folder}/{name}.pcap"
    replayed = conversations(objs)
    for command in ("list", "timeline"):
        others = conversations(objects(command, path))
        compare(name, f"{command} and replay", [others[i] for i in sorted(others)],
                [replayed[i] for i in sorted(replayed)])


print("TAP version 13")
for n in names:
    replay = objects("replay", f"{folder}/{n}.pcap")
    against_tshark(n, replay)
    against_live(n, replay)
    same_in_all_commands(n, replay)
    if n == "labels":
        labels(n, replay)
print(f"1..{number}")
sys.exit(1 if failed else 0)
