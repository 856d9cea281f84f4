"""Decrypt vectors: what is kept, what fails, what is refused."""

from . import oaep, token
from .decrypt_places import CLASSIC, KEYS, make, tag
from .decrypting import DecryptGroup, K, T, entry, keyring
from .encoding import b64url
from .rsakey import A, B
from .stream import Stream

DAMAGED, UNKNOWN = "token_damaged", "token_key_unknown"

_OVERLAPPING = {"c1": ("[_", "]"), "c2": ("#A#", "#Z#"), "c3": ("#B#", "#Z#"), "c4": ("$$", "%"), "c5": (".(", ")")}


def add(file) -> None:
    """Adds the groups."""
    _kept(DecryptGroup(file, "tokens that are kept", keyring(**KEYS)))
    _partial(DecryptGroup(file, "a keyring with one of two keys", keyring(k2=B)))
    _kept_tags(DecryptGroup(file, "classic tags that are kept", CLASSIC))
    tags = {kid: entry(A, prefix=prefix, suffix=suffix) for kid, (prefix, suffix) in _OVERLAPPING.items()}
    _overlapping(DecryptGroup(file, "prefixes of which one can begin in another", keyring(**KEYS, **tags)))
    _failed(DecryptGroup(file, "tokens that do not open", keyring(**KEYS)))
    _refused(DecryptGroup(file, "inputs that are not JSON", keyring(**KEYS)))
    _nothing(DecryptGroup(file, "inputs without a token", keyring(**KEYS)))


def _kept(group: DecryptGroup) -> None:
    good, number = make("s", "1"), make("v", "2")
    body = good.split(".")[3]
    for text, code, what in (
        ("__es1.", DAMAGED, "the prefix alone"),
        (good[:-1], DAMAGED, "a token cut by one character"),
        (good[:200], DAMAGED, "a token cut in its body"),
        (good.replace(".s.", ".s.\u00e9"), DAMAGED, "a letter beyond ASCII in its body"),
        (f"__es1.zz.s.{body}.__", UNKNOWN, "an unknown key id"),
        (f"__es1.k1.x.{body}.__", "token_kind_unknown", "an unknown kind"),
        (f"__es2.k1.s.{body}.__", "token_version_unknown", "another version"),
    ):
        group.opens(f"kept, a whole string: {what}", "Kept", '{"a":"', K(text, code), '"}', format="json")
        group.opens(
            f"kept, inside a string beside one that opens: {what}",
            ["Kept", "InString"],
            '["\u00e9 ',
            K(text, code),
            " ",
            T(number, "2"),
            '"]',
            format="json",
        )
        group.opens(f"kept, in a name: {what}", ["Kept", "InName"], '{"', K(text, code), '":"\u00e9"}', format="json")
        group.opens(f"kept, plain text: {what}", ["Kept", "PlainText"], "\u00e9 ", K(text, code), " ", T(number, "2"))
    spelt = "\\u005f\\u005fes1\\u002ek\\u0031"
    group.opens(
        "kept with its escapes, the offset is that of the first escape",
        ["Kept", "Escapes"],
        '["\\u00e9\\/ ',
        K(spelt, DAMAGED),
        '\\u0041"]',
        format="json",
    )
    group.opens(
        "kept with its escapes, a whole string",
        ["Kept", "Escapes"],
        '{"a":"',
        K("\\u005F_es2.", "token_version_unknown"),
        '"}',
        format="json",
    )
    group.opens(
        "damaged, then a good one without a gap",
        ["Kept", "InString"],
        '["',
        K(good[:200], DAMAGED),
        T(number, "2"),
        '"]',
        format="json",
    )
    group.opens(
        "a good one, then damaged without a gap",
        ["Kept", "InString"],
        '["',
        T(number, "2"),
        K(good[:200], DAMAGED),
        '"]',
        format="json",
    )
    group.opens(
        "each outcome once, in order",
        "Kept",
        '["',
        K("__es1.", DAMAGED),
        '","',
        K(f"__es1.zz.s.{body}.__", UNKNOWN),
        '","',
        K("__es1.k1.x.", "token_kind_unknown"),
        '","',
        K("__es3.", "token_version_unknown"),
        '",',
        T(f'"{number}"', "2"),
        "]",
        format="json",
    )
    group.opens(
        "one damaged token twice is found twice",
        "Kept",
        '["',
        K("__es1.", DAMAGED),
        '","',
        K("__es1.", DAMAGED),
        '"]',
        format="json",
    )
    group.opens(
        "one good token twice is found twice",
        "WholeString",
        "[",
        T(f'"{number}"', "2"),
        ",",
        T(f'"{number}"', "2"),
        "]",
        format="json",
    )
    group.opens(
        "a token that JSON splits over two strings is damage and text",
        "Kept",
        '["',
        K(good[:99], DAMAGED),
        '","' + good[99:] + '"]',
        format="json",
    )


