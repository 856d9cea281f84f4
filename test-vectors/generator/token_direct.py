"""Token vectors: kinds s and v, classic tags: what opens, and what does not."""

import hashlib

from . import oaep, token
from .decrypting import DecryptGroup, T, entry, keyring
from .encoding import b64, b64url
from .rsakey import K3072, K4096, A, B
from .stream import Stream

KEYS = {"k1": A, "k2": B, "k3": K3072, "k4": K4096}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def direct(kid: str, kind: str, plaintext: bytes | str, label: str, key=None) -> str:
    """A token of direct mode under a key of `KEYS`."""
    data = plaintext.encode("utf-8") if isinstance(plaintext, str) else plaintext
    return token.direct(kid, kind, key or KEYS[kid], data, Stream("token\x00" + label))


def add(file) -> None:
    """Adds the groups."""
    _kinds(DecryptGroup(file, "direct mode: tokens that open", keyring(**KEYS), alone=True))
    _key_ids(file)
    _oaep(DecryptGroup(file, "direct mode: the RSA ciphertext", keyring(**KEYS), alone=True))
    _plaintexts(DecryptGroup(file, "direct mode: plaintexts", keyring(**KEYS), alone=True))
    _classic(file)


def _kinds(group: DecryptGroup) -> None:
    for kid, key in KEYS.items():
        for kind, plaintext, out in (("s", "123-45-6789", None), ("v", "42", None), ("v", '"a\\/b"', "a/b")):
            comment = f"kind {kind} under {key.name}: {plaintext}"
            group.opens(comment, "Direct", T(direct(kid, kind, plaintext, comment), out or plaintext))
        comment = f"the longest plaintext under {key.name}: {key.longest} bytes"
        text = "x" * key.longest
        group.opens(comment, "Direct", T(direct(kid, "s", text, comment), text))
    for text, what in (
        ("", "the empty text"),
        ("\u00e9\U0001f600", "UTF-8"),
        ("\x00", "U+0000"),
        ("\ufeffx", "U+FEFF"),
        ('"', "a quotation mark"),
        ("a\r\nb\t", "line ends and a tab"),
        ("\uffff", "a noncharacter"),
        ("null", "the text null"),
        (" x ", "spaces at both ends"),
    ):
        group.opens(f"kind s: {what}", "Direct", T(direct("k1", "s", text, what), text))
    for text, out, what in (
        ("null", None, "null"),
        ("true", None, "true"),
        ("false", None, "false"),
        ("-0", None, "minus zero"),
        ("1E400", None, "a number no double holds"),
        ("1.0", None, "a fraction of zero"),
        ("{}", None, "an empty object"),
        ("[]", None, "an empty array"),
        ('{"a" : [ 1,\r\n2 ]}', None, "white space inside the value stays"),
        ('{"a":1,"a":2}', None, "an object with duplicate names is JSON"),
        ('"\\u00e9\\n"', "\u00e9\n", "a string comes out as its text"),
        ('"plain"', "plain", "a string that kind s would have held"),
        ('"\\ud83d\\ude00"', "\U0001f600", "an escaped surrogate pair"),
        ('"\\ud800"', '"\\ud800"', "a lone surrogate has no text: the JSON text comes out"),
        ('"a\\udc00\\/"', '"a\\udc00\\/"', "a lone low surrogate amid other escapes"),
        ('["\\ud800"]', None, "a lone surrogate inside an array"),
    ):
        group.opens(f"kind v: {what}", "Direct", T(direct("k1", "v", text, "v " + what), out or text))


def _key_ids(file) -> None:
    kids = [*ALPHABET, ALPHABET, "k" * 64, "__es1", "s", "e", "a-b_c"]
    group = DecryptGroup(file, "key ids", keyring(**{kid: A for kid in dict.fromkeys(kids)}), alone=True)
    for kid in dict.fromkeys(kids):
        group.opens(f"key id {kid}", ["KeyId", "Direct"], T(direct(kid, "s", "x", "key id " + kid, A), "x"))


