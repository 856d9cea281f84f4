"""The tests of encrypt_test.json under one policy, and the questions put to other code about each."""

from . import jsonpath, jsontext
from .encrypting import KEYS, P, Piece, V, body_of, encrypt, rule_of
from .reading import Reader
from .stream import Stream
from .vectorfile import Group, VectorFile, bytes_member

JSON = "application/json"
NDJSON = "application/x-ndjson"


class EncryptGroup:
    """Tests under one policy."""

    def __init__(self, file: VectorFile, comment: str, policy: dict, max_output_bytes: int | None = None) -> None:
        shared = {"policy": policy}
        if max_output_bytes is not None:
            shared["maxOutputBytes"] = max_output_bytes
        self._group: Group = file.group(comment, **shared)
        self._policy = policy

    def valid(self, comment: str, flags, *pieces: Piece, content_type: str = JSON) -> None:
        """A body that is encrypted. The flag `Ndjson` says that it is read by lines."""
        stream = Recorder(Stream(self._group.label(comment)))
        output, report = encrypt(self._policy, pieces, stream)
        body = body_of(pieces)
        _audit_matches(_for_type(self._policy, content_type), body, pieces, lines="Ndjson" in flags)
        audit_kinds(self._policy, pieces)
        _audit_round_trip(self._policy, body, output, lines="Ndjson" in flags)
        self._group.add(
            comment,
            flags,
            contentType=content_type,
            **bytes_member("body", body.encode("utf-8")),
            random=stream.taken.hex(),
            result="valid",
            **bytes_member("output", output.encode("utf-8")),
            report=report,
        )

    def passed(self, comment: str, flags, body: str | bytes, content_type: str) -> None:
        """A body that goes through as it is."""
        data = body.encode("utf-8") if isinstance(body, str) else body
        self._group.add(
            comment,
            flags,
            contentType=content_type,
            **bytes_member("body", data),
            random="",
            result="valid",
            **bytes_member("output", data),
            report={"values": 0, "rules": {}, "keys": {}},
        )

    def invalid(
        self, comment: str, flags, code: str, body: str | bytes, content_type: str | None = JSON, random: bytes = b""
    ) -> None:
        """A body that is refused. Nothing is drawn before a refusal, so `random` is empty but in randomness tests."""
        data = body.encode("utf-8") if isinstance(body, str) else body
        if code not in ("body_not_utf8", "content_type_unsupported") and content_type in (JSON, NDJSON):
            _audit_refusal(data.decode("utf-8"), code, content_type)
        self._group.add(
            comment,
            flags,
            contentType=content_type,
            **bytes_member("body", data),
            random=random.hex(),
            result="invalid",
            code=code,
        )

    def starved(self, comment: str, flags, change, *pieces: Piece) -> None:
        """Randomness fails: `change` spoils the bytes that a working generator would have given."""
        stream = Recorder(Stream(self._group.label(comment)))
        encrypt(self._policy, pieces, stream)
        self.invalid(comment, flags, "randomness_failed", body_of(pieces), random=change(stream.taken))


class Recorder(Stream):
    """Hands on a stream and keeps what was taken."""

    def __init__(self, source: Stream) -> None:
        self._source = source
        self.taken = b""

    def take(self, count: int) -> bytes:
        data = self._source.take(count)
        self.taken += data
        return data


def _for_type(policy: dict, content_type: str) -> dict:
    """The policy with the rules alone that are for bodies of this type. Of patterns it knows one."""
    name = content_type.split(";")[0].strip().lower()
    fits = {name} | ({"application/*+json"} if name.endswith("+json") else set())
    rules = [rule for rule in policy["fields"] if fits & {one.lower() for one in rule.get("content_types", [name])}]
    return policy | {"fields": rules}


def _audit_matches(policy: dict, body: str, pieces, lines: bool) -> None:
    """Asks the reference evaluator whether the template says what the policy says."""
    expected = [found for text in _texts(body, lines) for found in jsonpath.protected(policy, text)]
    written = [(piece.rule, jsontext.parse(piece.text)) for piece in pieces if isinstance(piece, P)]
    if expected != written:
        raise AssertionError(f"the policy protects {expected}, the template {written}")


def audit_kinds(policy: dict, pieces) -> None:
    """Asks whether each kind in the template is what mode, length and tags ask for."""
    for piece in pieces:
        if isinstance(piece, (P, V)):
            rule = rule_of(policy, piece)
            entry = policy["keys"][rule["key"]]
            json_text = piece.text if isinstance(piece, P) else jsontext.quote(piece.decoded)
            kind = "c" if "prefix" in entry else jsontext.kind_of(json_text)
            plaintext = json_text if kind == "v" else jsontext.text_of(json_text)
            too_long = len(plaintext.encode("utf-8")) > KEYS[entry["public_key"]].longest
            if rule.get("mode") == "envelope" or (too_long and rule.get("oversize") != "reject"):
                kind = "e"
            if kind != piece.kind:
                raise AssertionError(f"{json_text} becomes {kind}, the template says {piece.kind}")


def _audit_round_trip(policy: dict, body: str, output: str, lines: bool) -> None:
    """Asks the reference reader for the body. Classic tags do not bring back escapes, allowed tokens open too."""
    entries = policy["keys"]
    if "foreign_tokens" in policy or any("prefix" in entry for entry in entries.values()):
        return
    keyring = {
        "keys": {kid: {"private_key_file": KEYS[entry["public_key"]].private_file} for kid, entry in entries.items()}
    }
    found, _ = Reader(keyring, policy.get("context", {})).read(output.encode("utf-8"), "ndjson" if lines else "json")
    if found != body.encode("utf-8"):
        raise AssertionError(f"{body!r} comes back as {found!r}")


def _audit_refusal(body: str, code: str, content_type: str) -> None:
    """Asks Python's parser whether the body is JSON."""
    try:
        for text in _texts(body, content_type == NDJSON):
            jsontext.parse(text)
        refused = False
    except ValueError:
        refused = True
    if refused != (code == "json_invalid"):
        raise AssertionError(f"{code}, but refused is {refused}: {body}")


def _texts(body: str, lines: bool) -> list[str]:
    """The JSON texts of a body."""
    return [line for line in body.split("\n") if line.strip(" \t\r")] if lines else [body]
