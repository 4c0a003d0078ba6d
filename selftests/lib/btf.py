#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""btf.py STRUCT MEMBER - the byte at which the running kernel's STRUCT has MEMBER

From /sys/kernel/btf/vmlinux (Documentation/bpf/btf.rst), looking into unnamed
unions and structs; exit status 1 if it is not there.
"""
import struct
import sys

data = open("/sys/kernel/btf/vmlinux", "rb").read()
_, _, _, hdr_len, type_off, type_len, str_off, _ = struct.unpack_from("<HBBIIIII", data)
strings = hdr_len + str_off
STRUCT, UNION = 4, 5


def name(off):
    return data[strings + off:data.index(b"\0", strings + off)].decode()


types, at, end = [None], hdr_len + type_off, hdr_len + type_off + type_len
while at < end:
    name_off, info, _ = struct.unpack_from("<III", data, at)
    kind, vlen, flag = info >> 24 & 31, info & 0xFFFF, info >> 31
    types.append((kind, name_off, at + 12, vlen, flag))
    at += 12 + {1: 4, 3: 12, 4: 12 * vlen, 5: 12 * vlen, 6: 8 * vlen, 13: 8 * vlen, 14: 4,
                15: 12 * vlen, 17: 4, 19: 12 * vlen}.get(kind, 0)


def find(t, member):
    kind, _, at, vlen, flag = types[t]
    if kind not in (STRUCT, UNION):
        return None
    for i in range(vlen):
        name_off, inner, bits = struct.unpack_from("<III", data, at + 12 * i)
        bits = bits & 0xFFFFFF if flag else bits
        if name(name_off) == member:
            return bits // 8
        if not name_off:
            below = find(inner, member)
            if below is not None:
                return bits // 8 + below
    return None


for number, t in enumerate(types):
    if t and t[0] == STRUCT and name(t[1]) == sys.argv[1]:
        where = find(number, sys.argv[2])
        if where is not None:
            print(where)
            sys.exit(0)
sys.exit(1)