def _partial(group: DecryptGroup) -> None:
    mine, other, sealed = make("v", "2", "k2"), make("s", "1", "k1"), make("e", '"3"', "k1")
    group.opens(
        "only the tokens of the own key open, JSON",
        ["Kept", "WholeString"],
        '{"a":"',
        K(other, UNKNOWN),
        '","b":',
        T(f'"{mine}"', "2"),
        ',"c":"',
        K(sealed, UNKNOWN),
        '"}',
        format="json",
    )
    group.opens(
        "only the tokens of the own key open, plain text",
        ["Kept", "PlainText"],
        K(other, UNKNOWN),
        T(mine, "2"),
        K(sealed, UNKNOWN),
    )
    group.opens("all tokens are under another key", "Kept", '["', K(other, UNKNOWN), '"]', format="json")


def _kept_tags(group: DecryptGroup) -> None:
    good = tag("abc")
    body = good[5:-5]
    assert len(body) == 344 and body.endswith("==")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    odd = body[:-3] + alphabet[alphabet.index(body[-3]) | 1] + "=="
    for text, what in (
        ("[enc:", "the prefix alone"),
        (good[:-1], "the suffix is cut"),
        (good[:100], "the body is cut"),
        (f"[enc:{body[:-2]}:enc]", "no padding"),
        (f"[enc:{odd}:enc]", "an unused bit is set"),
        (f"[enc:{body[:-4]}:enc]", "255 bytes"),
        (f"[enc:{body[:40]}-{body[41:]}:enc]", "a hyphen"),
        (f"[enc:{body[:40]}_{body[41:]}:enc]", "an underscore"),
        (f"[enc:{body[:40]} {body[41:]}:enc]", "a space"),
        ("[enc::enc]", "no body"),
        (f"[enc:{body[:76]}\u00e9{body[76:]}:enc]", "a letter beyond ASCII"),
    ):
        group.opens(f"classic, kept: {what}", ["Classic", "Kept"], '["', K(text, DAMAGED), '"]', format="json")
    group.opens(
        "classic, kept: damaged, then a good one",
        ["Classic", "Kept", "PlainText"],
        K(good[:100], DAMAGED),
        T(good, "abc"),
    )


def _overlapping(group: DecryptGroup) -> None:
    own = T(make("s", "1"), "1")

    def tag(kid: str) -> T:
        return T(token.classic(*_OVERLAPPING[kid], A, "2", Stream("overlapping\x00" + kid)), "2")

    for pieces, what in (
        (("log ", K("[", DAMAGED), own, "] end"), "a token of our own begins in a classic prefix"),
        ((K("#B", DAMAGED), tag("c2")), "a classic token begins in another key's prefix"),
        ((K("#A", DAMAGED), K("#B", DAMAGED), tag("c2")), "a classic token begins in the second of two prefixes"),
        ((K("$", DAMAGED), K("$", DAMAGED), tag("c4")), "a classic token begins in its own prefix"),
        ((K("__es1", DAMAGED), tag("c5")), "a classic token begins in the prefix of our own"),
        ((K("__es1.k1.s.", DAMAGED), K("[", DAMAGED), own), "a token in a classic prefix in a damaged token"),
    ):
        flags = ["Classic", "Kept", "PlainText"]
        group.opens(f"damage hides nothing: {what}", flags, *pieces)
    group.opens(
        "damage hides nothing: another version",
        ["Classic", "Kept", "InString"],
        '["',
        K("__es2", "token_version_unknown"),
        tag("c5"),
        '"]',
        format="json",
    )
    group.opens(
        "damage hides nothing: with escapes",
        ["Classic", "Kept", "Escapes"],
        '["\\u00e9 ',
        K("\\u0023B", DAMAGED),
        tag("c2"),
        '"]',
        format="json",
    )
    body = own.spelt.split(".")[3]
    group.opens(
        "damage hides nothing: what follows the grammar is one token, whatever its key id",
        ["Kept", "PlainText"],
        K(f"__es1.k__es1.s.{body}.__", UNKNOWN),
    )


