# SPDX-License-Identifier: GPL-2.0-only
# The UDP echo server of the course notes.
# Usage: udp-server.py ADDRESS PORT
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], int(sys.argv[2])))
while True:
    data, client_addr = server.recvfrom(2048)
    print('a datagram of', len(data), 'bytes')
    server.sendto(data.upper(), client_addr)
