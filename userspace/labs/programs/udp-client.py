# SPDX-License-Identifier: GPL-2.0-only
# Sends one datagram and waits a second for an answer.
# Usage: udp-client.py ADDRESS PORT TEXT
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(1)
client.connect((sys.argv[1], int(sys.argv[2])))
try:
    client.send(sys.argv[3].encode('utf-8'))
    print('received:', client.recv(2048).decode('utf-8'))
except socket.timeout:
    print('no answer')
except OSError as error:
    print(type(error).__name__ + ':', error)
client.close()