def _failed(group: DecryptGroup) -> None:
    good = make("s", "1")
    wrong = token.frame("k1", "s", b64url(oaep.encrypt(B, b"x", Stream("under another key").take(32))))
    for format, source in (
        ("json", f'["{good}","{wrong}"]'),
        ("ndjson", f'"{good}"\n"{wrong}"\n'),
        ("text", f"{good} {wrong}"),
    ):
        group.fails(f"one of two tokens does not open, {format}", "AllOrNothing", source, format)
    group.fails("a damaged token does not hide one that does not open", "AllOrNothing", f'["__es1.","{wrong}"]', "json")
    group.fails("a name that does not open", ["AllOrNothing", "InName"], f'{{"{wrong}":1}}', "json")
    flat = oaep.encrypt(A, b"\xed\xa0\x80", Stream("a surrogate").take(32))
    group.fails(
        "kind s that is not UTF-8 would not be JSON",
        ["AllOrNothing", "Injection"],
        f'["{token.frame("k1", "s", b64url(flat))}"]',
        "json",
    )
    two = token.direct("k1", "v", A, b'1,"admin":true', Stream("more than one value"))
    group.fails(
        "kind v with more than one value would add members", ["AllOrNothing", "Injection"], f'{{"a":"{two}"}}', "json"
    )


def _refused(group: DecryptGroup) -> None:
    good = make("s", "1")
    for source, what in (
        ("", "an empty input"),
        (good, "a bare token"),
        (f'{{"a":"{good}"', "an object not closed"),
        (f'["{good}",]', "a comma at the end"),
        (f'["{good}"]["{good}"]', "two texts"),
        (f"{{'a':'{good}'}}", "single quotes"),
        (f'["{good}\n"]', "LF in a string"),
        (f'["{good}\\x"]', "an unknown escape"),
        (f'"{good}"\n"{good}"\n', "lines are NDJSON"),
    ):
        group.fails(f"not JSON: {what}", "NotJson", source, "json", "json_invalid")
    group.fails("not UTF-8: a byte order mark", "NotJson", f'\ufeff["{good}"]', "json", "body_not_utf8")
    group.fails("not UTF-8: Latin-1", "NotJson", f'["{good}\u00e9"]'.encode("latin-1"), "json", "body_not_utf8")
    group.fails("not UTF-8: UTF-16", "NotJson", f'["{good}"]'.encode("utf-16"), "json", "body_not_utf8")
    # No policy allows more than 1,024, so no reader needs more; what a policy allows, a reader has to take.
    group.fails("too deep: 1,025 arrays", "NotJson", "[" * 1025 + "]" * 1025, "json", "json_too_deep")


def _nothing(group: DecryptGroup) -> None:
    group.opens("no token: JSON", "NoToken", ' {"a" : "__es" , "b":1E400}\n', format="json")
    group.opens("no token: plain text", ["NoToken", "PlainText"], "__es1 __es. .__")
    group.opens("no token: an empty text", ["NoToken", "PlainText"], "")
    group.opens("no token: 1,024 arrays", "NoToken", "[" * 1024 + "]" * 1024, format="json")
    group.opens(
        "no token: a member name that ends in a prefix and a value that begins with a full stop",
        "NoToken",
        '{"__es1":".k1.s."}',
        format="json",
    )
