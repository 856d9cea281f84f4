"""Requests made of pieces: literal text, and values that a rule protects. Nothing is searched to make an output."""

from dataclasses import dataclass

from . import jsontext, token
from .rsakey import K3072, K4096, A, B, RsaKey
from .stream import Stream

KEYS = {key.public_pem: key for key in (A, B, K3072, K4096)}


@dataclass
class P:
    """A protected value: its JSON text, the rule, and what it becomes: `s`, `v`, `e`, or `c` for a classic tag."""

    text: str
    kind: str
    rule: str = "ssn"


@dataclass
class V:
    """A protected value outside JSON: how it stands in the request, what it becomes, the rule, its text if decoded."""

    spelt: str
    kind: str
    rule: str = "ssn"
    text: str | None = None

    @property
    def decoded(self) -> str:
        """The text that is encrypted."""
        return self.spelt if self.text is None else self.text


@dataclass
class Length:
    """The length in bytes of what other pieces become, in digits."""

    content: tuple


Piece = str | bytes | P | V | Length


def rule(name: str, path: str, key: str = "k1", **rest) -> dict:
    """A field rule."""
    return {"name": name, "path": path, "key": key, **rest}


def policy(*fields: dict, keys: dict[str, RsaKey | dict] | None = None, **rest) -> dict:
    """A policy. `keys` maps a key id to a test key, or to the whole entry."""
    entries = {
        kid: {"public_key": key.public_pem} if isinstance(key, RsaKey) else key
        for kid, key in (keys or {"k1": A}).items()
    }
    return {"version": 1, "keys": entries, "fields": list(fields), **rest}


def encrypt(policy: dict, pieces, stream: Stream) -> tuple[str, dict]:
    """(output, report) of a body made of these pieces."""
    sealing = Sealing(policy, stream)
    return sealing.seal(pieces).decode("utf-8"), sealing.report


class Sealing:
    """One request: what is drawn, shared and counted."""

    def __init__(self, policy: dict, stream: Stream) -> None:
        self._policy = policy
        self._stream = stream
        self._data_keys: dict[str, token.DataKey] = {}
        self.report = {"values": 0, "rules": {}, "keys": {}}

    def seal(self, pieces) -> bytes:
        """What becomes of these pieces. A value of JSON becomes a string, any other value the token alone."""
        return b"".join(self._piece(piece) for piece in pieces)

    def _piece(self, piece: Piece) -> bytes:
        if isinstance(piece, (str, bytes)):
            return as_bytes(piece)
        if isinstance(piece, Length):
            return str(output_bytes(self._policy, piece.content)).encode("ascii")
        kid = rule_of(self._policy, piece)["key"]
        text = self._token(piece, kid)
        self.report["values"] += 1
        for table, name in (("rules", piece.rule), ("keys", kid)):
            self.report[table][name] = self.report[table].get(name, 0) + 1
        return (f'"{text}"' if isinstance(piece, P) else text).encode("utf-8")

    def _token(self, piece: P | V, kid: str) -> str:
        entry = self._policy["keys"][kid]
        key = KEYS[entry["public_key"]]
        text = jsontext.text_of(piece.text) if isinstance(piece, P) else piece.decoded
        json_text = piece.text if isinstance(piece, P) else jsontext.quote(text)
        if piece.kind == "c":
            return token.classic(entry["prefix"], entry["suffix"], key, text, self._stream)
        if piece.kind == "e":
            if kid not in self._data_keys:
                self._data_keys[kid] = token.DataKey(key, self._stream)
            return token.envelope(
                kid, self._data_keys[kid], piece.rule, self._policy.get("context"), json_text, self._stream
            )
        plaintext = text if piece.kind == "s" else json_text
        return token.direct(kid, piece.kind, key, plaintext.encode("utf-8"), self._stream)


def body_of(pieces) -> str:
    """The body before encryption."""
    return bytes_of(pieces).decode("utf-8")


def bytes_of(pieces) -> bytes:
    """The same, as bytes."""
    return b"".join(as_bytes(spelling(piece)) for piece in pieces)


def spelling(piece: Piece) -> str | bytes:
    """How a piece stands in the request."""
    if isinstance(piece, Length):
        return str(len(bytes_of(piece.content)))
    return piece.text if isinstance(piece, P) else piece.spelt if isinstance(piece, V) else piece


def as_bytes(text: str | bytes) -> bytes:
    """UTF-8, or the bytes as they are."""
    return text.encode("utf-8") if isinstance(text, str) else text


def output_bytes(policy: dict, pieces) -> int:
    """The length of the output in bytes."""
    return len(Sealing(policy, Stream("the length does not hang on this")).seal(pieces))


def rule_of(policy: dict, piece: P | V) -> dict:
    """The rule that a piece names."""
    return next(rule for rule in policy["fields"] if rule["name"] == piece.rule)
