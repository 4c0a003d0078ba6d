# SPDX-License-Identifier: GPL-2.0-only
# Connects from a port of its own choice, says so, and closes when it is told to.
# Two of them that connect to each other at once open one connection.
# Usage: simultaneous.py OWN-ADDRESS OWN-PORT ADDRESS PORT
import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((sys.argv[1], int(sys.argv[2])))
print('ready')
input()
try:
    s.connect((sys.argv[3], int(sys.argv[4])))
    print('connected')
except OSError as error:
    print(type(error).__name__ + ':', error)
    sys.exit(1)
input()
s.close()
print('closed')
