#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""inetd.py ADDRESS PORT PROGRAM [ARGUMENT...] - a program for each connection

The program has the connection as its standard input and output, as inetd gives it to
servers; its words on standard error go where ours go.  Says "ready" when it listens.
"""
import os
import signal
import socket
import sys


def main():
    address, port, *program = sys.argv[1:]
    listener = socket.create_server((address, int(port)))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(connection.fileno(), 0)
            os.dup2(connection.fileno(), 1)
            os.execvp(program[0], program)
        connection.close()


main()
