# SPDX-License-Identifier: GPL-2.0-only
# Sends an empty message by TCP, then, when it is told to, closes.
# Usage: empty.py ADDRESS PORT
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((sys.argv[1], int(sys.argv[2])))
n = client.send(b'')
print('send() of nothing returned', n)
input()
client.close()
