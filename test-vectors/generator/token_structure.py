"""Token vectors: text that is kept: unknown versions, kinds and keys, and every kind of damage."""

from .decrypting import DecryptGroup, K, T, keyring
from .encoding import b64, b64url, from_b64url
from .stream import Stream
from .token_direct import ALPHABET, KEYS, direct
from .token_envelope import framed, sealed

_GOOD = direct("k1", "s", "123-45-6789", "a good token")
_BODY = _GOOD.split(".")[3]
_JWE = sealed("a good envelope")
DAMAGED = "token_damaged"


def unused_bits(text: str) -> str:
    """The same bytes with the last unused bit set."""
    return text[:-1] + ALPHABET[ALPHABET.index(text[-1]) | 1]


def add(file) -> None:
    """Adds the groups."""
    group = DecryptGroup(file, "text that is kept", keyring(**KEYS), alone=True)
    _versions(group)
    _kinds(group)
    _truncated(group)
    _direct(group)
    _envelope(group)
    _sizes(group)
    _unknown_keys(group)


def _kept(group: DecryptGroup, comment: str, flag: str | list[str], text: str, code: str = DAMAGED) -> None:
    group.opens(comment, flag, K(text, code))


def _versions(group: DecryptGroup) -> None:
    for digits in ("2", "0", "01", "10", "11", "12", "1" * 40, "99999999999999999999"):
        _kept(group, f"version {digits}", "Version", _GOOD.replace("__es1.", f"__es{digits}."), "token_version_unknown")
        _kept(group, f"version {digits}, nothing behind it", "Version", f"__es{digits}.", "token_version_unknown")


def _kinds(group: DecryptGroup) -> None:
    for kind in ("x", "S", "V", "E", "a", "1", "0", "ss", "sv", "es", "s1", "jwe", "abcdefghij"):
        _kept(group, f"kind {kind}", "Kind", _GOOD.replace(".s.", f".{kind}."), "token_kind_unknown")
    _kept(group, "kind x, nothing behind it", "Kind", "__es1.k1.x.", "token_kind_unknown")
    _kept(
        group,
        "kind x under a key id that the keyring does not have",
        ["Kind", "UnknownKey"],
        "__es1.zz.x.QQ.__",
        "token_kind_unknown",
    )
    _kept(
        group,
        "a full stop in the key id makes the rest of it a kind",
        ["Kind", "KeyId"],
        f"__es1.k.1.s.{_BODY}.__",
        "token_kind_unknown",
    )
    for kind, what in (
        ("", "empty"),
        ("-", "a hyphen"),
        ("s-", "a letter and a hyphen"),
        ("_", "an underscore"),
        (" s", "a space before it"),
        ("s ", "a space behind it"),
        ("\u00e9", "a letter beyond ASCII"),
        ("\u0661", "a digit beyond ASCII"),
    ):
        _kept(group, f"kind: {what}", ["Structure", "Kind"], f"__es1.k1.{kind}.{_BODY}.__")
    _kept(group, "an unknown kind without its full stop", ["Structure", "Kind"], "__es1.k1.x")


def _truncated(group: DecryptGroup) -> None:
    ends = {
        "the prefix": 6,
        "one character of the key id": 7,
        "the key id": 8,
        "the full stop after the key id": 9,
        "the kind": 10,
        "the full stop after the kind": 11,
        "one character of the body": 12,
        "half of the body": 150,
        "all but one character of the body": len(_GOOD) - 4,
        "the body": len(_GOOD) - 3,
        "the first character of the suffix": len(_GOOD) - 2,
        "the second of the suffix": len(_GOOD) - 1,
    }
    for what, end in ends.items():
        _kept(group, f"a direct token ends after {what}", "Structure", _GOOD[:end])
    jwe = framed(_JWE)
    at = len("__es1.k1.e.")
    for number, name in enumerate(("header", "wrapped data key", "IV", "ciphertext", "tag")):
        middle = at + len(_JWE[number]) // 2
        at += len(_JWE[number])
        _kept(group, f"an envelope token ends inside its {name}", "Structure", jwe[:middle])
        _kept(group, f"an envelope token ends after its {name}", "Structure", jwe[:at])
        at += 1
    _kept(group, "an envelope token ends after its first full stop", "Structure", "__es1.k1.e.")
    _kept(group, "an envelope token ends after one character of the suffix", "Structure", jwe[:-2])


