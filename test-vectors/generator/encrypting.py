"""Bodies made of pieces: literal text, and values that a rule protects. No JSON is searched to make an output."""

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


Piece = str | P


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
    data_keys: dict[str, token.DataKey] = {}
    output = ""
    report = {"values": 0, "rules": {}, "keys": {}}
    for piece in pieces:
        if isinstance(piece, str):
            output += piece
            continue
        kid = rule_of(policy, piece)["key"]
        output += f'"{_token(policy, piece, kid, data_keys, stream)}"'
        report["values"] += 1
        for table, name in (("rules", piece.rule), ("keys", kid)):
            report[table][name] = report[table].get(name, 0) + 1
    return output, report


def body_of(pieces) -> str:
    """The body before encryption."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def output_bytes(policy: dict, pieces) -> int:
    """The length of the output in bytes."""
    return len(encrypt(policy, pieces, Stream("the length does not hang on this"))[0].encode("utf-8"))


def rule_of(policy: dict, piece: P) -> dict:
    """The rule that a piece names."""
    return next(rule for rule in policy["fields"] if rule["name"] == piece.rule)


def _token(policy: dict, piece: P, kid: str, data_keys: dict[str, token.DataKey], stream: Stream) -> str:
    entry = policy["keys"][kid]
    key = KEYS[entry["public_key"]]
    text = jsontext.text_of(piece.text)
    if piece.kind == "c":
        return token.classic(entry["prefix"], entry["suffix"], key, text, stream)
    if piece.kind == "e":
        if kid not in data_keys:
            data_keys[kid] = token.DataKey(key, stream)
        return token.envelope(kid, data_keys[kid], piece.rule, policy.get("context"), piece.text, stream)
    plaintext = text if piece.kind == "s" else piece.text
    return token.direct(kid, piece.kind, key, plaintext.encode("utf-8"), stream)
