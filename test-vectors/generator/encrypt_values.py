"""Encrypt vectors: what one value becomes in direct mode, and under classic tags."""

from .encrypt_group import EncryptGroup
from .encrypting import P, policy, rule
from .rsakey import K3072, K4096, A

CLASSIC_KEY = {"public_key": A.public_pem, "prefix": "[enc:", "suffix": ":enc]"}


def add(file) -> None:
    """Adds the groups."""
    _types(file)
    _escapes(file)
    for key in (A, K3072, K4096):
        _lengths(file, key)
    _null(file)
    _classic(file)


def _types(file) -> None:
    group = EncryptGroup(file, "one rule, direct mode", policy(rule("ssn", "$.ssn")))
    group.valid("a string", "Direct", '{"ssn":', P('"123-45-6789"', "s"), "}")
    group.valid(
        "the empty string is encrypted: whether a field is empty is not to be seen",
        "Direct",
        '{"ssn":',
        P('""', "s"),
        "}",
    )
    for text, what in (
        ("42", "an integer"),
        ("-0", "minus zero: the sign comes back"),
        ("1.0", "a fraction of zero: not turned into 1"),
        ("1E400", "a number no double holds"),
        ("12345678901234567890123", "an integer past 64 bits"),
        ("0.1000000000000000055511151231257827", "more digits than a double has"),
        ("true", "true"),
        ("false", "false"),
        ("{}", "an empty object"),
        ("[]", "an empty array"),
        ('{"a":1, "b":[2,3]}', "an object with white space in it, as it stands"),
        ("[ 1,\n2 ]", "an array with a line feed in its white space"),
    ):
        group.valid(f"value: {what}", "Direct", '{"ssn":', P(text, "v"), "}")
    group.valid("a string of spaces", "Direct", '{"ssn":', P('"   "', "s"), "}")
    group.valid("a string that looks like a number", "Direct", '{"ssn":', P('"42"', "s"), "}")
    group.valid("a string that looks like JSON", "Direct", '{"ssn":', P('"{\\"a\\":1}"', "s"), "}")
    group.valid("nothing matches: the body goes through as it is", "Direct", '{"other":"x"}')
    group.valid("a body that is not an object", "Direct", '"ssn"')
    two = EncryptGroup(
        file,
        "two rules under two keys of different sizes",
        policy(rule("ssn", "$.ssn"), rule("email", "$.email", "k2"), keys={"k1": A, "k2": K3072}),
    )
    two.valid(
        "values draw in body order, not in rule order",
        "Direct",
        '{"email":',
        P('"a@example.org"', "s", "email"),
        ',"ssn":',
        P('"1"', "s"),
        "}",
    )
    top = EncryptGroup(file, "a rule for the whole body", policy(rule("all", "$")))
    top.valid("the whole body: a string with white space around it", "Direct", " \t", P('"x"', "s", "all"), "\r\n")
    top.valid("the whole body: an object", "Direct", P('{"a":1}', "v", "all"))


def _escapes(file) -> None:
    group = EncryptGroup(file, "strings and their escapes", policy(rule("ssn", "$.ssn")))
    minimal = {
        '"\\n"': "line feed in its short form",
        '"\\b\\t\\n\\f\\r"': "the five short forms",
        '"\\"\\\\"': "quotation mark and reverse solidus",
        '"\\u001f"': "U+001F in lower case",
        '"\\u0000"': "U+0000",
        '"\\u000b"': "U+000B, which has no short form",
        '"/"': "a bare solidus",
        '"\u00e9"': "e acute as itself",
        '"\U0001f600"': "a character beyond the BMP as itself",
        '"\u007f"': "U+007F as itself",
        '"\u2028\u2029"': "line and paragraph separator as themselves",
        '"\ufeff"': "U+FEFF inside a string",
        '"\ue000\uffff"': "private use and a noncharacter",
    }
    for text, what in minimal.items():
        group.valid(f"minimal: {what}", "Escapes", '{"ssn":', P(text, "s"), "}")
    other = {
        '"\\/"': "an escaped solidus",
        '"\\u0041"': "an escaped letter",
        '"\\u00e9"': "an escaped e acute",
        '"\\u001F"': "U+001F in upper case",
        '"\\u000a"': "line feed in its long form",
        '"\\u0022"': "quotation mark in its long form",
        '"\\u005c"': "reverse solidus in its long form",
        '"\\u007f"': "an escaped U+007F",
        '"\\ud83d\\ude00"': "an escaped surrogate pair",
        '"\\ud800"': "a lone high surrogate",
        '"\\udc00"': "a lone low surrogate",
        '"\\ude00\\ud83d"': "surrogates in the wrong order",
        '"a\\ud800b"': "a lone surrogate amid letters",
        '"\\n\\u0041"': "one minimal escape, one not",
    }
    for text, what in other.items():
        group.valid(f"not minimal: {what}", "Escapes", '{"ssn":', P(text, "v"), "}")