def _direct(group: DecryptGroup) -> None:
    for kid, what in (
        ("", "empty"),
        ("k" * 65, "65 characters"),
        ("k/1", "a solidus"),
        ("k+1", "a plus sign"),
        ("k=1", "an equals sign"),
        ("k 1", "a space"),
        ("k~1", "a tilde"),
        ("k:1", "a colon"),
        ("\u00e9", "a letter beyond ASCII"),
        ("k\n1", "a line feed"),
        ("k\x001", "U+0000"),
        ("k%31", "a per cent sign"),
    ):
        _kept(group, f"key id: {what}", ["Structure", "KeyId"], f"__es1.{kid}.s.{_BODY}.__")
    bodies = (
        ("empty", ""),
        ("one character short", _BODY[:-1]),
        ("two characters short", _BODY[:-2]),
        ("one character long", _BODY + "A"),
        ("two characters long", _BODY + "AA"),
        ("without its first character", _BODY[1:]),
        ("twice", _BODY * 2),
        ("255 bytes", b64url(from_b64url(_BODY)[:-1])),
        ("257 bytes", b64url(from_b64url(_BODY) + b"\x00")),
        ("a space inside", _BODY[:99] + " " + _BODY[100:]),
        ("a line feed inserted", _BODY[:76] + "\n" + _BODY[76:]),
        ("CRLF inserted, as a mail program would", _BODY[:76] + "\r\n" + _BODY[76:]),
        ("a plus sign, standard base64", _BODY[:99] + "+" + _BODY[100:]),
        ("a solidus, standard base64", _BODY[:99] + "/" + _BODY[100:]),
        ("a full stop inside", _BODY[:99] + "." + _BODY[100:]),
        ("a tilde inside", _BODY[:99] + "~" + _BODY[100:]),
        ("an asterisk inside", _BODY[:99] + "*" + _BODY[100:]),
        ("a letter beyond ASCII", _BODY[:99] + "\u00e9" + _BODY[100:]),
        ("U+0000 inside", _BODY[:99] + "\x00" + _BODY[100:]),
        ("a per cent escape", _BODY[:99] + "%41" + _BODY[100:]),
        ("an equals sign for the last character", _BODY[:-1] + "="),
    )
    for what, body in bodies:
        _kept(group, f"body: {what}", "Structure", f"__es1.k1.s.{body}.__")
    standard = b64(from_b64url(_BODY))
    assert "+" in standard or "/" in standard
    _kept(group, "body: padding", ["Structure", "Canonical"], f"__es1.k1.s.{_BODY}==.__")
    _kept(
        group,
        "body: standard base64 without padding",
        ["Structure", "Canonical"],
        f"__es1.k1.s.{standard.rstrip('=')}.__",
    )
    _kept(group, "body: an unused bit is set, 256 bytes", "Canonical", f"__es1.k1.s.{unused_bits(_BODY)}.__")
    large = direct("k4", "s", "x", "unused bits of 512 bytes").split(".")[3]
    _kept(group, "body: an unused bit is set, 512 bytes", "Canonical", f"__es1.k4.s.{unused_bits(large)}.__")
    for suffix, what in (
        ("", "none"),
        (".", "a full stop"),
        ("._", "one underscore"),
        ("__", "no full stop"),
        (".-_", "a hyphen"),
        (". __", "a space"),
        ("..__", "two full stops"),
        (".es", "letters"),
    ):
        _kept(group, f"suffix: {what}", "Structure", f"__es1.k1.s.{_BODY}{suffix} and so on")
    _kept(group, "a direct token with a second part", "Structure", f"__es1.k1.s.{_BODY}.{_BODY}.__")
    _kept(group, "a direct token with an envelope's body", "Structure", f"__es1.k1.s.{'.'.join(_JWE)}.__")
    for text, what in (
        ("__es1..", "full stops"),
        ("__es1. ", "a space"),
        ("__es1.k1", "a key id"),
        ("__es1.k1.s", "a kind without a full stop"),
        ("__es1.k1.s..__", "no body"),
    ):
        _kept(group, f"the prefix and {what}", "Structure", text)


