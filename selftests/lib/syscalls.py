#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""syscalls.py TRACE EVENTS PID... - system calls on sockets, as two have seen them

TRACE is the kernel's trace of raw_syscalls:sys_enter and sys_exit, EVENTS are
evdump's lines.  Of these processes: each call of nettrace's list on a descriptor
that socket() or accept() gave must be in both, with the same arguments and result, in
the same order, and nothing else.  Prints what differs, then the counts.
"""
import collections
import re
import sys

# x86-64; which of the arguments 1 to 3 are values
CALLS = {
    41: ("socket", (1, 2)), 49: ("bind", (2,)), 50: ("listen", (1,)), 42: ("connect", (2,)),
    43: ("accept", ()), 288: ("accept4", (3,)), 44: ("sendto", (2, 3)), 46: ("sendmsg", (2,)),
    307: ("sendmmsg", (2, 3)), 45: ("recvfrom", (2, 3)), 47: ("recvmsg", (2,)),
    299: ("recvmmsg", (2, 3)), 0: ("read", (2,)), 19: ("readv", (2,)), 1: ("write", (2,)),
    20: ("writev", (2,)), 40: ("sendfile", (1, 3)), 48: ("shutdown", (1,)), 3: ("close", ()),
}
ENTER = re.compile(r"-(\d+)\s+.* (\d+\.\d+): sys_enter: NR (-?\d+) \(([^)]*)\)")
EXIT = re.compile(r"-(\d+)\s+.* (\d+\.\d+): sys_exit: NR (-?\d+) = (-?\d+)")


def s64(x):
    return x - (1 << 64) if x >> 63 else x


def traced(path, pids):
    calls, under_way, sockets = [], {}, collections.defaultdict(set)
    for line in open(path):
        m = ENTER.search(line)
        if m and int(m[1]) in pids and int(m[3]) in CALLS:
            under_way[int(m[1])] = (int(m[3]), [int(a, 16) for a in m[4].split(",")])
        m = EXIT.search(line)
        if not m or int(m[1]) not in under_way:
            continue
        tid, ret = int(m[1]), int(m[4])
        nr, arg = under_way.pop(tid)
        if nr != int(m[3]):
            continue
        name, values = CALLS[nr]
        fd = s64(arg[0])
        if name == "socket":
            if arg[0] not in (2, 10):
                continue
        elif fd not in sockets[tid]:
            continue
        if name in ("socket", "accept", "accept4") and ret >= 0:
            sockets[tid].add(ret)
        if name == "close":
            sockets[tid].discard(fd)
        calls.append((tid, name, fd, tuple(s64(arg[i]) if i in values else 0 for i in (1, 2, 3)), ret))
    return calls


def recorded(path, pids):
    rows = []
    for line in open(path):
        if line.startswith("call "):
            k = dict(kv.split("=", 1) for kv in line.split()[1:])
            rows.append((int(k["t"]), int(k["cpu"]), int(k["n"]), k))
    calls, under_way = [], {}
    for _, _, _, k in sorted(rows, key=lambda r: r[:3]):
        tid, nr = int(k["tid"]), int(k["syscall"])
        if int(k["pid"]) not in pids:
            continue
        if k["phase"] == "ENTER":
            under_way[tid] = (nr, k)
        elif tid in under_way and under_way[tid][0] == nr:
            e = under_way.pop(tid)[1]
            calls.append((tid, CALLS[nr][0], int(e["fd"]), tuple(int(a) for a in e["args"].split(",")),
                          int(k["result"])))
    return calls


def main():
    pids = {int(p) for p in sys.argv[3:]}
    want, have = traced(sys.argv[1], pids), recorded(sys.argv[2], pids)
    wrong = 0
    for tid in pids:
        a = [c for c in want if c[0] == tid]
        b = [c for c in have if c[0] == tid]
        for i in range(max(len(a), len(b))):
            if i >= len(a) or i >= len(b) or a[i] != b[i]:
                print("differs:", a[i] if i < len(a) else None, b[i] if i < len(b) else None)
                wrong = 1
                break
    for name, n in sorted(collections.Counter(c[1] for c in have).items()):
        print(f"count {name}: {n}")
    return wrong


sys.exit(main())
