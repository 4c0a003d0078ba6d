#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
nlspec.py - the netlink specification as tables in C

Purpose: a fuzzer that follows the specification needs its operations, attributes,
         types, nesting and limits; typed again by hand they would be what somebody
         remembers of them.  Written to stdout: lib/nltable.h, for lib/nlspec.h.
Use:     nlspec.py nettrace.yaml
"""
import sys

import yaml

KIND = {"pad": "NL_PAD", "u32": "NL_U32", "u64": "NL_U64", "s32": "NL_S32", "flag": "NL_FLAG",
        "string": "NL_STRING", "binary": "NL_BINARY", "nest": "NL_NEST"}
LIMIT = {"u32": (1 << 32) - 1, "u64": (1 << 64) - 1, "s32": (1 << 31) - 1}


def numbered(items):
    """each with its number: the one after the one before, or what it says"""
    number = 0
    for item in items:
        number = item.get("value", number + 1)
        yield number, item


def limits(attr, definitions):
    """the least and the greatest value; 0, 0 where there is no number"""
    low, high = 0, LIMIT.get(attr["type"], 0)
    if "enum" in attr:
        d = definitions[attr["enum"]]
        count = len(d["entries"])
        high = (1 << count) - 1 if d["type"] == "flags" else count - 1
    checks = attr.get("checks", {})
    return checks.get("min", low), checks.get("max", high)


def put_set(s, sets, definitions):
    ident = s["name"].replace("-", "_")
    print(f"static const struct nl_attr nl_{ident}[] = {{")
    for number, a in numbered(s["attributes"]):
        low, high = limits(a, definitions)
        nest = sets.index(a["nested-attributes"]) if a["type"] == "nest" else -1
        print(f'\t[{number}] = {{ "{a["name"]}", {KIND[a["type"]]}, '
              f'{int(a.get("multi-attr", False))}, {nest}, {low}ull, {high}ull }},')
    print("};\n")


def mask(names, attributes):
    return sum(1 << number for number, a in numbered(attributes) if a["name"] in names)


def put_operations(spec, attributes):
    print("static const struct nl_op nl_ops[] = {")
    for number, op in numbered(spec["operations"]["list"]):
        do = op.get("do", {})
        ask = mask(do.get("request", {}).get("attributes", []), attributes)
        says = do.get("reply", op.get("event", {})).get("attributes", [])
        print(f'\t{{ "{op["name"]}", {number}, {int("event" in op)}, {ask:#x}ull, '
              f'{mask(says, attributes):#x}ull }},')
    print("};")


def main():
    spec = yaml.safe_load(open(sys.argv[1]))
    definitions = {d["name"]: d for d in spec["definitions"]}
    names = [s["name"] for s in spec["attribute-sets"]]
    print("/* SPDX-License-Identifier: GPL-2.0-only */")
    print("/* by lib/nlspec.py, from nettrace.yaml */\n")
    for s in spec["attribute-sets"]:
        put_set(s, names, definitions)
    print("static const struct nl_set nl_sets[] = {")
    for s in spec["attribute-sets"]:
        ident = s["name"].replace("-", "_")
        print(f'\t{{ "{s["name"]}", nl_{ident}, sizeof(nl_{ident}) / sizeof(*nl_{ident}) }},')
    print("};\n")
    # all operations speak of one set
    (first,) = {op["attribute-set"] for op in spec["operations"]["list"]}
    attributes = next(s for s in spec["attribute-sets"] if s["name"] == first)["attributes"]
    print(f"#define NL_TOP {names.index(first)}")
    put_operations(spec, attributes)


main()
