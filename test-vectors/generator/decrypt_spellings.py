"""Decrypt vectors: tokens written with escapes, plaintexts that try to be more, bytes outside the tokens."""

from .decrypt_places import KEYS, make
from .decrypting import DecryptGroup, T, keyring


def add(file) -> None:
    """Adds the groups."""
    _spellings(DecryptGroup(file, "tokens written with JSON escapes", keyring(**KEYS)))
    _literal(DecryptGroup(file, "plaintexts that try to be more", keyring(**KEYS)))
    _around(DecryptGroup(file, "bytes outside the tokens", keyring(**KEYS)))


def _spellings(group: DecryptGroup) -> None:
    text = make("v", "42")
    every = "".join(f"\\u{ord(char):04x}" for char in text)
    upper = "".join(f"\\u{ord(char):04X}" for char in text)
    spellings = (
        ("one underscore", text.replace("__es1", "\\u005f_es1", 1)),
        ("both underscores", text.replace("__es1", "\\u005f\\u005fes1", 1)),
        ("the full stop of the prefix", text.replace("__es1.", "__es1\\u002e", 1)),
        ("a letter of the body", text[:100] + f"\\u{ord(text[100]):04x}" + text[101:]),
        ("the last underscore", text[:-1] + "\\u005F"),
        ("every character", every),
        ("every character in upper case", upper),
    )
    for what, spelt in spellings:
        group.opens(f"escaped, a whole string: {what}", "Escapes", '{"a":', T(f'"{spelt}"', "42"), "}", format="json")
        group.opens(
            f"escaped, inside a string: {what}", "Escapes", '{"a":"\\u0041', T(spelt, "42"), '\\/"}', format="json"
        )
    group.opens("escaped, in a member name", ["Escapes", "InName"], '{"', T(every, "42"), '":1}', format="json")
    group.opens(
        "escaped, behind a reverse solidus", ["Escapes", "InString"], '["\\\\', T(text, "42"), '\\\\"]', format="json"
    )
    group.opens(
        "an escaped reverse solidus is no escape: no token", ["Escapes", "NoToken"], '["\\\\u005f_es1."]', format="json"
    )
    group.opens(
        "escapes elsewhere in the string stay",
        ["Escapes", "ByteExact"],
        '["\\u00e9\\/\\ud800',
        T(text, "42"),
        '\\u005F\\b"]',
        format="json",
    )


def _literal(group: DecryptGroup) -> None:
    attack = '","admin":true,"x":"'
    inside = '\\",\\"admin\\":true,\\"x\\":\\"'
    text = make("s", attack)
    group.opens(
        "a plaintext that would close the string, a whole string",
        ["Injection", "WholeString"],
        '{"a":',
        T(f'"{text}"', f'"{inside}"'),
        "}",
        format="json",
    )
    group.opens(
        "a plaintext that would close the string, inside a string",
        ["Injection", "InString"],
        '{"a":"x',
        T(text, inside),
        '"}',
        format="json",
    )
    group.opens(
        "a plaintext that would close the string, in a name",
        ["Injection", "InName"],
        '{"',
        T(text, inside),
        '":1}',
        format="json",
    )
    group.opens(
        "a plaintext that would close the string, plain text is raw",
        ["Injection", "PlainText"],
        '{"a":"',
        T(text, attack),
        '"}',
    )
    for plaintext, out, what in (
        ("\\", "\\\\", "a reverse solidus at the end"),
        ("\\u0022", "\\\\u0022", "an escape"),
        ("\n{}", "\\n{}", "a line feed"),
        ("\x00", "\\u0000", "U+0000"),
    ):
        group.opens(
            f"a plaintext with {what}",
            ["Injection", "InString"],
            '["a',
            T(make("s", plaintext), out),
            '"]',
            format="json",
        )
    inner = make("s", "inner")
    outer = make("e", f'"{inner}"')
    group.opens(
        "a plaintext that is a token, a whole string",
        ["NotAgain", "WholeString"],
        '{"a":',
        T(f'"{outer}"', f'"{inner}"'),
        "}",
        format="json",
    )
    group.opens(
        "a plaintext that is a token, inside a string",
        ["NotAgain", "InString"],
        '{"a":"x ',
        T(outer, inner),
        '"}',
        format="json",
    )
    group.opens("a plaintext that is a token, plain text", ["NotAgain", "PlainText"], T(outer, inner))
    holder = make("e", f'{{"a":"{inner}"}}')
    group.opens(
        "a plaintext object that holds a token",
        ["NotAgain", "WholeString"],
        T(f'"{holder}"', f'{{"a":"{inner}"}}'),
        format="json",
    )
    group.opens(
        "a plaintext that begins a token which the text behind it would complete",
        ["NotAgain", "InString"],
        '["',
        T(make("s", inner[:30]), inner[:30]),
        inner[30:],
        '"]',
        format="json",
    )


def _around(group: DecryptGroup) -> None:
    text = make("s", "1")
    group.opens(
        "white space, numbers, escapes and duplicates stay",
        "ByteExact",
        ' {"b" : 1E400,\t"a":-0,"a":1.0,\r\n"c":"\\/\\u0041\\ud800","d":',
        T(f'"{text}"', '"1"'),
        ',"n":12345678901234567890123 }\n',
        format="json",
    )
    group.opens("U+FEFF inside a string stays", "ByteExact", '["\ufeff",', T(f'"{text}"', '"1"'), "]", format="json")
    group.opens(
        "plain text may be any bytes", ["ByteExact", "PlainText"], b"\xff\x00\xc3", T(text, "1"), b"\xed\xa0\x80\xfe"
    )
    group.opens("plain text may be cut JSON", ["ByteExact", "PlainText"], '{"a":"', T(text, "1"), '",')
