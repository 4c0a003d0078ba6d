# SPDX-License-Identifier: GPL-2.0-only
# Asks for the first port, the last one, and the one behind it.
# Usage: port-ends.py ADDRESS
import socket
import sys

for port in (0, 65535, 65536):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        s.bind((sys.argv[1], port))
        if port:
            print(f'{port}: bound')
        else:
            print(f'{port}: the kernel chose {s.getsockname()[1]}')
    except (OSError, OverflowError) as error:
        print(f'{port}: {type(error).__name__}: {error}')
    s.close()
