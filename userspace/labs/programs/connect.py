# SPDX-License-Identifier: GPL-2.0-only
# N connections to one server, one after the other, each for at most three seconds.
# Usage: connect.py ADDRESS PORT N
import socket
import sys

kept = []
for i in range(int(sys.argv[3])):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.settimeout(3)
    try:
        s.connect((sys.argv[1], int(sys.argv[2])))
        print(i + 1, 'connected')
    except OSError as error:
        print(i + 1, type(error).__name__ + ':', error)
    kept.append(s)
