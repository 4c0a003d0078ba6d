# SPDX-License-Identifier: GPL-2.0-only
# Connects with SO_KEEPALIVE and waits for bytes that never come.
# Usage: keepalive.py ADDRESS PORT IDLE INTERVAL COUNT
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, int(sys.argv[3]))
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, int(sys.argv[4]))
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, int(sys.argv[5]))
client.connect((sys.argv[1], int(sys.argv[2])))
print('connected')
try:
    client.recv(1024)
    print('the server has closed')
except OSError as error:
    print(type(error).__name__ + ':', error)
