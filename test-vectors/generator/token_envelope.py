"""Token vectors: kind e: what opens, and what does not."""

from . import oaep, token
from .decrypting import DecryptGroup, T, keyring
from .encoding import b64url, from_b64url
from .rsakey import A, B
from .stream import Stream
from .token_direct import KEYS

HEADER = token.header("ssn")


def sealed(
    label: str, plaintext: bytes = b'"123"' + b" " * 27, header: str | bytes = HEADER, key=A, data_key_bytes: int = 32
) -> list[str]:
    """The five parts of a JWE under a fresh data key."""
    stream = Stream("envelope\x00" + label)
    return token.DataKey(key, stream, data_key_bytes).seal(header, plaintext, stream.take(12))


def framed(parts: list[str], kid: str = "k1") -> str:
    """A token of kind e."""
    return token.frame(kid, "e", ".".join(parts))


def add(file) -> None:
    """Adds the groups."""
    _opens(DecryptGroup(file, "envelope mode: tokens that open", keyring(**KEYS), alone=True))
    _plaintexts(DecryptGroup(file, "envelope mode: plaintexts", keyring(**KEYS), alone=True))
    _keys(DecryptGroup(file, "envelope mode: the data key", keyring(**KEYS), alone=True))
    _swaps(DecryptGroup(file, "envelope mode: changed and exchanged parts", keyring(**KEYS), alone=True))


def _opens(group: DecryptGroup) -> None:
    for kid, key in KEYS.items():
        stream = Stream("envelope under " + kid)
        text = token.envelope(kid, token.DataKey(key, stream), "ssn", None, '"123-45-6789"', stream)
        group.opens(f"kind e under {key.name}", "Envelope", T(text, "123-45-6789"))
    for json_text, out, what in (
        ('""', "", "the empty string"),
        ("null", "null", "null"),
        ("42", "42", "a number"),
        ("0", "0", "one byte"),
        ('{"a" : 1}', '{"a" : 1}', "white space inside the value stays"),
        ('"  "', "  ", "spaces inside a string"),
        ('"\\u0041\\/"', "A/", "a string comes out as its text"),
        ('"\\ud800"', '"\\ud800"', "a lone surrogate has no text"),
        ("1" * 31, "1" * 31, "31 bytes of JSON text"),
        ("1" * 32, "1" * 32, "32 bytes of JSON text, no padding"),
        ("1" * 33, "1" * 33, "33 bytes of JSON text"),
        ('"' + "x" * 3000 + '"', "x" * 3000, "a long value"),
    ):
        stream = Stream("envelope of " + what)
        text = token.envelope("k1", token.DataKey(A, stream), "ssn", {"tenant": "acme"}, json_text, stream)
        group.opens(f"kind e: {what}", "Envelope", T(text, out))
    group.opens(
        "kind e: 32 spaces more than needed are padding too",
        "Envelope",
        T(framed(sealed("more padding", b"1" + b" " * 63)), "1"),
    )


def _plaintexts(group: DecryptGroup) -> None:
    for data, what in (
        (b" " * 32, "spaces alone"),
        (b" " + b"1" + b" " * 30, "a space before the value"),
        (b"1" + b"\t" * 31, "padding with tabs"),
        (b"1" + bytes(31), "padding with zeros"),
        (b"1\n" + b" " * 30, "LF before the padding"),
        (b"\n1" + b" " * 30, "LF before the value"),
        (b"1 2" + b" " * 29, "two values"),
        (b"x" * 32, "a bare word"),
        (b'"x' + b" " * 30, "a string not closed"),
        (b'"\xff"' + b" " * 29, "not UTF-8"),
        (b'"\xed\xa0\x80"' + b" " * 27, "a surrogate"),
        (b"\xef\xbb\xbf1" + b" " * 28, "a byte order mark"),
        (b"1\xc2\xa0" + b" " * 29, "padding with U+00A0"),
        (b"NaN" + b" " * 29, "NaN"),
        (b"01" + b" " * 30, "a leading zero"),
        (b"1" + b"\x1f" * 31, "PKCS#7 padding"),
    ):
        group.fails(
            f"kind e is not one JSON value and spaces: {what}",
            ["Plaintext", "Envelope"],
            framed(sealed("plaintext " + what, data)),
        )


