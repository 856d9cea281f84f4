"""The tests of request_test.json under one policy, and the questions put to other code about each."""

from . import jsontext, request_reader
from .encrypt_group import Recorder, audit_kinds
from .encrypting import KEYS, P, Piece, Sealing, V, as_bytes, bytes_of, spelling
from .form_reader import fields
from .reading import Reader
from .refused import Refused
from .request_reader import Request
from .stream import Stream
from .vectorfile import Group, VectorFile, bytes_member

JSON = "application/json"
NDJSON = "application/x-ndjson"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
TYPES = {JSON: "json", NDJSON: "ndjson", FORM: "form", "multipart/form-data": "multipart"}
_COUNTS = ("reported", "would_refuse")


def query_rule(name: str, query: str, key: str = "k1", **rest) -> dict:
    """A rule for a query parameter."""
    return {"name": name, "query": query, "key": key, **rest}


def header_rule(name: str, header: str, key: str = "k1", **rest) -> dict:
    """A rule for a request header."""
    return {"name": name, "header": header, "key": key, **rest}


class RequestGroup:
    """Tests under one policy. A request is the pieces of its body (none: no body), and what is named beside them."""

    def __init__(
        self, file: VectorFile, comment: str, policy: dict, type: str | None = JSON, max_output_bytes: int | None = None
    ) -> None:
        shared = {"policy": policy}
        if max_output_bytes is not None:
            shared["maxOutputBytes"] = max_output_bytes
        self.file = file
        self._group: Group = file.group(comment, **shared)
        self._policy = policy
        self._type = type

    def valid(self, comment: str, flags, *body: Piece, counts: dict | None = None, **request) -> None:
        """A request that may go on. `counts`: what the report has beside values, rules and keys."""
        template = self._template(body, request)
        stream = Recorder(Stream(self._group.label(comment)))
        sealing = Sealing(self._policy, stream)
        output = template.sealed(sealing)
        report = sealing.report | (counts or {})
        self._audit(template, report)
        audit_kinds(self._policy, template.pieces())
        self._audit_round_trip(template, output)
        self._group.add(
            comment, flags, **template.members(), random=stream.taken.hex(), result="valid", **output, report=report
        )

    def invalid(self, comment: str, flags, code: str, *body: Piece, random: bytes = b"", **request) -> None:
        """A request that is refused. Nothing is drawn before, so `random` is empty but in randomness tests."""
        template = self._template(body, request)
        self._audit_refusal(comment, template, code)
        self._group.add(comment, flags, **template.members(), random=random.hex(), result="invalid", code=code)

    def starved(self, comment: str, flags, change, *body: Piece, **request) -> None:
        """Randomness fails: `change` spoils the bytes that a working generator would have given."""
        stream = Recorder(Stream(self._group.label(comment)))
        self._template(body, request).sealed(Sealing(self._policy, stream))
        self.invalid(comment, flags, "randomness_failed", *body, random=change(stream.taken), **request)

    def _template(self, body, request: dict) -> "_Template":
        return _Template(body, **({"type": self._type} | request))

    def _audit(self, template: "_Template", report: dict) -> None:
        """Asks the reference whether the template says what the policy says."""
        found = request_reader.read(self._policy, template.request())
        written = [(piece.rule, _value(piece)) for piece in template.pieces() if isinstance(piece, (P, V))]
        if found.values != written:
            raise AssertionError(f"the policy protects {found.values}, the template {written}")
        counts = {name: getattr(found, name) for name in _COUNTS if getattr(found, name)}
        left = template.left_over(self._policy, found.strings)
        if left:
            counts["leftovers"] = left
        stated = {name: count for name, count in report.items() if name not in ("values", "rules", "keys")}
        if counts != stated or (left and self._policy["leftovers"]["action"] == "refuse"):
            raise AssertionError(f"the reference counts {counts}, the template says {stated}")

    def _audit_refusal(self, comment: str, template: "_Template", code: str) -> None:
        """Asks the reference for the code. It knows nothing of randomness and of how long an output is."""
        try:
            found = request_reader.read(self._policy, template.request())
        except Refused as refused:
            if refused.code != code:
                raise AssertionError(f"{comment}: {code}, but the reference says {refused.code}") from refused
            return
        left = template.left_over(self._policy, found.strings)
        if not (code in ("randomness_failed", "output_too_large") or (code == "value_left" and left)):
            raise AssertionError(f"{comment}: {code}, but the reference refuses nothing")

    def _audit_round_trip(self, template: "_Template", output: dict) -> None:
        """Asks the reference reader for what was there. Allowed tokens would open too."""
        if "foreign_tokens" in self._policy:
            return
        keyring = {
            kid: {"private_key_file": KEYS[entry["public_key"]].private_file}
            | {name: entry[name] for name in ("prefix", "suffix") if name in entry}
            for kid, entry in self._policy["keys"].items()
        }
        reader = Reader({"keys": keyring}, self._policy.get("context", {}))
        for name, value in template.plain_parts():
            sealed = as_bytes(output[name] if isinstance(name, str) else output["headersOutput"][name])
            back = reader.read(sealed, "text" if isinstance(name, int) else "form")[0]
            same = back == value if isinstance(name, int) else fields(back, "") == fields(value, "")
            if not same:
                raise AssertionError(f"{value!r} comes back as {back!r}")


