# SPDX-License-Identifier: GPL-2.0-only
# Sends, closes its direction (or, with "close" as third argument, all), and reads.
# Usage: half-close-client.py ADDRESS PORT [close]
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((sys.argv[1], int(sys.argv[2])))
client.send(b'hello')
if len(sys.argv) > 3:
    client.close()
    print('closed')
    sys.exit()
client.shutdown(socket.SHUT_WR)
print('shutdown(SHUT_WR): nothing more will be sent')
print('received:', client.recv(1024).decode('utf-8'))
client.close()