def _oaep(group: DecryptGroup) -> None:
    def fails(what: str, ciphertext: bytes | int, flag: str = "Oaep", kid: str = "k1") -> None:
        data = ciphertext.to_bytes(A.bytes, "big") if isinstance(ciphertext, int) else ciphertext
        group.fails(f"does not open: {what}", [flag, "Direct"], token.frame(kid, "s", b64url(data)))

    stream = Stream("faulty OAEP")
    seed = stream.take(32)
    message = b"123-45-6789"
    good = oaep.encrypt(A, message, seed)
    fails("encrypted under another key", oaep.encrypt(B, message, seed))
    fails("a 2048-bit ciphertext under another 2048-bit key id", good, kid="k2")
    fails("a label that is not empty", oaep.encrypt_with(A, message, seed, "sha256", "sha256", b"label"))
    fails("RSAES-OAEP with SHA-1", oaep.encrypt_with(A, message, stream.take(20), "sha1", "sha1", b""))
    fails("SHA-256 with MGF1-SHA-1", oaep.encrypt_with(A, message, seed, "sha256", "sha1", b""))
    fails("SHA-1 with MGF1-SHA-256", oaep.encrypt_with(A, message, stream.take(20), "sha1", "sha256", b""))
    fails("RSAES-OAEP with SHA-512", oaep.encrypt_with(A, message, stream.take(64), "sha512", "sha512", b""))
    fails("RSAES-PKCS1-v1_5", oaep.encrypt_pkcs1(A, message, stream.take(A.bytes)))
    fails("textbook RSA", oaep.raw(A, message.rjust(A.bytes, b"\x00")))
    label_hash = hashlib.sha256(b"").digest()
    room = A.bytes - 66 - len(message)
    block = label_hash + bytes(room) + b"\x01" + message
    fails("the first byte of the block is 1", oaep.encrypt_block(A, 1, block, seed))
    fails("the first byte of the block is 2", oaep.encrypt_block(A, 2, block, seed))
    fails("no byte 01 before the message", oaep.encrypt_block(A, 0, label_hash + bytes(len(block) - 32), seed))
    fails("a byte 02 before the message", oaep.encrypt_block(A, 0, label_hash + bytes(room) + b"\x02" + message, seed))
    fails(
        "a padding byte that is not 0",
        oaep.encrypt_block(A, 0, label_hash + b"\x03" + bytes(room - 1) + b"\x01" + message, seed),
    )
    fails("one bit of the label hash is wrong", oaep.encrypt_block(A, 0, bytes([label_hash[0] ^ 1]) + block[1:], seed))
    fails("the label hash is zero", oaep.encrypt_block(A, 0, bytes(32) + block[32:], seed))
    number = int.from_bytes(good, "big")
    for what, value in (
        ("0", 0),
        ("1", 1),
        ("n - 1", A.n - 1),
        ("n", A.n),
        ("n + 1", A.n + 1),
        ("2^2048 - 1", 2**2048 - 1),
    ):
        fails(f"the ciphertext is the integer {what}", value)
    small = _small_ciphertext(message)
    group.opens(
        "a ciphertext integer so small that c + n fits in 256 bytes opens",
        ["Oaep", "Direct"],
        T(token.frame("k1", "s", b64url(small.to_bytes(A.bytes, "big"))), message),
    )
    fails("the same ciphertext integer plus n", small + A.n)
    for what, mask in (("first", 1 << 2047), ("last", 1), ("a middle", 1 << 1000)):
        fails(f"{what} bit flipped", number ^ mask, "ModifiedCiphertext")
    fails("all bytes zero but the last", bytes(255) + b"\x02", "ModifiedCiphertext")
    fails("the bytes in reverse", bytes(reversed(good)), "ModifiedCiphertext")


def _small_ciphertext(message: bytes) -> int:
    """A ciphertext c with c + n < 2^2048."""
    stream = Stream("a small ciphertext")
    while True:
        number = int.from_bytes(oaep.encrypt(A, message, stream.take(32)), "big")
        if number + A.n < 2**2048:
            return number


