# SPDX-License-Identifier: GPL-2.0-only
# A server that answers, and closes only when it is told to (a line on its input).
# Usage: close-later.py ADDRESS PORT
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
conn, addr = server.accept()
while True:
    data = conn.recv(1024)
    if not data:
        print('recv() returned nothing: the client has closed')
        break
    conn.send(data.upper())
input()
conn.close()
server.close()
