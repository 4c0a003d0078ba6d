# SPDX-License-Identifier: GPL-2.0-only
# Reads when it is told to, and prints how much each recv() returned.
# Usage: recv-each.py ADDRESS PORT
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
conn, addr = server.accept()
input()
print('the first recv() returned', len(conn.recv(65536)), 'bytes')
total = 0
while True:
    data = conn.recv(65536)
    if not data:
        break
    total += len(data)
print('the others', total)
conn.close()
server.close()
