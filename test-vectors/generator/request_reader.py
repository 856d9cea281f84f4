"""A reference of what a policy does with a request: what is encrypted, what is counted, or why it is refused."""

import re
from dataclasses import dataclass, field

from . import form_reader, jsonpath, jsontext, multipart_reader
from .media_type import MediaType, format_of
from .multipart_reader import Part
from .refused import Refused
from .request_deciding import Deciding, named
from .request_scope import rules_for

_TOKEN = re.compile(r"__es[0-9]+\.")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|\\)")


@dataclass
class Request:
    """A request, as far as a policy looks at it."""

    method: str | None = None
    path: str | None = None
    query: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    content_type: str | None = None
    body: bytes | None = None


def read(policy: dict, request: Request) -> Deciding:
    """What is encrypted and counted. Raises `Refused`."""
    deciding = Deciding(policy)
    where = (request.method, request.path)
    _query(policy, request, rules_for(policy, "query", *where), deciding)
    _headers(policy, request, rules_for(policy, "header", *where), deciding)
    if request.body is not None:
        media_type = MediaType(request.content_type)
        _body(policy, request.body, media_type, rules_for(policy, "path", *where, media_type), deciding)
    if len(deciding.values) > policy.get("limits", {}).get("max_fields", 1000):
        raise Refused("too_many_values")
    return deciding


def _query(policy: dict, request: Request, rules: list[dict], deciding: Deciding) -> None:
    if not any("query" in rule for rule in policy["fields"]):
        return
    query = request.query or ""
    _look_for_tokens(policy, query, form_reader.leniently(query))
    if not rules:
        return
    try:
        fields = form_reader.fields(query.encode("utf-8"), "query_invalid")
        _not_too_deep(policy, [name for name, _ in fields], "query_invalid")
        _no_duplicates(policy, [name for name, _ in fields])
    except Refused as refused:
        for rule in rules:
            if rule.get("action") != "report":
                raise
            deciding.refuse(rule, refused.code)
    else:
        deciding.form(named(rules, "query"), _with_value(fields), "query")


def _headers(policy: dict, request: Request, rules: list[dict], deciding: Deciding) -> None:
    named = {rule["header"].lower() for rule in policy["fields"] if "header" in rule}
    fields = [(name.lower(), value) for name, value in request.headers if name.lower() in named]
    _look_for_tokens(policy, *(value for _, value in fields))
    lowered = [rule | {"header": rule["header"].lower()} for rule in rules]
    deciding.headers(lowered, fields)


def _body(policy: dict, body: bytes, media_type: MediaType, rules: list[dict], deciding: Deciding) -> None:
    format = format_of(policy, media_type)
    if format is None:
        raise Refused("content_type_unsupported")
    boundary = media_type.boundary() if format == "multipart" else None
    _look_for_tokens(policy, body.decode("latin-1"))
    if format in ("json", "ndjson"):
        for document in _documents(policy, body, format):
            deciding.document(rules, document, "json")
    elif format == "form":
        fields = form_reader.fields(body, "form_invalid")
        _not_too_deep(policy, [name for name, _ in fields], "form_invalid")
        _look_for_tokens(policy, *(text for pair in fields for text in pair if text))
        _no_duplicates(policy, [name for name, _ in fields])
        deciding.strings += [name for name, value in fields if value is None]
        deciding.form(rules, _with_value(fields), "form")
    elif format == "multipart":
        parts = multipart_reader.parts(body, boundary)
        _not_too_deep(policy, [part.name for part in parts], "multipart_invalid")
        _no_duplicates(policy, [part.name for part in parts])
        _look_for_tokens(policy, *(part.name for part in parts))
        members = [member for part in parts for member in _members(policy, part)]
        deciding.form(rules, members, "multipart")


def _members(policy: dict, part: Part) -> list[tuple[str, object]]:
    """A part as members of the form: one for each text of it."""
    kind = multipart_reader.kind_of(part, lambda media_type: format_of(policy, media_type))
    if kind in ("json", "ndjson"):
        return [(part.name, document) for document in _documents(policy, part.content, kind)]
    if kind == "text":
        try:
            return [(part.name, part.content.decode("utf-8"))]
        except UnicodeDecodeError:
            pass
    return [(part.name, part.content)]


def _documents(policy: dict, data: bytes, format: str) -> list:
    text = form_reader.utf8(data)
    texts = [line for line in text.split("\n") if line.strip(" \t\r")] if format == "ndjson" else [text]
    try:
        documents = [jsontext.parse(one) for one in texts]
    except ValueError as error:
        raise Refused("json_invalid") from error
    _look_for_tokens(policy, *(string for document in documents for string in jsonpath.strings(document)))
    for document in documents:
        if _depth(document) > policy.get("limits", {}).get("max_depth", 128):
            raise Refused("json_too_deep")
        for members in jsonpath.objects(document):
            _no_duplicates(policy, [name for name, _ in members])
    return documents


def _with_value(fields) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields if value is not None]


def _not_too_deep(policy: dict, names: list[str], code: str) -> None:
    """Names lead through arrays and objects, when they are read as paths."""
    most = policy.get("limits", {}).get("max_depth", 128)
    if any(name.count("[") + name.count(".") + 1 > most for name in names):
        raise Refused(code)


def _no_duplicates(policy: dict, names: list[str]) -> None:
    if policy.get("duplicate_names") == "refuse" and len(set(names)) < len(names):
        raise Refused("duplicate_name")


def _look_for_tokens(policy: dict, *texts: str) -> None:
    """Also in JSON that stands in a string, as far as anybody would write it."""
    if policy.get("foreign_tokens") == "allow":
        return
    prefixes = [entry["prefix"] for entry in policy["keys"].values() if "prefix" in entry]
    for _ in range(3):
        if any(_TOKEN.search(text) or any(prefix in text for prefix in prefixes) for text in texts):
            raise Refused("foreign_token")
        texts = tuple(_ESCAPE.sub(lambda found: chr(int(found[1] or "5c", 16)), text) for text in texts)


def _depth(value) -> int:
    children = [child for _, child in value] if isinstance(value, jsontext.Pairs) else value
    return 1 + max(map(_depth, children), default=0) if isinstance(value, list) else 0
