# SPDX-License-Identifier: GPL-2.0-only
# Reads until the client has sent all, then answers: the answer is the sum of it.
# Usage: half-close-server.py ADDRESS PORT
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
conn, addr = server.accept()
total = 0
while True:
    data = conn.recv(1024)
    if not data:
        break
    total += len(data)
input()
conn.send(f'you sent {total} bytes'.encode('utf-8'))
conn.close()
server.close()
