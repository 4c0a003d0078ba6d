#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""oracle.py - what the kernel's own tracing saw of TCP's states, against nettrace

  oracle.py talk ADDR [ADDR6]   traffic of every kind to the servers of "serve"
  oracle.py serve ADDR [ADDR6]  prints "ready", serves until it is killed
  oracle.py compare TRACE EVENTS
        TRACE: the kernel's trace of sock:inet_sock_set_state and of the kprobes
        that oracle.sh sets; EVENTS: evdump's lines.  Prints what differs, one a
        line; then the counts, and how late the mini sockets' ends were seen.

Sockets are told apart by their addresses, and one after the other on the same
addresses by the order of time: each step of the one list must be the next step of
the other.
"""
import collections
import ipaddress
import re
import socket
import struct
import sys
import time

PORT = 8080
LINGER0 = struct.pack("ii", 1, 0)

# ---- traffic ----------------------------------------------------------------


def families(addrs):
    return [(socket.AF_INET6 if ":" in a else socket.AF_INET, a) for a in addrs]


def serve(addrs):
    """the server does what the first byte it gets asks for"""
    import select
    import threading

    def one(c):
        try:
            what = c.recv(1)
            if what == b"c":  # it closes first
                c.sendall(b"x" * 3000)
                c.shutdown(socket.SHUT_WR)
                while c.recv(4096):
                    pass
            elif what == b"r":  # and this one aborts
                c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER0)
            elif what == b"h":  # half-closed by the client: an answer still comes
                while c.recv(4096):
                    pass
                c.sendall(b"y" * 100)
            elif what == b"u":  # closed with data that nobody read: RST
                c.recv(1)
            else:
                while c.recv(4096):
                    pass
        except OSError:
            pass
        c.close()

    ls = []
    for family, addr in families(addrs):
        s = socket.socket(family, socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((addr, PORT))
        s.listen(64)
        ls.append(s)
    print("ready", flush=True)
    while True:
        for s in select.select(ls, [], [])[0]:
            c, _ = s.accept()
            threading.Thread(target=one, args=(c,), daemon=True).start()


def talk_one(family, addr, what, port=PORT):
    s = socket.socket(family, socket.SOCK_STREAM)
    s.settimeout(20)
    try:
        s.connect((addr, port))
        s.sendall(what)
        if what == b"c":
            while s.recv(4096):
                pass
        elif what == b"r":
            s.recv(1)
        elif what == b"h":
            s.shutdown(socket.SHUT_WR)
            while s.recv(4096):
                pass
        elif what == b"u":
            s.sendall(b"z" * 5000)
            s.recv(1)
        elif what == b"a":  # the client aborts
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER0)
    except OSError:
        pass
    s.close()


def talk(addrs):
    for family, addr in families(addrs):
        for _ in range(5):
            for what in (b"n", b"c", b"r", b"h", b"u", b"a"):
                talk_one(family, addr, what)
        talk_one(family, addr, b"n", PORT + 1)  # nobody listens there
        # never connected, never heard of
        socket.socket(family, socket.SOCK_STREAM).close()
        # TIME-WAIT's addresses are used again
        a = socket.socket(family, socket.SOCK_STREAM)
        a.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        a.bind(("", 4444) if family == socket.AF_INET else ("::", 4444))
        a.connect((addr, PORT))
        a.close()
        for _ in range(2):
            time.sleep(1.2)  # a TIME-WAIT socket is taken over after a second
            a = socket.socket(family, socket.SOCK_STREAM)
            a.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            a.settimeout(20)
            try:
                a.bind(("", 4444) if family == socket.AF_INET else ("::", 4444))
                a.connect((addr, PORT))
                a.sendall(b"n")
            except OSError:
                pass
            a.close()


# ---- the kernel's trace -----------------------------------------------------

STATE = {
    1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2",
    6: "TIME_WAIT", 7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING",
    12: "NEW_SYN_RECV",
}
LINE = re.compile(r"\[(\d+)\]\s+\S+\s+(\d+\.\d+): (\w+): (.*)")


def keys(text):
    return dict(kv.split("=", 1) for kv in text.split() if "=" in kv)


def be32(x):
    return str(ipaddress.IPv4Address(struct.pack("<I", int(x, 16))))


def be128(words):
    a = ipaddress.IPv6Address(b"".join(struct.pack("<Q", int(w, 16)) for w in words))
    return str(a.ipv4_mapped or a)


def swab16(x):
    x = int(x, 16)
    return (x & 0xFF) << 8 | x >> 8


def of_sock(k):
    """(local, lport, remote, rport) of a struct sock_common as the kprobes have it"""
    if int(k["family"]) == socket.AF_INET6:
        return (be128((k["s0"], k["s1"])), int(k["num"]), be128((k["d0"], k["d1"])),
                swab16(k["dport"]))
    return be32(k["saddr"]), int(k["num"]), be32(k["daddr"]), swab16(k["dport"])


Step = collections.namedtuple("Step", "t key what old new cpu")


def read_trace(path):
    steps = []
    for line in open(path):
        m = LINE.search(line)
        if not m:
            continue
        cpu, t, name, rest = int(m[1]), int(float(m[2]) * 1e9), m[3], m[4]
        k = keys(rest.replace("(", " ").replace(")", " "))
        if name == "inet_sock_set_state":
            if k["protocol"] != "IPPROTO_TCP":
                continue
            v6 = k["family"] == "AF_INET6"
            addr = [str(ipaddress.ip_address(k[a + ("v6" if v6 else "")])) for a in ("saddr", "daddr")]
            addr = [str(getattr(ipaddress.ip_address(a), "ipv4_mapped", None) or a) for a in addr]
            steps.append(Step(t, (addr[0], int(k["sport"]), addr[1], int(k["dport"])), "full",
                              k["oldstate"][4:], k["newstate"][4:], cpu))
        elif name == "nts_req_begin":
            steps.append(Step(t, of_sock(k), "req-begin", "", "", cpu))
        elif name == "nts_req_free4" or name == "nts_req_free6":
            steps.append(Step(t, of_sock(k), "req-free", "", "", cpu))
        elif name == "nts_tw_begin":
            steps.append(Step(t, of_sock(k), "tw-begin", "", STATE[int(k["state"])], cpu))
        elif name == "nts_tw_kill":
            steps.append(Step(t, of_sock(k), "tw-kill", "", "", cpu))
    return sorted(steps, key=lambda s: s.t)


# ---- nettrace's events ------------------------------------------------------


def read_events(path):
    steps, lost = [], 0
    for line in open(path):
        kind, _, rest = line.partition(" ")
        k = keys(rest)
        if kind == "total":
            lost += int(k["lost"])
        if kind != "state":
            continue
        k["line"] = line.strip()
        steps.append(k)
    return sorted(steps, key=lambda k: (int(k["t"]), int(k["cpu"]), int(k["n"]))), lost


def tuple_of(k):
    return k["local"], int(k["lport"]), k["remote"], int(k["rport"])


def no_remote(key):
    return key[3] == 0


class Account:
    def __init__(self):
        self.wrong = []
        self.late = {"request": [], "time-wait": []}
        self.count = collections.Counter()

    def say(self, text):
        self.wrong.append(text)


BEGINNINGS = ("CLOSE", "LISTEN", "SYN_RECV")


def compare_full(oracle, events, acc):
    """each step of a full socket, in order, per socket: none missing, none invented"""
    want, have = collections.defaultdict(list), collections.defaultdict(list)
    for s in oracle:
        if s.what == "full":
            want[s.key].append((s.old, s.new))
    for k in events:
        if k["kind"] == "FULL" and k["what"] == "CHANGE":
            have[tuple_of(k)].append((k["old"], k["new"]))
        elif k["kind"] == "TIMEWAIT" and k["what"] == "BEGIN":
            # the kernel says CLOSE where TIME-WAIT, or an orphan's FIN-WAIT-2, begins
            have[tuple_of(k)].append((k["old"], "CLOSE"))
    for key in sorted(set(want) | set(have)):
        # the kernel's trace is of all namespaces: one of an earlier test may be
        # dying, with its sockets, whose beginnings were before this trace
        if want[key] and want[key][0][0] not in BEGINNINGS and not have[key]:
            acc.count["sockets of before"] += 1
            continue
        acc.count["transitions of full sockets"] += len(want[key])
        if want[key] != have[key]:
            acc.say(f"{key}: the kernel has {want[key]}, nettrace {have[key]}")


def compare_timewait(oracle, events, acc):
    want, have = collections.defaultdict(list), collections.defaultdict(list)
    ours = {tuple_of(k) for k in events}
    for s in oracle:
        if s.what == "tw-begin":
            want[s.key].append(["begin " + s.new, s.t])
        elif s.what == "tw-kill" and not want[s.key] and s.key not in ours:
            acc.count["sockets of before"] += 1
        elif s.what == "tw-kill":
            want[s.key].append(["end", s.t])
    for k in events:
        if k["kind"] != "TIMEWAIT":
            continue
        t = int(k["t"])
        if k["what"] == "BEGIN":
            have[tuple_of(k)].append(["begin " + k["new"], t])
        elif k["what"] == "END":
            have[tuple_of(k)].append(["end", t])
            acc.count["end of TIME-WAIT: " + k["why"].lower()] += 1
    for key in sorted(set(want) | set(have)):
        a, b = want[key], have[key]
        acc.count["steps of TIME-WAIT sockets"] += len(a)
        if [x[0] for x in a] != [x[0] for x in b]:
            acc.say(f"TIME-WAIT {key}: the kernel has {[x[0] for x in a]}, nettrace {[x[0] for x in b]}")
            continue
        acc.late["time-wait"] += [y[1] - x[1] for x, y in zip(a, b) if x[0] == "end"]


def compare_requests(oracle, events, acc):
    """a request ends with its child (which accept() frees later), or is freed"""
    want, have = collections.defaultdict(list), collections.defaultdict(list)
    promoted = set()
    for s in oracle:
        if s.what == "req-begin":
            want[s.key].append(["begin", s.t])
        elif s.what == "full" and (s.old, s.new) == ("SYN_RECV", "ESTABLISHED"):
            if want[s.key] and want[s.key][-1][0] == "begin":
                want[s.key].append(["promoted", s.t])
                promoted.add(s.key)
        elif s.what == "req-free":
            if want[s.key] and want[s.key][-1][0] == "begin":
                want[s.key].append(["end", s.t])
    for k in events:
        if k["kind"] != "REQUEST":
            continue
        t = int(k["t"])
        if k["what"] == "BEGIN":
            have[tuple_of(k)].append(["begin", t])
        elif k["what"] == "END":
            have[tuple_of(k)].append(["promoted" if k["why"] == "PROMOTED" else "end", t])
            acc.count["end of a request: " + k["why"].lower()] += 1
    for key in sorted(set(want) | set(have)):
        a, b = want[key], have[key]
        acc.count["steps of request sockets"] += len(a)
        if [x[0] for x in a] != [x[0] for x in b]:
            acc.say(f"request {key}: the kernel has {[x[0] for x in a]}, nettrace {[x[0] for x in b]}")
            continue
        acc.late["request"] += [y[1] - x[1] for x, y in zip(a, b) if x[0] == "end"]


def compare(trace, events):
    oracle = read_trace(trace)
    mine, lost = read_events(events)
    acc = Account()
    if lost:
        acc.say(f"{lost} events of nettrace were lost")
    compare_full(oracle, mine, acc)
    compare_timewait(oracle, mine, acc)
    compare_requests(oracle, mine, acc)
    for text in acc.wrong:
        print("differs:", text)
    for name, n in sorted(acc.count.items()):
        print(f"count {name}: {n}")
    for name, late in acc.late.items():
        late.sort()
        if late:
            print(f"late {name} median={late[len(late) // 2] / 1e6:.1f} max={late[-1] / 1e6:.1f}"
                  f" min={late[0] / 1e6:.1f} n={len(late)}")
    return 1 if acc.wrong else 0


if sys.argv[1] == "serve":
    serve(sys.argv[2:])
elif sys.argv[1] == "talk":
    talk(sys.argv[2:])
else:
    sys.exit(compare(sys.argv[2], sys.argv[3]))
