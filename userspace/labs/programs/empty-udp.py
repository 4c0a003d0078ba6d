# SPDX-License-Identifier: GPL-2.0-only
# Sends an empty datagram, and prints how long the answer is.
# Usage: empty-udp.py ADDRESS PORT
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.sendto(b'', (sys.argv[1], int(sys.argv[2])))
client.settimeout(2)
print('an answer of', len(client.recv(1024)), 'bytes')
