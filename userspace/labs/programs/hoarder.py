# SPDX-License-Identifier: GPL-2.0-only
# Listens with a short queue and never calls accept().
# Usage: hoarder.py ADDRESS PORT BACKLOG
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(int(sys.argv[3]))
input()