def _lengths(file, key) -> None:
    limit = key.longest
    small = policy(rule("ssn", "$.ssn"), keys={"k1": key})
    group = EncryptGroup(file, f"lengths, {key.bytes * 8}-bit key, oversize envelope", small)
    strict = EncryptGroup(
        file,
        f"lengths, {key.bytes * 8}-bit key, oversize reject",
        policy(rule("ssn", "$.ssn", oversize="reject"), keys={"k1": key}),
    )
    for count, kind in ((limit - 1, "s"), (limit, "s"), (limit + 1, "e")):
        group.valid(
            f"{count} bytes of ASCII under {key.bytes * 8} bits",
            "Oversize",
            '{"ssn":',
            P(f'"{"x" * count}"', kind),
            "}",
        )
    for what, char in (("2-byte", "\u00e9"), ("3-byte", "\u20ac"), ("4-byte", "\U0001f600")):
        for count, kind in ((limit, "s"), (limit + 1, "e")):
            width = len(char.encode())
            text = char * (count // width) + "x" * (count % width)
            group.valid(
                f"{count} bytes of {what} characters under {key.bytes * 8} bits",
                "Oversize",
                '{"ssn":',
                P(f'"{text}"', kind),
                "}",
            )
    escapes = "\\n" * limit
    group.valid(
        f"{limit} line feeds under {key.bytes * 8} bits: the text counts, not its JSON text",
        "Oversize",
        '{"ssn":',
        P(f'"{escapes}"', "s"),
        "}",
    )
    group.valid(
        f"kind v, {limit} bytes of JSON text under {key.bytes * 8} bits",
        "Oversize",
        '{"ssn":',
        P(f'"\\/{"x" * (limit - 4)}"', "v"),
        "}",
    )
    group.valid(
        f"kind v, {limit + 1} bytes of JSON text under {key.bytes * 8} bits: the JSON text counts",
        "Oversize",
        '{"ssn":',
        P(f'"\\/{"x" * (limit - 3)}"', "e"),
        "}",
    )
    strict.valid(
        f"{limit} bytes under {key.bytes * 8} bits fit where oversize is refused",
        "Oversize",
        '{"ssn":',
        P(f'"{"x" * limit}"', "s"),
        "}",
    )
    strict.invalid(
        f"{limit + 1} bytes of ASCII under {key.bytes * 8} bits are refused",
        "Oversize",
        "value_too_long",
        f'{{"ssn":"{"x" * (limit + 1)}"}}',
    )
    strict.invalid(
        f"{limit + 1} bytes in {limit} characters under {key.bytes * 8} bits are refused",
        "Oversize",
        "value_too_long",
        f'{{"ssn":"\u00e9{"x" * (limit - 1)}"}}',
    )
    strict.invalid(
        f"{limit + 1} bytes of JSON text of an array under {key.bytes * 8} bits are refused",
        "Oversize",
        "value_too_long",
        f'{{"ssn":[{"1" * (limit - 1)}]}}',
    )


def _null(file) -> None:
    keep = EncryptGroup(file, "null by default", policy(rule("ssn", "$..ssn")))
    keep.valid("null stays null", "Null", '{"ssn":null}')
    keep.valid(
        "a null member of an array of records stays, the other is encrypted",
        "Null",
        '[{"ssn":null},{"ssn":',
        P('"1"', "s"),
        "}]",
    )
    keep.valid("the text null in a string is a string", "Null", '{"ssn":', P('"null"', "s"), "}")
    keep.valid("null inside a container that is encrypted as a whole", "Null", '{"ssn":', P("[null]", "v"), "}")
    take = EncryptGroup(file, "encrypt_null", policy(rule("ssn", "$.ssn", encrypt_null=True)))
    take.valid("null is encrypted where the rule says so", "Null", '{"ssn":', P("null", "v"), "}")
    sealed = EncryptGroup(
        file, "encrypt_null, envelope", policy(rule("ssn", "$.ssn", mode="envelope", encrypt_null=True))
    )
    sealed.valid(
        "null is put in an envelope where the rule says so", ["Null", "Envelope"], '{"ssn":', P("null", "e"), "}"
    )


def _classic(file) -> None:
    group = EncryptGroup(file, "a key with classic tags", policy(rule("ssn", "$.ssn"), keys={"k1": CLASSIC_KEY}))
    for text, what in (
        ('"123-45-6789"', "a string"),
        ('""', "the empty string"),
        ('"\u00e9\U0001f600"', "UTF-8"),
        ('"a\\/\\u0041"', "escapes are resolved: what comes back is equal after unescaping"),
        (f'"{"x" * 190}"', "190 bytes"),
    ):
        group.valid(f"classic: {what}", "Classic", '{"ssn":', P(text, "c"), "}")
    group.valid("classic: null stays null", ["Classic", "Null"], '{"ssn":null}')
    for text, what in (
        ("42", "a number"),
        ("true", "true"),
        ("{}", "an object"),
        ('["x"]', "an array"),
        ('"\\ud800"', "a string with a lone surrogate"),
    ):
        group.invalid(f"classic: {what} is refused", "Classic", "value_not_string", f'{{"ssn":{text}}}')
    group.invalid(
        "classic: 191 bytes are refused, there is no envelope",
        ["Classic", "Oversize"],
        "value_too_long",
        f'{{"ssn":"{"x" * 191}"}}',
    )
    mixed = EncryptGroup(
        file,
        "one key with classic tags, one without",
        policy(rule("ssn", "$.ssn"), rule("email", "$.email", "k2"), keys={"k1": CLASSIC_KEY, "k2": A}),
    )
    mixed.valid("both forms in one body", "Classic", '{"ssn":', P('"1"', "c"), ',"email":', P('"2"', "s", "email"), "}")
    edge = EncryptGroup(
        file,
        "tags of the longest and the shortest length",
        policy(
            rule("long", "$.long"),
            rule("short", "$.short", "k2"),
            keys={
                "k1": {"public_key": A.public_pem, "prefix": "A" * 31 + "{", "suffix": "}" + "B" * 31},
                "k2": {"public_key": K3072.public_pem, "prefix": "|", "suffix": "~"},
            },
        ),
    )
    edge.valid(
        "tags of 32 characters and of one",
        "Classic",
        '{"long":',
        P('"1"', "c", "long"),
        ',"short":',
        P('"2"', "c", "short"),
        "}",
    )
