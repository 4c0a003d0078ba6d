# SPDX-License-Identifier: GPL-2.0-only
# TCP Fast Open.  As a server it answers N clients, each one message; with "slow" it
# does not ask for Fast Open.  As a client it gives its message to the connecting call.
# Usage: fast-open.py server ADDRESS PORT N [slow] | client ADDRESS PORT TEXT
import socket
import sys

TCP_FASTOPEN = 23
address = (sys.argv[2], int(sys.argv[3]))
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
if sys.argv[1] == 'server':
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(address)
    if len(sys.argv) <= 5:
        s.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 5)
    s.listen(5)
    for _ in range(int(sys.argv[4])):
        conn, addr = s.accept()
        data = conn.recv(1024)
        print('received', data.decode('utf-8'))
        conn.send(data.upper())
        conn.close()
else:
    s.sendto(sys.argv[4].encode('utf-8'), socket.MSG_FASTOPEN, address)
    print('received:', s.recv(1024).decode('utf-8'))
s.close()
