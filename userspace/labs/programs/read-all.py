# SPDX-License-Identifier: GPL-2.0-only
# Connects, reads until the server has sent all, closes.
# Usage: read-all.py ADDRESS PORT
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((sys.argv[1], int(sys.argv[2])))
total = 0
while True:
    data = client.recv(65536)
    if not data:
        break
    total += len(data)
print('received', total, 'bytes, then nothing')
client.close()
