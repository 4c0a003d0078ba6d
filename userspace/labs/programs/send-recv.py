# SPDX-License-Identifier: GPL-2.0-only
# Connects, sends a text, waits for an answer, and says what became of it.
# Usage: send-recv.py ADDRESS PORT TEXT
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    client.connect((sys.argv[1], int(sys.argv[2])))
    client.send(sys.argv[3].encode('utf-8'))
    print('received:', client.recv(1024).decode('utf-8'))
except OSError as error:
    print(type(error).__name__ + ':', error)
client.close()
