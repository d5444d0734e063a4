#!/usr/bin/env python3
"""Makes pkits.json, the table of tests/pkits.rs, from PKITS cases in the batch format of `pearlbridge validate`.

usage: pkits.py CASES.jsonl EXPECTED.jsonl RAW_DIRECTORY > pkits.json

RAW_DIRECTORY is what ../support/fetch_pkits.sh fetches. Certificates and CRLs are named by the file that holds the
same bytes; a case whose evidence is not in RAW_DIRECTORY stops the script.
"""

import base64
import json
import pathlib
import sys

DEFAULTS = {
    "at": "2015-01-01T00:00:00Z",
    "policies": ["2.5.29.32.0"],
    "explicit_policy": False,
    "inhibit_mapping": False,
    "inhibit_any_policy": False,
    "purpose": "any",
    "revocation": "require",
}


def lines(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def main(cases, expected, raw):
    files = {path.read_bytes(): path.name for path in pathlib.Path(raw).glob("c*/*.cr[lt]")}
    name = lambda text: files[base64.b64decode(text)]
    rows = []
    for case, outcome in zip(lines(cases), lines(expected), strict=True):
        assert case["id"] == outcome["id"]
        row = {"id": case.pop("id"), "title": outcome["title"], "valid": outcome["valid"]}
        if "policies" in outcome:
            row["policy_set"] = sorted(outcome["policies"])
        row["leaf"] = name(case.pop("leaf"))
        for field in ("intermediates", "anchors", "crls"):
            row[field] = sorted(name(text) for text in case.pop(field))
        row["settings"] = {key: value for key, value in case.items() if DEFAULTS.get(key) != value}
        rows.append(row)
    defaults = json.dumps(DEFAULTS)
    body = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    print(f'{{"defaults": {defaults},\n"cases": [\n{body}\n]}}')


if __name__ == "__main__":
    main(*sys.argv[1:])
