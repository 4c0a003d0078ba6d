# SPDX-License-Identifier: GPL-2.0-only
# A SYN of a connection that nobody wants any more, made by hand.
# Usage: old-syn.py OWN-ADDRESS OWN-PORT ADDRESS PORT
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


src, sport, dst, dport = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
tcp = struct.pack('!HHIIBBHHH', sport, dport, 1000, 0, 5 << 4, 2, 64240, 0, 0)
pseudo = socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack('!BBH', 0, 6, len(tcp))
tcp = tcp[:16] + struct.pack('!H', checksum(pseudo + tcp)) + tcp[18:]
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
s.bind((src, 0))
s.sendto(tcp, (dst, 0))
print('an old SYN, seq 1000, from port', sport)
