"""jq's command line, as far as docs/OPERATIONS.md uses it, over libjq itself: tests do not depend on what is installed."""

import json
import sys

import jq

flags, arguments, named = set(), [], {}
words = iter(sys.argv[1:])
for word in words:
    if word == "--arg":
        name = next(words)
        named[name] = next(words)
    elif word == "--argjson":
        name = next(words)
        named[name] = json.loads(next(words))
    elif word.startswith("-"):
        flags.update(word[1:])
    else:
        arguments.append(word)
assert flags <= set("cenrs"), flags
program, *files = arguments
text = "\n".join(open(file).read() for file in files) if files or "n" in flags else sys.stdin.read()
compiled = jq.compile(program, args=named)
if "n" in flags:
    outputs = compiled.input_value(None)
else:
    outputs = compiled.input_text(text, slurp="s" in flags)
last = None
try:
    for last in outputs:
        if "r" in flags and isinstance(last, str):
            print(last)
        else:
            indent = None if "c" in flags else 2
            separators = (",", ":") if "c" in flags else (",", ": ")
            print(json.dumps(last, indent=indent, separators=separators, ensure_ascii=False))
except ValueError as error:
    sys.exit(f"jq: error: {error}")
sys.exit(1 if "e" in flags and last in (None, False) else 0)
