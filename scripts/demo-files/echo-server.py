# SPDX-License-Identifier: GPL-2.0-only
# The echo server of the course notes: what it receives, it sends back in capitals.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('10.0.2.2', 8090))
server.listen(5)

conn, client_addr = server.accept()
while True:
    data = conn.recv(1024)
    if not data:
        break
    conn.send(data.upper())
conn.close()
server.close()
