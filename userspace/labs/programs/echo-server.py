# SPDX-License-Identifier: GPL-2.0-only
# The echo server of the course notes: what it receives, it sends back in capitals.
# Usage: echo-server.py ADDRESS PORT [CONNECTIONS]
import socket
import sys

address, port = sys.argv[1], int(sys.argv[2])
connections = int(sys.argv[3]) if len(sys.argv) > 3 else 1

family = socket.AF_INET6 if ':' in address else socket.AF_INET
server = socket.socket(family, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((address, port))
server.listen(5)
for _ in range(connections):
    conn, client_addr = server.accept()
    print('a client:', client_addr[0])
    while True:
        data = conn.recv(1024)
        if not data:
            break
        conn.send(data.upper())
    conn.close()
server.close()
