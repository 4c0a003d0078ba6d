#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""clean.py [--json] FILE... - is there nothing in these that a terminal obeys?

Text: valid UTF-8, and of control characters line feeds only; no C1, nothing that
turns the direction of writing. JSON: each line an object, and of ASCII only.
Exit status 1, and a line for what is wrong.
"""
import json
import sys
import unicodedata

bad = 0
files = [a for a in sys.argv[1:] if a != "--json"]
for path in files:
    with open(path, "rb") as f:
        data = f.read()
    if not data:
        print(f"{path} is empty")
        bad = 1
    try:
        text = data.decode()
    except UnicodeDecodeError as e:
        print(f"{path}: {e}")
        bad = 1
        continue
    for number, line in enumerate(text.split("\n"), 1):
        wrong = [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn")]
        if "--json" in sys.argv:
            wrong += [c for c in line if ord(c) > 0x7e]
            if line and not isinstance(json.loads(line), dict):
                wrong.append("no object")
        if wrong:
            print(f"{path}:{number}: {wrong[:5]!r} in {line!r:.200}")
            bad = 1
sys.exit(bad)
