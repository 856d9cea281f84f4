"""Decrypt vectors: NDJSON."""

from .decrypt_places import KEYS, make
from .decrypting import DecryptGroup, K, T, keyring


def add(file) -> None:
    """Adds the groups."""
    group = DecryptGroup(file, "NDJSON", keyring(**KEYS))
    _lines(group)
    _line_ends(group)
    _refused(group)


def _lines(group: DecryptGroup) -> None:
    one, two = make("s", "1"), make("v", "2")
    for what, pieces in (
        ("two lines", ('{"a":', T(f'"{one}"', '"1"'), '}\n{"a":', T(f'"{two}"', "2"), "}\n")),
        ("the last line has no LF", ("{}\n", T(f'"{two}"', "2"))),
        ("CRLF and blank lines stay", ("\r\n\n{}\r\n \t\n", T(f'"{two}"', "2"), "\r\n")),
        ("inside a longer string and in a name", ('{"x', T(one, "1"), '":"', T(two, "2"), ' "}\n')),
        ("a token at the start of each line", (T(f'"{one}"', '"1"'), "\n", T(f'"{one}"', '"1"'), "\n")),
    ):
        group.opens(f"lines: {what}", "Ndjson", *pieces, format="ndjson")
    group.opens(
        "lines: a kept token on the second line",
        ["Ndjson", "Kept"],
        '{"a":"\u00e9"}\n{"a":"',
        K("__es1.zz", "token_damaged"),
        '"}\n',
        format="ndjson",
    )
    group.opens("lines: no token", ["Ndjson", "NoToken"], '{"a":1}\n\n[2]', format="ndjson")
    group.opens("lines: an empty input", ["Ndjson", "NoToken"], "", format="ndjson")


def _line_ends(group: DecryptGroup) -> None:
    spread = '{\n  "a": [\r\n\t1,\r2 ],\n"b":"x\\n\\u000a"\n}'
    joined = '{   "a": [  \t1, 2 ], "b":"x\\n\\u000a" }'
    for kind in ("v", "e"):
        group.opens(
            f"kind {kind}: line ends in the white space of a value become spaces",
            ["Ndjson", "WholeString"],
            '{"a":',
            T(f'"{make(kind, spread)}"', joined),
            "}\n",
            format="ndjson",
        )
        group.opens(
            f"kind {kind}: in JSON the line ends stay",
            "WholeString",
            '{"a":',
            T(f'"{make(kind, spread)}"', spread),
            "}\n",
            format="json",
        )
    text = make("s", "a\r\nb")
    group.opens(
        "line ends of a text are escaped as in JSON",
        ["Ndjson", "WholeString"],
        T(f'"{text}"', '"a\\r\\nb"'),
        "\n",
        format="ndjson",
    )
    group.opens(
        "line ends of a text inside a longer string are escaped",
        ["Ndjson", "InString"],
        '"x',
        T(text, "a\\r\\nb"),
        '"\n',
        format="ndjson",
    )


def _refused(group: DecryptGroup) -> None:
    one = make("s", "1")
    for source, what in (
        (f'{{"a":\n"{one}"}}\n', "a text on two lines"),
        (f'"{one}" "{one}"\n', "two texts on a line"),
        (f'"{one}"\nx\n', "a line that is not JSON"),
        (f'"{one}"\n{{"a":1\n', "the last line is cut"),
        (f"{one}\n", "a bare token"),
    ):
        group.fails(f"lines: {what}", ["Ndjson", "NotJson"], source, "ndjson", "json_invalid")
    group.fails(
        "lines: a line that is not UTF-8",
        ["Ndjson", "NotJson"],
        f'"{one}"\n'.encode() + b'"\xff"\n',
        "ndjson",
        "body_not_utf8",
    )
