# SPDX-License-Identifier: GPL-2.0-only
# Sends N bytes by calls that do not wait, until one takes nothing; closes when told.
# Usage: part.py ADDRESS PORT N
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 20000)
client.connect((sys.argv[1], int(sys.argv[2])))
client.setblocking(False)
data = b'x' * int(sys.argv[3])
try:
    while data:
        n = client.send(data)
        print('send() was given', len(data), 'bytes and took', n)
        data = data[n:]
except BlockingIOError as error:
    print('send() took nothing:', error)
input()
client.close()