def _keys(group: DecryptGroup) -> None:
    for count in (16, 24):
        group.fails(
            f"a data key of {count} bytes, which AES would take",
            ["DataKey", "Envelope"],
            framed(sealed(f"{count} bytes", data_key_bytes=count)),
        )
    parts = sealed("the length of the data key")
    stream = Stream("the wrapped bytes")
    for count in (0, 31, 33, 64):
        wrapped = oaep.encrypt(A, stream.take(count), stream.take(32))
        group.fails(
            f"a data key of {count} bytes", ["DataKey", "Envelope"], framed([parts[0], b64url(wrapped), *parts[2:]])
        )
    other = sealed("another data key")
    group.fails("another data key of 32 bytes", ["DataKey", "Envelope"], framed([parts[0], other[1], *parts[2:]]))
    group.fails("wrapped under another key", ["Oaep", "Envelope"], framed(sealed("another key", key=B)))
    group.fails("the key id of another 2048-bit key", ["Oaep", "Envelope"], framed(parts, "k2"))
    data_key = token.DataKey(A, Stream("wrapped another way"))
    for what, wrapped in (
        ("RSAES-OAEP with SHA-1", oaep.encrypt_with(A, data_key.bytes, stream.take(20), "sha1", "sha1", b"")),
        ("MGF1-SHA-1", oaep.encrypt_with(A, data_key.bytes, stream.take(32), "sha256", "sha1", b"")),
        ("a label", oaep.encrypt_with(A, data_key.bytes, stream.take(32), "sha256", "sha256", b"label")),
        ("RSAES-PKCS1-v1_5", oaep.encrypt_pkcs1(A, data_key.bytes, stream.take(256))),
        ("n + 1", (A.n + 1).to_bytes(256, "big")),
    ):
        data_key.wrapped = wrapped
        group.fails(
            f"the data key is wrapped with {what}",
            ["Oaep", "Envelope"],
            framed(data_key.seal(HEADER, token.pad("1"), b"123456789012")),
        )


def _swaps(group: DecryptGroup) -> None:
    names = ("header", "wrapped data key", "IV", "ciphertext", "tag")
    stream = Stream("two tokens of one request")
    data_key = token.DataKey(A, stream)
    one = data_key.seal(token.header("ssn"), token.pad('"1"'), stream.take(12))
    two = data_key.seal(token.header("email"), token.pad('"2"'), stream.take(12))
    group.opens(
        "two tokens of one request share the wrapped data key",
        "Envelope",
        T(framed(one), "1"),
        " ",
        T(framed(two), "2"),
    )
    for at in (0, 2, 3, 4):
        changed = [*one[:at], two[at], *one[at + 1 :]]
        group.fails(
            f"the {names[at]} of another token of the request", ["ModifiedCiphertext", "Envelope"], framed(changed)
        )
    group.fails("ciphertext and tag of another token", ["ModifiedCiphertext", "Envelope"], framed([*one[:3], *two[3:]]))
    group.fails(
        "IV, ciphertext and tag of another token under this header",
        ["ModifiedCiphertext", "Envelope"],
        framed([*one[:2], *two[2:]]),
    )
    for at, name in enumerate(names):
        for place, index in (("first", 0), ("a middle", len(one[at]) // 2)):
            text = one[at]
            other = "B" if text[index] == "A" else "A"
            changed = [*one[:at], text[:index] + other + text[index + 1 :], *one[at + 1 :]]
            group.fails(f"{place} character of the {name} changed", ["ModifiedCiphertext", "Envelope"], framed(changed))
    long = data_key.seal(token.header("ssn"), token.pad('"' + "x" * 60 + '"'), stream.take(12))
    group.fails(
        "the ciphertext is cut to its first 32 bytes",
        ["ModifiedCiphertext", "Envelope"],
        framed([*long[:3], b64url(from_b64url(long[3])[:32]), long[4]]),
    )
    group.fails("the tag is zero", ["ModifiedCiphertext", "Envelope"], framed([*one[:4], b64url(bytes(16))]))
