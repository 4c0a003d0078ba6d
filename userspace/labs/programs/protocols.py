# SPDX-License-Identifier: GPL-2.0-only
# Sends an IP packet of each of these protocol numbers, with nothing sensible in it.
# Usage: protocols.py ADDRESS NUMBER...
import socket
import sys

for number in sys.argv[2:]:
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, int(number))
    try:
        s.sendto(b'\0' * 16, (sys.argv[1], 0))
        print('protocol', number)
    except OSError as error:
        print('protocol', number, error)