class _Template:
    """A request made of pieces."""

    def __init__(self, body, type, method=None, path=None, query=None, headers=()) -> None:
        self.type, self.method, self.path = type, method, path
        self.body = body or None
        self.query = None if query is None else _tuple(query)
        self.headers = [(name, _tuple(value)) for name, value in headers]

    def pieces(self) -> list[Piece]:
        """All of them, in the order in which values draw."""
        return [*(self.query or ()), *(piece for _, value in self.headers for piece in value), *(self.body or ())]

    def request(self) -> Request:
        """What it is before encryption."""
        return Request(
            self.method,
            self.path,
            None if self.query is None else bytes_of(self.query).decode("utf-8"),
            [(name, bytes_of(value).decode("utf-8")) for name, value in self.headers],
            self.type if self.body is not None else None,
            None if self.body is None else bytes_of(self.body),
        )

    def members(self) -> dict:
        """The members of the test that say what goes in."""
        request = self.request()
        given = {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": [list(pair) for pair in request.headers] or None,
            **({} if request.content_type is None else {"contentType": request.content_type}),
        }
        return given | ({} if request.body is None else bytes_member("body", request.body))

    def sealed(self, sealing: Sealing) -> dict:
        """The members of the test that say what comes out."""
        out = {}
        if self.query is not None:
            out["queryOutput"] = sealing.seal(self.query).decode("utf-8")
        if self.headers:
            out["headersOutput"] = [sealing.seal(value).decode("utf-8") for _, value in self.headers]
        return out if self.body is None else out | bytes_member("output", sealing.seal(self.body))

    def plain_parts(self):
        """Parts that a reader of forms or texts gives back: the name of what comes out, and what was there."""
        if self.query is not None and _is_sealed(self.query):
            yield "queryOutput", bytes_of(self.query)
        for number, (_, value) in enumerate(self.headers):
            if _is_sealed(value):
                yield number, bytes_of(value)
        if self.type == FORM and self.body is not None:
            yield "output", bytes_of(self.body)

    def left_over(self, policy: dict, strings: list[str]) -> int:
        """How many distinct values also stand in what stays of the body."""
        if "leftovers" not in policy or self.body is None:
            return 0
        values = {_text(piece) for piece in self.pieces() if isinstance(piece, (P, V))}
        values = {value for value in values if len(value) >= policy["leftovers"]["min_chars"]}
        gap = b"\xff\xff"  # UTF-8 never has it
        stays = gap.join(
            [b"".join(run) for run in _runs(self.body)] + [one.encode("utf-8", "replace") for one in strings]
        )
        return sum(value.encode("utf-8") in stays for value in values)


def _runs(pieces) -> list[list[bytes]]:
    """The literal text between protected values."""
    runs: list[list[bytes]] = [[]]
    for piece in pieces:
        if isinstance(piece, (P, V)):
            runs.append([])
        else:
            runs[-1].append(as_bytes(spelling(piece)))
    return runs


def _is_sealed(pieces) -> bool:
    return any(isinstance(piece, (P, V)) for piece in pieces)


def _tuple(value) -> tuple:
    return value if isinstance(value, tuple) else (value,)


def _value(piece: P | V):
    return piece.decoded if isinstance(piece, V) else jsontext.parse(piece.text)


def _text(piece: P | V) -> str:
    """The text of a string, the JSON text of another value."""
    if isinstance(piece, V):
        return piece.decoded
    text = jsontext.text_of(piece.text)
    return piece.text if text is None else text
