#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
ynl.py - the module's netlink family, driven line by line

Purpose: tests speak to the module through the kernel's own YNL library and the
         specification, not through this project's tools.  One process holds one
         netlink socket and one open events file, so that a test decides what
         belongs to whom.  Each line on stdin is a command, each gets one line
         on stdout: "ok ..." or "err ERRNO-NAME the kernel's sentence".
         Notifications have a socket of their own: the library cannot receive
         one while it awaits an answer.
Use:     ynl.py SPEC USED     attributes and sentences met are added to USED

  call OPERATION [JSON]  the answer as JSON
  raw OPERATION HEX [FLAGS [RESERVED]]
                         with these bytes in place of attributes, these flags of
                         netlink beside its own, these bytes at the header's end
  close                  the netlink socket of these, and open another
  subscribe              to the group "events"
  heard FILE             what has come: transitions added to FILE, as evdump
                         writes them; "ok TRANSITIONS WAKES LOST RECORDED"
  open                   /proc/net/nettrace/events, from now on
  account                what it has: "ok DELIVERED FILTERED LOST END"
  shut                   that file
  pid    quit
"""
import copy
import errno
import json
import os
import socket
import struct
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
for tree in (TOP + "/build/kselftest", os.path.dirname(os.path.dirname(TOP))):
    if os.path.isdir(tree + "/tools/net/ynl"):
        sys.path.insert(0, tree + "/tools/net/ynl")
from lib import Netlink, NlError, YnlFamily  # noqa: E402
from lib.ynl import NlMsgs  # noqa: E402

REC_SIZE = 192
INFO, GAP = 1, 5
# evdump names what the specification names, without its prefixes, in capitals
STATE = ("state t={time} cpu={cpu} n={seq} family={family} kind={kind} what={what} "
         "old={old} new={new} why={why} ctx={ctx} local={local} remote={remote} "
         "lport={lport} rport={rport} pid={pid} tid={tid} comm={comm} "
         "syscall={syscall} left={left} sk={sk:016x}")


class Program:
    def __init__(self, spec, used):
        self.used = open(used, "a", buffering=1)
        self.events = None
        self.wakes = self.transitions = self.lost = self.recorded = 0
        self.ynl = YnlFamily(spec, "")
        self.group = None

    def socket(self):
        """the same family with a socket of its own"""
        ynl = copy.copy(self.ynl)
        ynl.async_msg_queue = []
        ynl.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, Netlink.NETLINK_GENERIC)
        for option in (Netlink.NETLINK_CAP_ACK, Netlink.NETLINK_EXT_ACK):
            ynl.sock.setsockopt(Netlink.SOL_NETLINK, option, 1)
        return ynl

    def note(self, space, attrs):
        """which attributes were met, in whatever depth"""
        for name, value in attrs.items():
            self.used.write(f"attr {space}.{name}\n")
            for nest in value if isinstance(value, list) else [value]:
                if isinstance(nest, dict):
                    self.note(name, nest)

    def call(self, op, text="{}"):
        attrs = json.loads(text)
        self.used.write(f"op {op}\n")
        self.note("trace", attrs)
        reply = self.ynl.do(op, attrs) or {}
        self.note("trace", reply)
        return json.dumps(reply, default=lambda x: x.hex() if isinstance(x, bytes) else sorted(x))

    def raw(self, op, words):
        """attributes and headers that the library would not make"""
        text, flags, reserved = (words.split() + ["0", "0"])[:3]
        ynl, body = self.ynl, bytes.fromhex("" if text == "-" else text)
        msg = ynl.nlproto.message(Netlink.NLM_F_REQUEST | Netlink.NLM_F_ACK | int(flags, 0),
                                  ynl.ops[op].req_value, 1, 7)
        msg = msg[:-2] + struct.pack("H", int(reserved, 0)) + body
        ynl.sock.send(struct.pack("I", len(msg) + 4) + msg)
        for answer in NlMsgs(ynl.sock.recv(65536), attr_space=ynl.ops[op].attr_set):
            if answer.error:
                raise NlError(answer)
        return ""

    def close(self):
        self.ynl.sock.close()
        self.ynl = self.socket()
        return ""

    def subscribe(self):
        if self.group:
            self.group.sock.close()
        self.group = self.socket()
        self.group.ntf_subscribe("events")
        return ""

    def heard(self, path):
        self.group.check_ntf()
        with open(path, "a") as out:
            for ntf in self.group.async_msg_queue:
                self.used.write(f"op {ntf['name']}\n")
                self.note("trace", ntf["msg"])
                self.wakes += ntf["name"] == "wake-ntf"
                self.recorded = ntf["msg"].get("recorded", self.recorded)
                self.lost += ntf["msg"].get("lost", 0)
                for t in ntf["msg"].get("transition", []):
                    self.transitions += 1
                    out.write(line(t) + "\n")
        self.group.async_msg_queue.clear()
        return f"{self.transitions} {self.wakes} {self.lost} {self.recorded}"

    def open(self):
        self.events = os.open("/proc/thread-self/net/nettrace/events", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.events, 0, os.SEEK_END)
        return ""

    def shut(self):
        os.close(self.events)
        return ""

    def account(self):
        delivered = filtered = lost = 0
        end = "no"
        while True:
            try:
                data = os.read(self.events, 1 << 20)
            except BlockingIOError:
                break
            except OSError as e:
                # the file is gone with the module
                if e.errno != errno.EIO:
                    raise
                end = "yes"
                break
            if not data:
                end = "yes"
                break
            at = 0
            while at < len(data):
                kind = data[at + 18]
                if kind == INFO:
                    self.stride = struct.unpack_from("I", data, at + 32)[0]
                elif kind == GAP:
                    gap = struct.unpack_from("QQ", data, at + 24)
                    lost, filtered = lost + gap[0], filtered + gap[1]
                else:
                    delivered += 1
                at += self.stride
        return f"{delivered} {filtered} {lost} {end}"

    def pid(self):
        return str(os.getpid())


def plain(name):
    """tcp-fin-wait1 -> FIN_WAIT1"""
    return name.split("-", 1)[1].upper().replace("-", "_")


def line(t):
    bits = ["task", "exiting", "kthread", "compat", "io-uring", "timer"]
    what = "NONE" if t["what"] == "what-none" else t["what"].upper().replace("-", "_")
    return STATE.format(
        time=t["time"], cpu=t["cpu"], seq=t["seq"], family=t["family"], kind=plain(t["kind"]),
        what=what, old=plain(t["old-state"]), new=plain(t["new-state"]), why=plain(t["end-why"]),
        ctx=",".join(b.upper().replace("-", "_") for b in bits if "ctx-" + b in t["flags"]),
        local=t["local"], remote=t["remote"], lport=t["lport"], rport=t["rport"],
        pid=t.get("pid", 0), tid=t.get("tid", 0), comm=t.get("comm", ""),
        syscall=t["syscall"], left=t["left-ms"], sk=t["sk-id"])


def main():
    program = Program(sys.argv[1], sys.argv[2])
    for command in sys.stdin:
        word, *rest = command.rstrip("\n").split(" ", 2)
        if word == "quit":
            break
        try:
            print("ok", getattr(program, word)(*rest), flush=True)
        except NlError as e:
            text = (e.nl_msg.extack or {}).get("msg", "-")
            program.used.write(f"text {text}\n")
            print("err", errno.errorcode.get(e.error, e.error), text, flush=True)
        except OSError as e:
            print("err", errno.errorcode.get(e.errno, e.errno), "-", flush=True)


if __name__ == "__main__":
    main()
