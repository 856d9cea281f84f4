"""Decrypt vectors: what stands in a token's place."""

from . import token
from .decrypting import DecryptGroup, T, entry, keyring
from .rsakey import A, B
from .stream import Stream

KEYS = {"k1": A, "k2": B}
CLASSIC = keyring(**KEYS, c1=entry(A, prefix="[enc:", suffix=":enc]"))


def make(kind: str, plaintext: str, kid: str = "k1") -> str:
    """A token. For kind s the plaintext is the text, otherwise the JSON text."""
    stream = Stream(f"decrypt\x00{kid}\x00{kind}\x00{plaintext}")
    if kind == "e":
        return token.envelope(kid, token.DataKey(KEYS[kid], stream), "ssn", None, plaintext, stream)
    return token.direct(kid, kind, KEYS[kid], plaintext.encode("utf-8"), stream)


def tag(text: str) -> str:
    """A classic tag."""
    return token.classic("[enc:", ":enc]", A, text, Stream("decrypt classic\x00" + text))


def add(file) -> None:
    """Adds the groups."""
    _places(DecryptGroup(file, "each kind in each place", keyring(**KEYS)))
    _classic(DecryptGroup(file, "classic tags", CLASSIC))


def _places(group: DecryptGroup) -> None:
    # kind, plaintext, JSON text as a whole string, escaped inside a string, plain text
    values = (
        ("s", "abc", '"abc"', "abc", "abc", "a text"),
        ("s", "", '""', "", "", "the empty text"),
        (
            "s",
            '"\\\b\t\n\f\r\x00\x1f/\x7f',
            '"\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f/\x7f"',
            '\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f/\x7f',
            '"\\\b\t\n\f\r\x00\x1f/\x7f',
            "every kind of escape",
        ),
        (
            "s",
            "\u00e9\u2028\U0001f600",
            '"\u00e9\u2028\U0001f600"',
            "\u00e9\u2028\U0001f600",
            "\u00e9\u2028\U0001f600",
            "characters that need no escape",
        ),
        ("v", "42", "42", "42", "42", "a number"),
        ("v", "1E400", "1E400", "1E400", "1E400", "a large number"),
        ("v", "-0", "-0", "-0", "-0", "minus zero"),
        ("v", "true", "true", "true", "true", "true"),
        ("v", "null", "null", "null", "null", "null"),
        ("v", '{"a":["x\\n"]}', '{"a":["x\\n"]}', '{\\"a\\":[\\"x\\\\n\\"]}', '{"a":["x\\n"]}', "an object"),
        ("v", '{ "a" : 1 }', '{ "a" : 1 }', '{ \\"a\\" : 1 }', '{ "a" : 1 }', "an object with spaces"),
        ("v", '"\\u00e9\\/\\u0022"', '"\\u00e9\\/\\u0022"', '\u00e9/\\"', '\u00e9/"', "a string with other escapes"),
        ("v", '"abc"', '"abc"', "abc", "abc", "a string that kind s would have held"),
        ("v", '"\\ud83d\\ude00"', '"\\ud83d\\ude00"', "\U0001f600", "\U0001f600", "an escaped surrogate pair"),
        ("v", '"\\ud800"', '"\\ud800"', '\\"\\\\ud800\\"', '"\\ud800"', "a lone surrogate"),
        ("e", '"abc"', '"abc"', "abc", "abc", "a text"),
        ("e", '""', '""', "", "", "the empty string"),
        ("e", "42", "42", "42", "42", "a number"),
        ("e", "null", "null", "null", "null", "null"),
        ("e", '[1, "x"]', '[1, "x"]', '[1, \\"x\\"]', '[1, "x"]', "an array"),
        ("e", '"\\u0041\\n"', '"\\u0041\\n"', "A\\n", "A\n", "a string with other escapes"),
        ("e", '"a\\udc00"', '"a\\udc00"', '\\"a\\\\udc00\\"', '"a\\udc00"', "a lone surrogate"),
    )
    for kind, plaintext, whole, inside, plain, what in values:
        text = make(kind, plaintext)
        lone = ["LoneSurrogate"] if "lone" in what else []
        group.opens(
            f"{what}, kind {kind}: a whole string",
            ["WholeString", *lone],
            '{"ssn":',
            T(f'"{text}"', whole),
            "}",
            format="json",
        )
        group.opens(
            f"{what}, kind {kind}: inside a longer string",
            ["InString", *lone],
            '{"a":"x ',
            T(text, inside),
            ' y"}',
            format="json",
        )
        group.opens(
            f"{what}, kind {kind}: a whole member name", ["InName", *lone], '{"', T(text, inside), '":1}', format="json"
        )
        group.opens(
            f"{what}, kind {kind}: in a member name",
            ["InName", *lone],
            '{"x',
            T(text, inside),
            'y" : 1}',
            format="json",
        )
        group.opens(f"{what}, kind {kind}: plain text", ["PlainText", *lone], 'a "', T(text, plain), '" b')
    one, two = make("s", "1"), make("v", "2")
    group.opens("two tokens in one string", "InString", '["', T(one, "1"), T(two, "2"), '"]', format="json")
    group.opens(
        "two tokens with text between", "InString", '["', T(one, "1"), " and ", T(two, "2"), '"]', format="json"
    )
    group.opens("a token as the whole text", "WholeString", T(f'"{two}"', "2"), format="json")
    group.opens(
        "a token as the whole text, white space around it",
        "WholeString",
        " \r\n",
        T(f'"{two}"', "2"),
        "\t\n",
        format="json",
    )
    group.opens(
        "tokens in an array", "WholeString", "[", T(f'"{one}"', '"1"'), ", ", T(f'"{two}"', "2"), "]", format="json"
    )
    group.opens(
        "a token before a space in its string is not the whole string",
        "InString",
        '["',
        T(two, "2"),
        ' "]',
        format="json",
    )
    group.opens(
        "name and value are tokens",
        ["InName", "WholeString"],
        '{"',
        T(two, "2"),
        '":',
        T(f'"{two}"', "2"),
        "}",
        format="json",
    )
    group.opens("a name behind white space and a colon", "InName", '{"', T(two, "2"), '" \r\n\t: 3}', format="json")


