# SPDX-License-Identifier: GPL-2.0-only
# The echo client of the course notes.
import socket

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(('10.0.2.2', 8090))
client.send('hello'.encode('utf-8'))
data = client.recv(1024)
print(data.decode('utf-8'))
client.close()
