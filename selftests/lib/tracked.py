#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""tracked.py - what nettrace says of conntrack's entries, and what conntrack(8) does

    tracked.py same NETNS BEFORE AFTER <timeline   entries are those of `conntrack -L -o
                                                   extended`, read before and after it
    tracked.py tuples NETNS <timeline              a line for each conversation with an
                                                   entry: its own ends | the entry's
"""
import json
import sys


def listed(path):
    """The lines of conntrack -L -o extended, by what identifies an entry."""
    found = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            words = line.split()
            entry = {"proto": words[2], "left": int(words[4]), "tuples": [{}, {}],
                     "flags": [w for w in words if w.startswith("[")]}
            if entry["proto"] == "tcp":
                entry["state"] = words[5]
            n = -1
            for key, _, value in (w.partition("=") for w in words):
                n += key == "src"
                if key in ("src", "dst", "sport", "dport", "type", "id") and 0 <= n < 2:
                    entry["tuples"][n][key] = value
            found[key_of(*entry["tuples"])] = entry
    return found


def key_of(orig, reply):
    return json.dumps([orig, reply], sort_keys=True)


def words_of(t):
    """A tuple of nettrace's, in conntrack's words."""
    words = {"src": t["src"]["addr"], "dst": t["dst"]["addr"]}
    if "icmp_type" in t:
        words["type"] = str(t["icmp_type"])
        words["id"] = str(t["icmp_id"])
    else:
        words["sport"] = str(t["src"]["port"])
        words["dport"] = str(t["dst"]["port"])
    return words


def plain(tuples):
    """Without ICMP's code, which nettrace does not tell."""
    return key_of(*tuples)


def entries(netns):
    for line in sys.stdin:
        o = json.loads(line)
        if o["type"] != "conversation":
            continue
        for e in o.get("conntrack", []):
            if e["outcome"] == "found" and e["netns"] == netns:
                yield o, e


def check(what, have, want):
    if have != want:
        sys.exit(f"{what}: nettrace says {have}, conntrack {want}")


def same(netns, before, after):
    old, new = listed(before), listed(after)
    seen = 0
    for conv, e in entries(netns):
        key = plain([words_of(e["orig"]), words_of(e["reply"])])
        if key not in old or key not in new:
            sys.exit(f"conntrack has no {key}, but {' '.join(old)}")
        seen += 1
        check("basis", e["basis"], "observed")
        check("protocol", conv["proto"], old[key]["proto"].replace("icmpv6", "icmp6"))
        check("state", e.get("state"), new[key].get("state"))
        if not new[key]["left"] <= e["timeout_s"] <= old[key]["left"]:
            sys.exit(f"{e['timeout_s']} s left, by conntrack {new[key]['left']}"
                     f" to {old[key]['left']}")
        check("ASSURED", "ASSURED" in e["status"], "[ASSURED]" in new[key]["flags"])
        check("SEEN_REPLY", "SEEN_REPLY" in e["status"], "[UNREPLIED]" not in new[key]["flags"])
    if not seen:
        sys.exit(f"no conversation has an entry of {netns}")
    print(seen)


def tuples(netns):
    for o, e in entries(netns):
        own = [o["client"]["addr"], o["server"]["addr"]]
        has = [e["orig"]["src"]["addr"], e["orig"]["dst"]["addr"], e["reply"]["src"]["addr"],
               e["reply"]["dst"]["addr"]]
        print(" ".join(own), "|", " ".join(has))


if __name__ == "__main__":
    if sys.argv[1] == "same":
        same(*sys.argv[2:])
    else:
        tuples(*sys.argv[2:])