def _classic(group: DecryptGroup) -> None:
    for plaintext, inside, what in (
        ("abc", "abc", "a text"),
        ("", "", "the empty text"),
        ('"\\\n\x01\u00e9', '\\"\\\\\\n\\u0001\u00e9', "a text that needs escapes"),
        ("42", "42", "a text that looks like a number"),
    ):
        text = tag(plaintext)
        group.opens(
            f"classic, {what}: a whole string",
            ["Classic", "WholeString"],
            '{"a":',
            T(f'"{text}"', f'"{inside}"'),
            "}",
            format="json",
        )
        group.opens(
            f"classic, {what}: inside a longer string",
            ["Classic", "InString"],
            '{"a":"x',
            T(text, inside),
            'y"}',
            format="json",
        )
        group.opens(
            f"classic, {what}: in a member name", ["Classic", "InName"], '{"', T(text, inside), '":1}', format="json"
        )
        group.opens(f"classic, {what}: plain text", ["Classic", "PlainText"], "x", T(text, plaintext), "y")
    text = tag("solidus")
    group.opens(
        "classic, every solidus escaped as some serialisers do",
        ["Classic", "Escapes"],
        "[",
        T('"' + text.replace("/", "\\/") + '"', '"solidus"'),
        "]",
        format="json",
    )
    group.opens(
        "classic tag and token in one string",
        ["Classic", "InString"],
        '["',
        T(text, "solidus"),
        T(make("v", "42"), "42"),
        '"]',
        format="json",
    )
