# SPDX-License-Identifier: GPL-2.0-only
# The echo client of the course notes: each line that it reads it sends, and prints
# the answer; a line "q" ends it.
# Usage: echo-client.py ADDRESS PORT
import socket
import sys

address, port = sys.argv[1], int(sys.argv[2])
family = socket.AF_INET6 if ':' in address else socket.AF_INET
client = socket.socket(family, socket.SOCK_STREAM)
client.connect((address, port))
print('connected')
while True:
    msg = input()
    if msg == 'q':
        break
    client.send(msg.encode('utf-8'))
    print(client.recv(1024).decode('utf-8'))
client.close()
