"""A hall that is nothing but the program which `pearlbridge client program --for authlib` prints.

usage: hall.py PROGRAM; writes {"url": …}, reads {"here": …}, writes {"claims": …, "person": …}
"""

import importlib.util
import json
import sys

spec = importlib.util.spec_from_file_location("program", sys.argv[1])
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)

begun = program.begin()
print(json.dumps({"url": begun["url"]}), flush=True)
here = json.loads(sys.stdin.readline())["here"]
print(json.dumps(program.finish(here, begun["login"])), flush=True)
