"""Texts for the benchmark: the same ones every time, of about so many bytes, without a token in them."""

import json
import random
from pathlib import Path

NAMES = "Ada Grace Edsger Barbara Donald Frances Ken Dennis Bjarne Margaret José Zoë Jürgen Łukasz".split()
WORDS = (
    "order shipped customer called about delivery invoice paid late refund address changed thanks please note again soon gift"
    " wrapped fragile leave at the door with neighbour"
).split()
CITIES = "Berlin", "Paris", "Oslo", "New York"
RECORDS = 8_000


def records(count):
    """Records as an API or a table has them, with no value that is protected."""
    draw = random.Random(6)
    number = draw.randint
    for index in range(count):
        day = f"2026-{number(1, 12):02}-{number(1, 28):02}T{number(0, 23):02}:{number(0, 59):02}:{number(0, 59):02}Z"
        yield {
            "id": index,
            "created": day,
            "name": f"{draw.choice(NAMES)} {draw.choice(NAMES)}",
            "email": f"user{number(1, 999_999)}@example.com",
            "amount": number(0, 100_000) / 100,
            "active": draw.random() < 0.5,
            "address": {"street": f"{number(1, 200)} Main Street", "city": draw.choice(CITIES), "zip": f"{number(0, 99_999):05}"},
            "items": [number(1, 9_999) for _ in range(number(0, 4))],
            "note": " ".join(draw.choice(WORDS) for _ in range(number(3, 20))),
        }


def log(it):
    place = f"/api/people/{it['id']}?page={it['id'] % 17}&city={it['address']['city']}"
    return f"{it['created']} INFO http[{it['id']}] GET {place} 200 {it['amount']}ms agent=\"Mozilla/5.0\" note=\"{it['note']}\"\n"


def row(it):
    address = f"{it['address']['street']}, {it['address']['city']}"
    return f"{it['id']},{it['created']},{it['name']},{it['email']},{it['amount']},\"{address}\",{it['note']}\n"


def write(folder: Path, size: int):
    """One file of each format; gives their paths by the format's name."""
    some = list(records(RECORDS))
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    head = "id,created,name,email,amount,address,note\n"
    # Name of the file, what stands at its beginning, what is repeated, what stands between, and at its end.
    files = {
        "text": ("text.log", "", "".join(map(log, some)), "", ""),
        "NDJSON": ("text.ndjson", "", "".join(json.dumps(it, **compact) + "\n" for it in some), "", ""),
        "JSON": ("text.json", "[", ",\n".join(json.dumps(it, ensure_ascii=False, indent=1) for it in some), ",\n", "]\n"),
        "CSV": ("text.csv", head, "".join(map(row, some)), "", ""),
    }
    paths = {}
    for name, (file, begin, block, between, end) in files.items():
        paths[name] = folder / file
        times = max(1, size // len(block.encode()))
        with paths[name].open("w", encoding="utf-8", newline="") as out:
            out.write(begin)
            for time in range(times):
                out.write((between if time else "") + block)
            out.write(end)
    return paths
