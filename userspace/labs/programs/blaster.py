# SPDX-License-Identifier: GPL-2.0-only
# Connects and sends N bytes as fast as it may.
# Usage: blaster.py ADDRESS PORT BYTES
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((sys.argv[1], int(sys.argv[2])))
client.sendall(b'x' * int(sys.argv[3]))
client.close()
print('sent all')