def _envelope(group: DecryptGroup) -> None:
    head, wrapped, iv, sealed_text, tag = _JWE
    cases = (
        ("four parts", [head, wrapped, iv, sealed_text]),
        ("six parts", [*_JWE, tag]),
        ("one part", [wrapped]),
        ("an empty header", ["", *_JWE[1:]]),
        ("a header of 4,098 characters", sealed("a long header", header=" " * 3073)),
        ("a header length that base64url cannot have", ["A" * 97, *_JWE[1:]]),
        ("no wrapped data key", [head, "", iv, sealed_text, tag]),
        ("a wrapped data key one character short", [head, wrapped[:-1], iv, sealed_text, tag]),
        ("a wrapped data key one character long", [head, wrapped + "A", iv, sealed_text, tag]),
        ("no IV", [head, wrapped, "", sealed_text, tag]),
        ("an IV of 11 bytes", [head, wrapped, b64url(bytes(11)), sealed_text, tag]),
        ("an IV of 13 bytes", [head, wrapped, b64url(bytes(13)), sealed_text, tag]),
        ("an IV of 15 characters", [head, wrapped, iv[:-1], sealed_text, tag]),
        ("an IV of 17 characters", [head, wrapped, iv + "A", sealed_text, tag]),
        ("an IV of 16 bytes", [head, wrapped, b64url(bytes(16)), sealed_text, tag]),
        ("no ciphertext", [head, wrapped, iv, "", tag]),
        ("a ciphertext of 1 byte", [head, wrapped, iv, b64url(b"x"), tag]),
        ("a ciphertext of 31 bytes", [head, wrapped, iv, b64url(bytes(31)), tag]),
        ("a ciphertext of 33 bytes", [head, wrapped, iv, b64url(bytes(33)), tag]),
        ("a ciphertext of 48 bytes", [head, wrapped, iv, b64url(bytes(48)), tag]),
        ("a ciphertext length that base64url cannot have", [head, wrapped, iv, "A" * 45, tag]),
        ("no tag", [head, wrapped, iv, sealed_text, ""]),
        ("a tag of 15 bytes", [head, wrapped, iv, sealed_text, b64url(bytes(15))]),
        ("a tag of 17 bytes", [head, wrapped, iv, sealed_text, b64url(bytes(17))]),
        ("a tag of 21 characters", [head, wrapped, iv, sealed_text, tag[:-1]]),
        ("a tag of 12 bytes", [head, wrapped, iv, sealed_text, b64url(bytes(12))]),
    )
    for what, parts in cases:
        _kept(group, f"envelope: {what}", ["Structure", "Envelope"], framed(parts))
    _kept(group, "envelope: a direct token's body", ["Structure", "Envelope"], f"__es1.k1.e.{_BODY}.__")
    names = ("header", "wrapped data key", "IV", "ciphertext", "tag")
    for at, name in enumerate(names):
        for what, text in (
            ("padding", _JWE[at] + "="),
            ("a plus sign", "+" + _JWE[at][1:]),
            ("a solidus", "/" + _JWE[at][1:]),
            ("a space", " " + _JWE[at][1:]),
        ):
            _kept(
                group,
                f"envelope: {what} in the {name}",
                ["Structure", "Envelope"],
                framed([*_JWE[:at], text, *_JWE[at + 1 :]]),
            )
    odd_header = sealed("a header with unused bits", header="x" * 100)[0]
    for at, name, text in (
        (0, "header", odd_header),
        (1, "wrapped data key", wrapped),
        (3, "ciphertext", sealed_text),
        (4, "tag", tag),
    ):
        _kept(
            group,
            f"envelope: an unused bit is set in the {name}",
            ["Canonical", "Envelope"],
            framed([*_JWE[:at], unused_bits(text), *_JWE[at + 1 :]]),
        )


def _sizes(group: DecryptGroup) -> None:
    bodies = {kid: direct(kid, "s", "x", "sizes " + kid).split(".")[3] for kid in ("k1", "k3", "k4")}
    for kid in bodies:
        for other, body in bodies.items():
            if other != kid:
                _kept(
                    group,
                    f"a body for {KEYS[other].bytes} bytes under a key of {KEYS[kid].bytes}",
                    "ModulusSize",
                    f"__es1.{kid}.s.{body}.__",
                )
    parts = [*_JWE]
    for kid, key in (("k3", KEYS["k3"]), ("k4", KEYS["k4"])):
        _kept(
            group,
            f"a data key wrapped under 256 bytes, a key of {key.bytes}",
            ["ModulusSize", "Envelope"],
            framed(parts, kid),
        )
    parts[1] = bodies["k3"]
    _kept(group, "a data key wrapped under 384 bytes, a key of 256", ["ModulusSize", "Envelope"], framed(parts))


def _unknown_keys(group: DecryptGroup) -> None:
    code = "token_key_unknown"
    for kid in ("zz", "k", "k11", "K1", "k1_", "-", "z" * 64):
        _kept(group, f"key id {kid} is not in the keyring", "UnknownKey", f"__es1.{kid}.s.{_BODY}.__", code)
    for kid, key in KEYS.items():
        body = direct(kid, "v", "1", "unknown " + kid).split(".")[3]
        _kept(
            group,
            f"an unknown key id, a body of {key.bytes} bytes, under {key.name}",
            "UnknownKey",
            f"__es1.zz.v.{body}.__",
            code,
        )
    _kept(group, "an envelope token under an unknown key id", ["UnknownKey", "Envelope"], framed(_JWE, "zz"), code)
    body = b64url(Stream("junk").take(256))
    _kept(group, "junk of the right shape under an unknown key id", "UnknownKey", f"__es1.zz.s.{body}.__", code)
    _kept(
        group,
        "damage is found before the key id is looked up",
        ["Structure", "UnknownKey"],
        f"__es1.zz.s.{body[:-1]}.__",
    )
    group.opens(
        "an unknown key id, then a token that opens",
        ["UnknownKey", "Surroundings"],
        K(f"__es1.zz.s.{body}.__", code),
        T(_GOOD, "123-45-6789"),
    )
