"""Encrypt vectors: envelope mode, data keys, padding, context."""

from . import token
from .encrypt_group import EncryptGroup
from .encrypting import P, policy, rule
from .rsakey import K3072, K4096, A, B

HEADER_BYTES = 3072  # 4,096 characters of base64url


def add(file) -> None:
    """Adds the groups."""
    _types(file)
    _sharing(file)
    _context(file)


def _types(file) -> None:
    group = EncryptGroup(file, "one rule, envelope mode", policy(rule("ssn", "$.ssn", mode="envelope")))
    for text, what in (
        ('"123-45-6789"', "a string"),
        ('""', "the empty string"),
        ("42", "a number"),
        ("1E400", "a number no double holds"),
        ("true", "true"),
        ("false", "false"),
        ("{}", "an empty object"),
        ('{"a" : [1, 2.0]}', "an object with white space in it"),
        ("[]", "an empty array"),
        ('"\\/\\u0041"', "escapes as they stand"),
        ('"\\ud800"', "a lone surrogate"),
        ('"\u00e9\U0001f600"', "UTF-8"),
        ('"  "', "spaces inside the quotation marks"),
    ):
        group.valid(f"envelope: {what}", "Envelope", '{"ssn":', P(text, "e"), "}")
    for count in (1, 31, 32, 33, 64, 65):
        text = "1" * count
        group.valid(f"padding: {count} bytes of JSON text", "Envelope", '{"ssn":', P(text, "e"), "}")
    group.valid(
        "padding counts bytes: 31 characters, 32 bytes", "Envelope", '{"ssn":', P(f'"\u00e9{"x" * 28}"', "e"), "}"
    )
    group.valid("a long value", "Envelope", '{"ssn":', P(f'"{"0123456789" * 200}"', "e"), "}")
    for key in (K3072, K4096):
        large = EncryptGroup(
            file,
            f"envelope mode under {key.bytes * 8} bits",
            policy(rule("ssn", "$.ssn", mode="envelope"), keys={"k1": key}),
        )
        large.valid(f"envelope under {key.bytes * 8} bits", "Envelope", '{"ssn":', P('"1"', "e"), "}")


def _sharing(file) -> None:
    group = EncryptGroup(
        file,
        "two envelope rules under one key id, a direct rule beside them",
        policy(rule("a", "$.a", mode="envelope"), rule("b", "$.b", mode="envelope"), rule("c", "$.c")),
    )
    group.valid(
        "two values under one key id share the data key, each has its own IV",
        "Envelope",
        '{"a":',
        P('"1"', "e", "a"),
        ',"b":',
        P('"2"', "e", "b"),
        "}",
    )
    group.valid(
        "a direct value between two envelopes",
        "Envelope",
        '{"a":',
        P('"1"', "e", "a"),
        ',"c":',
        P('"3"', "s", "c"),
        ',"b":',
        P('"2"', "e", "b"),
        "}",
    )
    group.valid(
        "an oversize value shares the data key of the envelope rules",
        ["Envelope", "Oversize"],
        '{"c":',
        P(f'"{"x" * 191}"', "e", "c"),
        ',"a":',
        P('"1"', "e", "a"),
        "}",
    )
    same = EncryptGroup(file, "one rule that matches many", policy(rule("ssn", "$[*]", mode="envelope")))
    same.valid(
        "equal values become different tokens",
        "Envelope",
        "[",
        P('"1"', "e"),
        ",",
        P('"1"', "e"),
        ",",
        P('"1"', "e"),
        "]",
    )
    keys = EncryptGroup(
        file,
        "envelope rules under two key ids",
        policy(
            rule("a", "$..a", "k1", mode="envelope"), rule("b", "$..b", "k2", mode="envelope"), keys={"k1": A, "k2": B}
        ),
    )
    keys.valid(
        "each key id has a data key of its own",
        "Envelope",
        '[{"a":',
        P('"1"', "e", "a"),
        ',"b":',
        P('"2"', "e", "b"),
        '},{"b":',
        P('"3"', "e", "b"),
        ',"a":',
        P('"4"', "e", "a"),
        "}]",
    )
    twins = EncryptGroup(
        file,
        "two key ids with the same public key",
        policy(
            rule("a", "$.a", "k1", mode="envelope"), rule("b", "$.b", "k2", mode="envelope"), keys={"k1": A, "k2": A}
        ),
    )
    twins.valid(
        "the data key belongs to the key id, not to the public key",
        "Envelope",
        '{"a":',
        P('"1"', "e", "a"),
        ',"b":',
        P('"2"', "e", "b"),
        "}",
    )
    lines = EncryptGroup(file, "envelope mode in NDJSON", policy(rule("ssn", "$.ssn", mode="envelope")))
    lines.valid(
        "one data key serves all lines of a request",
        ["Envelope", "Ndjson"],
        '{"ssn":',
        P('"1"', "e"),
        '}\n{"ssn":',
        P('"2"', "e"),
        "}\n",
        content_type="application/x-ndjson",
    )


def _context(file) -> None:
    group = EncryptGroup(
        file,
        "a context, written in another order than it is sorted",
        policy(
            rule("ssn", "$.ssn", mode="envelope"),
            rule("note", "$.note"),
            context={
                "tenant": "acme",
                "api": "v1",
                "b": "1",
                "a": "2",
                "_": "3",
                "Z": "4",
                "9": "5",
                ".": "6",
                "-": "7",
            },
        ),
    )
    group.valid(
        "field first, then the pairs in code point order", ["Context", "Envelope"], '{"ssn":', P('"1"', "e"), "}"
    )
    group.valid("a direct token has no context", ["Context", "Direct"], '{"note":', P('"1"', "s", "note"), "}")
    group.valid(
        "an oversize value has the context too",
        ["Context", "Oversize"],
        '{"note":',
        P(f'"{"x" * 191}"', "e", "note"),
        "}",
    )
    escaped = EncryptGroup(
        file,
        "context values that need escapes",
        policy(
            rule("ssn", "$.ssn", mode="envelope"),
            context={"a": '"\\/\b\t\n\f\r\u0001\u001f\u007f', "b": "\u00e9\u2028\U0001f600", "c": ""},
        ),
    )
    escaped.valid("context values are in minimal JSON text", ["Context", "Escapes"], '{"ssn":', P('"1"', "e"), "}")
    longest = EncryptGroup(
        file,
        "the largest context",
        policy(rule("n" * 64, "$.ssn", mode="envelope"), context=full_context(HEADER_BYTES)),
    )
    longest.valid(
        "sixteen pairs whose header has 4,096 characters",
        ["Context", "Limits"],
        '{"ssn":',
        P('"1"', "e", "n" * 64),
        "}",
    )


def full_context(header_bytes: int) -> dict[str, str]:
    """Sixteen pairs that give a header of this many bytes, beside a field name of 64 characters."""
    context = {f"{number:02}" + "c" * 62: "v" * 128 for number in range(16)}
    surplus = len(token.header("n" * 64, context)) - header_bytes
    for name in context:
        cut = min(surplus, 128)
        context[name] = "v" * (128 - cut)
        surplus -= cut
    return context
