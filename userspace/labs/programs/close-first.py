# SPDX-License-Identifier: GPL-2.0-only
# A server that serves one client and closes first. "reuse" sets SO_REUSEADDR.
# Usage: close-first.py ADDRESS PORT [reuse]
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
if len(sys.argv) > 3:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind((sys.argv[1], int(sys.argv[2])))
except OSError as error:
    print('bind() failed:', error)
    sys.exit(1)
server.listen(5)
print('listening')
conn, addr = server.accept()
conn.send(b'bye')
conn.close()
server.close()
