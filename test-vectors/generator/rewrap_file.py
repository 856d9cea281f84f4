"""rewrap_test.json: what a text becomes when its tokens are moved to another key.

The tokens of a test are made twice: under the one key, and, from the same data key, initialization vector and plaintext, under the other. So
nothing here parses a token, and what is expected is no result of moving anything.
"""

from dataclasses import dataclass

from . import oaep, token
from .decrypting import entry, keyring
from .encoding import b64, b64url
from .jsontext import quote
from .reading import Reader
from .rsakey import K3072, K4096, A, B, RsaKey
from .stream import Stream
from .vectorfile import VectorFile

_NOTES = {
    "Direct": "Kinds s and v: the value is encrypted again.",
    "Envelope": "Kind e: the data key is wrapped again, and header, initialization vector, ciphertext and tag stay.",
    "Classic": "A key with a prefix and suffix of its own.",
    "Place": "Where a token stands, and how it is spelt there.",
    "Kept": "Tokens that are not moved.",
    "Refused": "What the other key does not take.",
}

FROM, TO = "pii-1", "pii-2"


@dataclass
class M:
    """A token before and after, and the RSA ciphertexts in it."""

    before: str
    after: str
    rsa: tuple[str, bytes, bytes] | None
    code: str | None = None

    def spelt(self, text: str) -> "M":
        """The same token, spelt in another way before."""
        return M(text, self.after, self.rsa, self.code)


class Mover:
    """Makes tokens under two keys."""

    def __init__(self, source: RsaKey, destination: RsaKey, to_tags: tuple[str, str] | None = None) -> None:
        self.source, self.destination, self.to_tags = source, destination, to_tags

    def rsa(self, label: str, plaintext: bytes) -> tuple[str, bytes, bytes]:
        """The same plaintext under both keys."""
        stream = Stream("rewrap\x00" + label)
        seeds = (stream.take(oaep.SEED_BYTES), stream.take(oaep.SEED_BYTES))
        pair = (oaep.encrypt(self.source, plaintext, seeds[0]), oaep.encrypt(self.destination, plaintext, seeds[1]))
        return FROM, *pair

    def direct(self, kind: str, text: str, tags: tuple[str, str] | None = None) -> M:
        """A direct token; with tags, a classic one."""
        rsa = self.rsa(f"{self.source.name} {self.destination.name} {kind} {text}", text.encode("utf-8"))
        before = tags[0] + b64(rsa[1]) + tags[1] if tags else token.frame(FROM, kind, b64url(rsa[1]))
        if self.to_tags:
            after = self.to_tags[0] + b64(rsa[2]) + self.to_tags[1]
        else:
            after = token.frame(TO, "s" if tags else kind, b64url(rsa[2]))
        return M(before, after, rsa)

    def envelopes(self, label: str, *values: str) -> list[M]:
        """Envelope tokens that share a data key. Another implementation opens each under both keys."""
        keys = []
        for key in (self.source, self.destination):
            stream = Stream("rewrap envelope\x00" + label)
            data_key = token.DataKey(key, stream)
            if key is self.destination:
                # Another seed: who moves a token cannot know the old one.
                data_key.wrapped = oaep.encrypt(key, data_key.bytes, Stream("again\x00" + label).take(oaep.SEED_BYTES))
            keys.append((data_key, stream))
        made = []
        for value in values:
            before, after = (
                token.envelope(kid, data_key, "ssn", {"tenant": "acme"}, value, stream)
                for kid, (data_key, stream) in zip((FROM, TO), keys, strict=True)
            )
            if before.split(".")[3:4] + before.split(".")[5:] != after.split(".")[3:4] + after.split(".")[5:]:
                raise AssertionError("more changes than the key id and the wrapped data key")
            made.append(M(before, after, (FROM, keys[0][0].wrapped, keys[1][0].wrapped)))
        return made


