# SPDX-License-Identifier: GPL-2.0-only
# Accepts one client and reads nothing until it is told to (a line on its input).
# Usage: slow-reader.py ADDRESS PORT [SO_RCVBUF] [eager]
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if len(sys.argv) > 3:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(sys.argv[3]))
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
conn, addr = server.accept()
print('accepted')
if len(sys.argv) <= 4:
    input()
total = 0
while True:
    data = conn.recv(65536)
    if not data:
        break
    total += len(data)
print('read', total, 'bytes')
conn.close()
server.close()