def _plaintexts(group: DecryptGroup) -> None:
    for data, what in (
        (b"\xff", "byte FF"),
        (b"\x80", "a lone continuation byte"),
        (b"a\xc3", "a cut sequence"),
        (b"\xc0\xaf", "an overlong solidus"),
        (b"\xe0\x80\xaf", "an overlong sequence of three"),
        (b"\xf0\x80\x80\xaf", "an overlong sequence of four"),
        (b"\xed\xa0\x80", "a surrogate"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "a surrogate pair, CESU-8"),
        (b"\xf4\x90\x80\x80", "a code point past U+10FFFF"),
        (b"caf\xe9", "Latin-1"),
        (b"\xff\xfex\x00", "UTF-16"),
    ):
        group.fails(f"kind s is not UTF-8: {what}", ["Plaintext", "Direct"], direct("k1", "s", data, what))
    for data, what in (
        (b"", "nothing"),
        (b" ", "a space"),
        (b" 1", "a space before the value"),
        (b"1 ", "a space behind the value"),
        (b"1\n", "LF behind the value"),
        (b"\t1", "a tab before the value"),
        (b"1\x00", "U+0000 behind the value"),
        (b"1 2", "two values"),
        (b"{}{}", "two objects"),
        (b"1,", "a comma"),
        (b"x", "a bare word"),
        (b"'x'", "single quotes"),
        (b'"x', "a string that is not closed"),
        (b"01", "a leading zero"),
        (b"+1", "a plus sign"),
        (b"1.", "no digit after the point"),
        (b"NaN", "NaN"),
        (b"Infinity", "Infinity"),
        (b"nul", "a literal that is cut"),
        (b"[1,]", "a comma at the end"),
        (b"{a:1}", "a name without quotation marks"),
        (b'"\x01"', "a bare control character"),
        (b'"\\x"', "an unknown escape"),
        (b'"\\u12"', "a cut escape"),
        (b"\xef\xbb\xbf1", "a byte order mark"),
        (b'"\xff"', "not UTF-8"),
        (b'"\xed\xa0\x80"', "a surrogate"),
        (b"[" * 40, "brackets that are not closed"),
        (b"1//", "a comment"),
    ):
        group.fails(
            f"kind v is not one JSON value: {what}", ["Plaintext", "Direct"], direct("k1", "v", data, "v " + what)
        )


def _classic(file) -> None:
    tags = {
        "c1": entry(A, prefix="[enc:", suffix=":enc]"),
        "c3": entry(K3072, prefix="{{", suffix="}}"),
        "c4": entry(K4096, prefix="~", suffix="~"),
    }
    group = DecryptGroup(file, "classic tags", keyring(**tags), alone=True)

    def tag(kid: str, key, text: str, label: str) -> str:
        item = tags[kid]
        return token.classic(item["prefix"], item["suffix"], key, text, Stream("classic\x00" + label))

    for kid, key in (("c1", A), ("c3", K3072), ("c4", K4096)):
        group.opens(f"classic: a tag under {key.name}", "Classic", T(tag(kid, key, "123-45-6789", kid), "123-45-6789"))
    for text, what in (
        ("", "the empty text"),
        ("\u00e9\U0001f600", "UTF-8"),
        ("x" * 190, "190 bytes"),
        ("[enc:", "a plaintext that holds the prefix comes out as text"),
    ):
        group.opens(f"classic: {what}", "Classic", T(tag("c1", A, text, what), text))
    one = tag("c1", A, "1", "one")
    group.opens(
        "classic: two tags back to back", ["Classic", "Surroundings"], T(one, "1"), T(tag("c3", K3072, "2", "two"), "2")
    )
    group.opens("classic: the suffix alone is no tag", ["Classic", "Surroundings"], "a :enc] b")
    body = one[5:-5]
    for data, what in ((b"\xff", "not UTF-8"), (b"\xed\xa0\x80", "a surrogate")):
        sealed = oaep.encrypt(A, data, Stream("classic bytes " + what).take(32))
        group.fails(f"classic: the plaintext is {what}", ["Classic", "Plaintext"], f"[enc:{b64(sealed)}:enc]")
    other = oaep.encrypt(B, b"x", Stream("classic under another key").take(32))
    group.fails("classic: encrypted under another key", ["Classic", "Oaep"], f"[enc:{b64(other)}:enc]")
    flipped = ("A" if body[0] != "A" else "B") + body[1:]
    group.fails("classic: one character changed", ["Classic", "ModifiedCiphertext"], f"[enc:{flipped}:enc]")