class RewrapGroup:
    """Tests under one keyring, from one key to another."""

    def __init__(self, file: VectorFile, comment: str, document: dict) -> None:
        self._group = file.group(comment, keyring=document, **{"from": [FROM], "to": TO})
        self._reader = Reader(document, {})

    def moves(self, comment: str, flags, *pieces: str | M, format: str = "text", others: int = 0) -> None:
        """`others`: how many tokens of other keys stand in the literal pieces."""
        before = "".join(piece.before if isinstance(piece, M) else piece for piece in pieces)
        after = "".join(piece.after if isinstance(piece, M) else piece for piece in pieces)
        tokens = [piece for piece in pieces if isinstance(piece, M)]
        kept, offset = [], 0
        for piece in pieces:
            if isinstance(piece, M) and piece.code:
                kept.append({"code": piece.code, "offset": offset})
            offset += len((piece.before if isinstance(piece, M) else piece).encode("utf-8"))
        moved = [piece.rsa for piece in tokens if piece.rsa]
        distinct = list(dict.fromkeys(moved))
        opened = [self._reader.read(text.encode("utf-8"), format) for text in (before, after)]
        if opened[0][0] != opened[1][0] or opened[0][0] is None:
            raise AssertionError(f"{comment}: it reads otherwise afterwards")
        self._group.add(
            comment,
            flags,
            format=format,
            input=before,
            ciphertexts=[{"key": key, "before": old.hex(), "after": new.hex()} for key, old, new in distinct],
            output=after,
            decrypted=opened[0][0].decode("utf-8"),
            report={"found": len(moved) + len(kept) + others, "rewrapped": len(moved), "kept": kept},
            result="valid",
        )

    def refuses(self, comment: str, code: str, text: str, format: str = "text") -> None:
        """Nobody is asked, and nothing is written."""
        self._group.add(comment, ["Refused"], format=format, input=text, code=code, result="invalid")


def _two(source: RsaKey, destination: RsaKey, source_tags: dict | None = None, **more) -> dict:
    keys = {FROM: entry(source, **(source_tags or {})), TO: entry(destination) | more}
    return keyring(**keys, other=entry(B))


def _sizes(file: VectorFile) -> None:
    for source, destination in ((A, B), (A, K3072), (K3072, K4096), (K4096, A)):
        mover = Mover(source, destination)
        where = f"{source.name} to {destination.name}"
        group = RewrapGroup(file, where, _two(source, destination))
        group.moves(f"kind s, {where}", "Direct", "ssn=", mover.direct("s", "078-05-1120"), ".")
        group.moves(f"kind v, {where}", "Direct", mover.direct("v", '{"a": [1, null]}'))
        (one,) = mover.envelopes(where, '"ada@example.org"')
        group.moves(f"kind e, {where}", "Envelope", one)
    mover = Mover(A, B)
    group = RewrapGroup(file, "several tokens", _two(A, B))
    one, other, third = mover.envelopes("three", '"ada"', "17", '"' + "x" * 700 + '"')
    group.moves("envelopes that share a data key go on sharing one", "Envelope", one, " ", other, " ", third)
    same = mover.direct("s", "same")
    group.moves("equal tokens stay equal", "Direct", same, ",", same, ",", same)
    group.moves("each kind in one text", ["Direct", "Envelope"], one, "\n", mover.direct("v", "17"), "\n", same)
    group.moves("the empty string, and what is not ASCII", "Direct", mover.direct("s", ""), mover.direct("s", "Zoë 😀"))


def _classic(file: VectorFile) -> None:
    tags = ("{{pii:", ":}}")
    tagged = {"prefix": tags[0], "suffix": tags[1]}
    group = RewrapGroup(file, "from classic tags", _two(A, B, tagged))
    classic = Mover(A, B).direct("s", "078-05-1120 classic", tags)
    group.moves("a token with classic tags becomes one of kind s", "Classic", "a ", classic, " b")
    group.moves("a token with classic tags in a JSON string", ["Classic", "Place"], '["', classic, '"]', format="json")
    other = {"prefix": "[new:", "suffix": ":new]"}
    mover = Mover(A, K3072, (other["prefix"], other["suffix"]))
    group = RewrapGroup(file, "to classic tags", _two(A, K3072, tagged, **other))
    group.moves("classic tags change for those of the other key", "Classic", mover.direct("s", "x classic", tags))
    group.moves("a token of kind s gets classic tags", "Classic", '{"a": "', mover.direct("s", "to classic"), '"}', format="json")
    group.moves(
        "classic tags in a quoted field of CSV", ["Classic", "Place"], '1,"', mover.direct("s", "quoted classic"), '"\r\n', format="csv"
    )
    plain = Mover(A, B)
    group.refuses("kind v has no classic form", "rewrap_kind_refused", plain.direct("v", "1 no classic").before)
    (one,) = plain.envelopes("no classic", "1")
    group.refuses("kind e has no classic form", "rewrap_kind_refused", "x " + one.before)
    text = plain.direct("s", "no place").before
    group.refuses("base64 in a form would have to be escaped", "rewrap_place_refused", "a=" + text, format="form")
    with_delimiter = {"prefix": "a;b[", "suffix": "]"}
    group = RewrapGroup(file, "to tags that hold a delimiter", _two(A, K3072, **with_delimiter))
    group.refuses(
        "a bare field of CSV would have to be quoted", "rewrap_place_refused", f"1;{text}\n", format="csv-semicolon"
    )
    mover = Mover(A, K3072, (with_delimiter["prefix"], with_delimiter["suffix"]))
    group.moves("with another delimiter it stands bare", ["Classic", "Place"], "1,", mover.direct("s", "bare"), "\n", format="csv")


