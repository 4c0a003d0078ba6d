#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""tables.py RAW JSON PAGE | tables.py --judge LOG... - the figures of run

RAW is the folder with the lines of guest.sh and run; JSON receives all of them; in
PAGE what stands between "<!-- NAME: ... -->" and "<!-- end of NAME -->" is written
anew, for each NAME that was measured.  --judge prints a line "ok TEXT" or "not ok
TEXT" for each cost that has to be flat.  Status 1 if one is not.
"""
import glob
import json
import os
import re
import sys

FLAT = 0.05
SYSTEMS = ("nettrace", "nettrace-record")


def read(paths):
    rows, metas = [], {}
    for path in paths:
        for line in open(path, encoding="utf-8"):
            kind, _, rest = line.strip().partition(" ")
            if kind not in ("row", "meta"):
                continue
            row = {}
            for name, value in re.findall(r"(\S+?)=(\S*)", rest):
                row[name] = int(value) if re.fullmatch(r"-?\d+", value) else value
            if kind == "meta":
                metas[os.path.basename(path)] = row
            else:
                rows.append(row)
    return rows, metas


def select(rows, **want):
    return [r for r in rows if all(r.get(k) == v for k, v in want.items())]


def number(value):
    """thousands set apart, as in the other pages"""
    return "–" if value is None else f"{round(value):,}".replace(",", " ")


def decimal(value):
    return "–" if value is None else f"{value:.1f}"


def mean(values):
    return sum(values) / len(values) if values else None


def cost(row):
    """instructions of a packet or a connection"""
    per = row["packets"] if row["unit"] == "turn" else row["units"]
    return (row["work"] - row["idle"]) / per


def costs(rows, order, system, size):
    return [cost(r) for r in select(rows, order=order, system=system, size=size)]


def added(rows, order, system, size):
    base = mean(costs(rows, order, "none", size))
    have = mean(costs(rows, order, system, size))
    return None if base is None or have is None else have - base


def sizes_of(rows, **want):
    return sorted({r["size"] for r in select(rows, **want) if isinstance(r["size"], int)})


def table(head, rows):
    out = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return out + ["| " + " | ".join(row) + " |" for row in rows]


def change(value, first):
    if value is None or not first:
        return ""
    return f" ({100 * (value - first) / first:+.1f} %)"


def judge(rows):
    """(text, is it flat?) of each cost at each size, against the smallest"""
    sizes = sizes_of(rows, order="turns")
    out = []
    for order, unit in (("turns", "packet"), ("churn", "new connection")):
        for system in SYSTEMS:
            first = added(rows, order, system, sizes[0]) if sizes else None
            for size in sizes[1:]:
                have = added(rows, order, system, size)
                if first is None or have is None:
                    continue
                out.append((f"{system}: a {unit} beside {number(size)} connections costs "
                            f"{number(have)}, beside {number(sizes[0])} {number(first)}",
                            abs(have - first) <= FLAT * first))
    return out


def module_tables(rows):
    sizes = sizes_of(rows, order="turns")
    out = []
    for order, unit in (("turns", "a packet"), ("churn", "a new connection")):
        lines = []
        for size in sizes:
            base = costs(rows, order, "none", size)
            cells = [number(size), number(mean(base)),
                     f"{100 * (base[-1] - base[0]) / base[0]:+.2f} %"]
            for system in SYSTEMS:
                have = added(rows, order, system, size)
                cells.append(number(have) + change(have, added(rows, order, system, sizes[0])))
            lines.append(cells)
        out += table([f"connections; instructions of {unit}", "nothing loaded", "drift",
                      "added by the module", "added with `nettrace record`"], lines) + [""]
    lines = []
    for size in sizes:
        for system in SYSTEMS:
            for r in select(rows, order="memory", system=system, size=size):
                lines.append([f"{number(size)}, {system}", number(r["own"]), number(r["areas"]),
                              number(r["percpu"])])
    return out + table(["bytes of the module beside", "its own account", "areas of `vmallocinfo`",
                        "growth of memory per CPU"], lines)


def timewait_tables(rows):
    out, lines = [], []
    sizes = sizes_of(rows, order="opening")
    bounds = sorted({r["mini_max"] for r in select(rows, order="minis")})
    for size in sizes:
        base = mean(costs(rows, "opening", "none", size))
        cells = [number(size), number(base)]
        for system in ("bounded", "roomy"):
            have = added(rows, "opening", system, size)
            cells.append(number(have) + change(have, added(rows, "opening", system, sizes[0])))
        lines.append(cells)
    out += table(["in TIME-WAIT; instructions of a new connection", "nothing loaded",
                  f"added, `minisocks={bounds[0]}`", f"added, `minisocks={bounds[-1]}`"], lines) + [""]
    lines = []
    for r in select(rows, order="minis"):
        lines.append([f"{number(r['size']) if isinstance(r['size'], int) else 'after their end'}, "
                      f"bound {number(r['mini_max'])}", number(r.get("waiting")),
                      number(r["mini_now"]),
                      number(r["mini_unfollowed"]), number(r["own"])])
    return out + table(["closed", "in TIME-WAIT, the kernel's count", "followed now", "not followed, ever", "bytes of the module"],
                       lines)


def daemon_tables(rows):
    lines = []
    kept = select(rows, order="daemon")
    for size in sizes_of(rows, order="churn"):
        cells = [number(size)]
        for system in ("nettrace", "nettraced"):
            have = added(rows, "churn", system, size)
            cells.append(number(have))
        for r in [r for r in kept if r["size"] == size]:
            cells += [number(r["conversations_held"]), number(r["conversations_evicted"]),
                      number(r["events_held"]), number(r["events_lost"]), number(r["store_bytes"]),
                      number(r["store_bytes"] / r["conversations_held"]), number(r["pss_kb"])]
        lines.append(cells)
    return table(["connections so far; instructions added to a new one", "module alone",
                  "with nettraced", "held", "let go", "events held", "lost", "bytes of the store",
                  "a conversation", "both processes, KB"], lines)


def file_tables(rows):
    lines = []
    for at_once in (False, True):
        for size in sizes_of(rows, order="file"):
            cells = [number(size), "all" if at_once else "500"]
            for system in ("list", "replay"):
                have = [r for r in select(rows, order="file", system=system, size=size)
                        if (r["at_a_time"] == size) == at_once]
                cells.append(number(have[0]["instructions"] / have[0]["packets"]) if have else "–")
            lines.append(cells)
    return table(["conversations; instructions a packet", "at a time", "`nettrace list`",
                  "`nettrace replay`"], lines)


def reader_tables(rows):
    lines = []
    part = select(rows, part="readers")
    for at_once in (False, True):
        for size in sizes_of(part):
            mine = [r for r in select(part, size=size) if (r["at_a_time"] == size) == at_once]
            file = select(mine, system="file")
            if not file:
                continue
            n = file[0]["conversations"]
            cells = [number(n), "all" if at_once else "500"]
            for system in ("list", "replay", "tshark"):
                have = select(mine, system=system)
                if not have:
                    cells += ["–", "–"]
                elif "failed" in have[0]:
                    cells += ["more than 8 GiB", ""]
                else:
                    r = have[0]
                    cells += [number(1e6 * r["cpu_ms"] / r["packets"]),
                              number(r["peak_kb"] / 1024)]
            lines.append(cells)
    return table(["conversations", "at a time", "`list`, ns a packet", "MB", "`replay`, ns a packet",
                  "MB", "`tshark`, ns a packet", "MB"], lines)


def cpu_tables(rows):
    out = []
    lines = []
    part = select(rows, order="contention")
    for mode, what in (("turns", "a byte to and fro"), ("churn", "connections"),
                       ("socket", "*control*: one UDP socket for all"),
                       ("file", "*control*: one file for all")):
        for cpus in sorted({r["cpus"] for r in part}):
            without = select(part, mode=mode, cpus=cpus, system="none")
            with_it = select(part, mode=mode, cpus=cpus, system="nettrace")
            if not without or not with_it:
                continue
            rate = [mean([r["units"] / r["seconds"] for r in group]) for group in (without, with_it)]
            where = {}
            for r in with_it:
                for name, n in re.findall(r"([^:,]+):(\d+)", str(r.get("where", ""))):
                    where[name] = where.get(name, 0) + int(n)
            lines.append([f"{what}, {cpus}", number(rate[0]), number(rate[1]),
                          f"{rate[1] / rate[0]:.2f}",
                          number(sum(r["contended"] for r in without)),
                          number(sum(r["contended"] for r in with_it)),
                          number(sum(r["ours"] for r in with_it)),
                          ", ".join(f"{k} {v}" for k, v in sorted(where.items())) or "–",
                          number(sum(r["units"] for r in with_it))])
    out += table(["load, CPUs", "a second, nothing loaded", "with the module", "ratio",
                  "contentions, nothing loaded", "with the module", "**of these, the module's**",
                  "where", "in so many"], lines)
    return out


PAGES = {
    "module": ("module-*", module_tables),
    "timewaits": ("timewaits", timewait_tables),
    "daemon": ("daemon", daemon_tables),
    "files": ("files", file_tables),
    "readers": ("readers", reader_tables),
    "cpus": ("cpus-*", cpu_tables),
}


def replace(page, name, lines):
    begin = re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)", re.S)
    page, n = begin.subn(lambda m: m.group(1) + "\n".join(lines) + "\n" + m.group(2), page)
    if n != 1:
        sys.exit(f"tables.py: error: the page has {n} places for the table {name}; it needs one, "
                 f"between '<!-- {name}: ... -->' and '<!-- end of {name} -->'")
    return page


def write(raw, json_path, page_path):
    everything, page, bad = {}, open(page_path, encoding="utf-8").read(), False
    for name, (pattern, make) in PAGES.items():
        rows, metas = read(sorted(glob.glob(os.path.join(raw, pattern + ".log"))))
        if not rows:
            continue
        page = replace(page, name, make(rows))
        everything[name] = {"rows": rows, "machines": metas}
        if name == "module":
            everything[name]["flat"] = [{"what": t, "flat": ok} for t, ok in judge(rows)]
            for text, ok in judge(rows):
                bad |= not ok
                print(("flat: " if ok else "NOT FLAT: ") + text)
    with open(json_path + ".new", "w", encoding="utf-8") as out:
        json.dump(everything, out, indent=1)
    os.replace(json_path + ".new", json_path)
    with open(page_path, "w", encoding="utf-8") as out:
        out.write(page)
    return bad


def main(args):
    if args[:1] == ["--judge"]:
        verdicts = judge(read(args[1:])[0])
        for text, ok in verdicts:
            print(("ok " if ok else "not ok ") + text)
        return not verdicts or not all(ok for _, ok in verdicts)
    if len(args) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    return write(*args)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
