# SPDX-License-Identifier: GPL-2.0-only
# A server that ends connections badly. Each client has its own way:
#   1st: it is closed with bytes unread;  2nd: closed with SO_LINGER 0.
# Usage: reset.py ADDRESS PORT
import socket
import struct
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)

conn, addr = server.accept()
conn.recv(1)  # the rest stays unread
conn.close()
print('closed with bytes unread')

conn, addr = server.accept()
conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
conn.recv(1024)
conn.close()
print('closed with SO_LINGER 0')