def _modes(file: VectorFile) -> None:
    mover = Mover(A, B)
    (envelope,) = mover.envelopes("modes", "1")
    text, value = mover.direct("s", "of a mode"), mover.direct("v", "1.50")
    group = RewrapGroup(file, "to a key of direct mode", _two(A, B, mode="direct"))
    group.moves("a key of direct mode takes kinds s and v", "Direct", text, " ", value)
    group.refuses("a key of direct mode takes no envelope", "rewrap_kind_refused", "x" + envelope.before)
    group = RewrapGroup(file, "to a key of envelope mode", _two(A, B, mode="envelope"))
    group.moves("a key of envelope mode takes kind e", "Envelope", envelope)
    for what, one in (("s", text), ("v", value)):
        group.refuses(f"a key of envelope mode takes no kind {what}", "rewrap_kind_refused", "x" + one.before)


def _places(file: VectorFile) -> None:
    mover = Mover(A, K3072)
    group = RewrapGroup(file, "places", _two(A, K3072))
    (one,) = mover.envelopes("places", '{"b" : 2}')
    text, value = mover.direct("s", "a place, and \"quotes\""), mover.direct("v", "-1.50e+10")

    def escaped(moved: M) -> M:
        return moved.spelt(moved.before.replace("_", "\\u005f", 2).replace("pii", "\\u0070i\\u0069", 1))

    for what, token_ in (("s", text), ("v", value), ("e", one)):
        group.moves(f"a whole JSON string, kind {what}", "Place", '{"a" : "', token_, '"}', format="json")
        group.moves(f"a JSON string with escapes in the token, kind {what}", "Place", '["', escaped(token_), '"]', format="json")
        group.moves(
            f"inside a JSON string, kind {what}", "Place", '["\\u005f\\n', escaped(token_), "é\\/", token_, '"]', format="json"
        )
        group.moves(f"a member name, kind {what}", "Place", '{"', token_, '": {"x": "', token_, '"}}', format="json")
        group.moves(f"NDJSON, kind {what}", "Place", '{"a":"', token_, '"}\r\n\n["', token_, '"]\n', format="ndjson")
        group.moves(f"a form, kind {what}", "Place", "a=", token_, "&b=%20+&c=x", token_, format="form")
        group.moves(f"a bare field of CSV, kind {what}", "Place", "1,", token_, ",x\n", format="csv")
        group.moves(f"a quoted field of CSV, kind {what}", "Place", '1;"y""', token_, '"\r\n', format="csv-semicolon")
    damaged = M("__es1.", "__es1.", None, "token_damaged")
    later = M("__es2.", "__es2.", None, "token_version_unknown")
    group.moves("damage stays where it is", "Kept", "é", damaged, "pii-1.s.AAAA.__ ", text, " ", later)
    other = token.direct("other", "s", B, b"not asked for", Stream("rewrap other"))
    group.moves("tokens of other keys stay", "Kept", other, " ", text, others=1)
    already = token.direct(TO, "s", K3072, b"there before", Stream("rewrap already"))
    group.moves("tokens that are under the other key already stay", "Kept", already, " ", text, " ", already, others=2)
    group.moves("a text without tokens", "Kept", '{"a": ', quote("__es"), "}", format="json")


def make() -> VectorFile:
    """The file."""
    file = VectorFile("rewrap_test", "Texts whose tokens move to another key, and nothing else changes.", _NOTES)
    for part in (_sizes, _classic, _modes, _places):
        part(file)
    return file
