"""Decrypt vectors: forms and query strings."""

from .decrypt_places import CLASSIC, KEYS, make, tag
from .decrypting import DecryptGroup, K, T, keyring
from .rsakey import B

_DAMAGED = "token_damaged"


def add(file) -> None:
    """Adds the groups."""
    group = DecryptGroup(file, "forms", keyring(**KEYS))
    _serialised(group)
    _places(group)
    _kept(group)
    one = DecryptGroup(file, "forms, a keyring with one of two keys", keyring(k2=B))
    one.opens(
        "form: only the tokens of the own key open",
        ["Form", "Kept"],
        "a=",
        T(make("v", "2", "k2"), "2"),
        "&b=",
        K(make("s", "1"), "token_key_unknown"),
        format="form",
    )
    classic = DecryptGroup(file, "forms, classic tags", CLASSIC)
    classic.opens(
        "form: a classic tag that somebody put there",
        ["Form", "Classic"],
        "a=",
        T(tag("a b&"), "a+b%26"),
        format="form",
    )


def _serialised(group: DecryptGroup) -> None:
    controls = range(0x20)
    encoded = "".join(f"%{code:02X}" for code in controls)
    for kind, plaintext, out, what in (
        ("s", "abc", "abc", "letters"),
        ("s", "", "", "the empty text"),
        ("s", "a b  c", "a+b++c", "spaces"),
        ("s", "a+b", "a%2Bb", "a plus sign"),
        ("s", "a&b=c", "a%26b%3Dc", "what separates fields"),
        ("s", "100%", "100%25", "a percent sign"),
        ("s", "%41", "%2541", "what looks encoded"),
        ("s", "a\r\nb\n", "a%0D%0Ab%0A", "line ends"),
        ("s", "\u00e9\u20ac\U0001f600", "%C3%A9%E2%82%AC%F0%9F%98%80", "letters beyond ASCII"),
        ("s", "*-._~!'()/?#;,:@$[]\"\\", "*-._%7E%21%27%28%29%2F%3F%23%3B%2C%3A%40%24%5B%5D%22%5C", "marks"),
        ("s", "\x00\x7f", "%00%7F", "control characters"),
        ("s", '{"a":1}', "%7B%22a%22%3A1%7D", "a text that looks like JSON"),
        ("v", "42", "42", "a number"),
        ("v", "-1.5E+3", "-1.5E%2B3", "a number with a sign"),
        ("v", "null", "null", "null"),
        ("v", '{"a": [1,"\u00e9"]}', "%7B%22a%22%3A+%5B1%2C%22%C3%A9%22%5D%7D", "an object"),
        ("v", "[1,\n 2]", "%5B1%2C%0A+2%5D", "an array with a line end"),
        ("v", '"a\\u0026\\/b"', "a%26%2Fb", "a string with other escapes"),
        ("v", '"\\ud800"', "%22%5Cud800%22", "a lone surrogate"),
        ("e", '"a b"', "a+b", "a text"),
        ("e", '"\\"\\n\\\\"', "%22%0A%5C", "a text with escapes"),
        ("e", '""', "", "the empty text"),
        ("e", "[ ]", "%5B+%5D", "an array"),
        ("e", '"a\\udc00"', "%22a%5Cudc00%22", "a lone surrogate"),
    ):
        lone = ["LoneSurrogate"] if "lone" in what else []
        group.opens(f"form, kind {kind}: {what}", ["Form", *lone], "ssn=", T(make(kind, plaintext), out), format="form")
    group.opens(
        "form, every control character",
        "Form",
        "a=",
        T(make("s", "".join(map(chr, controls))), encoded),
        "&b",
        format="form",
    )


def _places(group: DecryptGroup) -> None:
    one, two = make("s", "a b"), make("v", "2")
    for pieces, what in (
        (("a=1&ssn=", T(one, "a+b"), "&b=%20+\u00e9&&c"), "other fields stay byte for byte"),
        (("a=", T(one, "a+b"), "&b=", T(two, "2"), "&a=", T(one, "a+b")), "several tokens, one of them twice"),
        (("a=x+", T(one, "a+b"), "%20y"), "inside of a longer value"),
        ((T(one, "a+b"), "=1"), "as a name"),
        ((T(one, "a+b"),), "the whole text"),
        (("?a=", T(one, "a+b"), "#x"), "in a query string with what is around it"),
        (("a=", T(one, "a+b"), ";b=%zz&%"), "in what is no form"),
    ):
        group.opens(f"form: {what}", "Form", *pieces, format="form")
    group.opens("form: amid bytes that are not UTF-8", "Form", b"a=\xff&b=", T(one, "a+b"), b"\xfe", format="form")
    group.opens(
        "form: a token is found as it is, and not encoded", ["Form", "NoToken"], "a=%5F%5F" + one[2:], format="form"
    )
    inside = make("e", f'"{make("v", "1")}"')
    group.opens(
        "form: a token inside a plaintext comes out as text",
        ["Form", "NotAgain"],
        "a=",
        T(inside, make("v", "1")),
        format="form",
    )
    group.opens(
        "form: a plaintext adds no field",
        ["Form", "Injection"],
        "a=",
        T(make("s", "1&admin=1"), "1%26admin%3D1"),
        format="form",
    )
    group.opens("form: no token", ["Form", "NoToken"], "a=__es1&b=%5f%5Fes1.&c", format="form")
    group.opens("form: an empty text", ["Form", "NoToken"], "", format="form")


def _kept(group: DecryptGroup) -> None:
    one = make("s", "1")
    for text, code, what in (
        ("__es1.", _DAMAGED, "the prefix alone"),
        (one[:-1], _DAMAGED, "a token that is cut"),
        (one.replace(".s.", ".s.%"), _DAMAGED, "a percent sign in its body"),
        (one.replace("__es1", "__es2"), "token_version_unknown", "another version"),
        (one.replace(".s.", ".x."), "token_kind_unknown", "another kind"),
    ):
        group.opens(
            f"form, kept: {what}", ["Form", "Kept"], "\u00e9=", K(text, code), "&b=", T(one, "1"), format="form"
        )
    wrong = make("s", "1", "k2").replace(".k2.", ".k1.")
    group.fails("form: a token that does not open", ["Form", "AllOrNothing"], f"a={one}&b={wrong}", "form")
