# SPDX-License-Identifier: GPL-2.0-only
# Three short sends, then a long one.
# Usage: three-sends.py ADDRESS PORT [one]
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((sys.argv[1], int(sys.argv[2])))
if len(sys.argv) > 3:
    client.send(b'a')
else:
    for byte in (b'a', b'b', b'c'):
        client.send(byte)
print('sent')
input()
client.sendall(b'x' * 4000)
client.close()
