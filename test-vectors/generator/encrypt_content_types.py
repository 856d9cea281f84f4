"""Encrypt vectors: the content type matrix."""

from .encrypt_group import EncryptGroup
from .encrypting import P, policy, rule

CODE = "content_type_unsupported"


def add(file) -> None:
    """Adds the groups."""
    _default(file)
    _named(file)


def _default(file) -> None:
    group = EncryptGroup(file, "the default content types", policy(rule("ssn", "$.ssn")))
    pieces = ('{"ssn":', P('"1"', "s"), "}")
    body = '{"ssn":"1"}'
    for kind in (
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        "application/json; charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json ; Charset=utf-8",
        "application/json; profile=x",
        'application/json; p="a;charset=latin1"',
        'application/json; p="a,b"',
        'application/json; p="a\\"b"; charset=utf-8',
        "application/json;",
        "application/json; version=1; q=0.5",
        "application/problem+json",
        "application/vnd.api+json; charset=utf-8",
        "application/merge-patch+json",
        "application/a+b+json",
        "APPLICATION/LD+JSON",
    ):
        group.valid(f"content type {kind}", "ContentType", *pieces, content_type=kind)
    for kind in (
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "Application/X-NDJSON;charset=utf-8",
    ):
        group.valid(f"content type {kind}", ["ContentType", "Ndjson"], *pieces, "\n", *pieces, "\n", content_type=kind)
    group.invalid("no content type", "ContentType", CODE, body, None)
    for kind in (
        "",
        " ",
        "application",
        "application/",
        "/json",
        "json",
        "*/*",
        "application/*",
        "text/json",
        "text/plain",
        "text/plain; charset=utf-8",
        "text/html",
        "application/xml",
        "application/jsonx",
        "application/javascript",
        "application/octet-stream",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json5",
        "application/json-seq",
        "text/x+json",
        "application/xjson",
        "image/svg+xml",
        "application/json-patch+json",
        "application/JSON-Patch+JSON",
        "application/json, application/json",
        "application/json, text/plain",
        "application/json,",
        "application/json; charset=latin1",
        "application/json; charset=utf-16",
        "application/json; charset=utf8",
        "application/json; charset=us-ascii",
        "application/json; charset=",
        'application/json; charset=""',
        "application/json; charset=utf-8x",
        "application/json; x=1; charset=iso-8859-1",
        'application/json; charset="utf-8',
        "application/json; charset",
        "application/json; =utf-8",
        "application/json; charset =utf-8",
        "application/json; charset= utf-8",
        "application /json",
        "application/ json",
        "application/json charset=utf-8",
        "application/json/x",
        "application/json; charset*=UTF-8''utf-8",
        "application/json; charset=utf-8; charset*0=latin1",
        "application/json; x*=UTF-8''y",
        "application/json\u00e9",
        "application/x-ndjson; charset=utf-16",
    ):
        group.invalid(f"content type refused: {kind!r}", "ContentType", CODE, body, kind)


def _named(file) -> None:
    group = EncryptGroup(
        file,
        "content types of the policy's own",
        policy(
            rule("ssn", "$.ssn"),
            content_types={
                "application/*+json": "json",
                "application/special+json": "pass",
                "application/json-patch+json": "json",
                "text/*+lines": "ndjson",
                "image/png": "pass",
                "application/log": "ndjson",
            },
        ),
    )
    pieces = ('{"ssn":', P('"1"', "s"), "}")
    body = '{"ssn":"1"}'
    group.valid("a pattern", "ContentType", *pieces, content_type="application/x+json")
    group.valid(
        "a pattern with another suffix", ["ContentType", "Ndjson"], *pieces, "\n", *pieces, content_type="text/x+lines"
    )
    group.valid("a name for NDJSON", ["ContentType", "Ndjson"], *pieces, "\n", content_type="application/log")
    group.passed("an exact name goes before a pattern", "ContentType", body, "application/special+json")
    group.valid(
        "JSON Patch that the policy names exactly", "ContentType", *pieces, content_type="application/json-patch+json"
    )
    group.passed(
        "a body that passes need not be UTF-8 or JSON", "ContentType", b"\x89PNG\r\n\x1a\n\x00\xff", "image/png"
    )
    group.passed("a body that passes may begin with a byte order mark", "ContentType", b"\xef\xbb\xbf{}", "image/png")
    group.passed("an empty body that passes", "ContentType", "", "image/png")
    group.passed("a body that passes, a parameter beside", "ContentType", body, "image/png; name=x")
    group.invalid("naming content types replaces the default", "ContentType", CODE, body, "application/json")
    group.invalid(
        "naming content types replaces the default for NDJSON", "ContentType", CODE, body, "application/x-ndjson"
    )
    group.invalid("a pattern is of one type", "ContentType", CODE, body, "text/x+json")
    group.invalid("a pattern is of one suffix", "ContentType", CODE, body, "application/x+jsonl")
    group.invalid(
        "another charset is refused for a body that passes", "ContentType", CODE, body, "image/png; charset=latin1"
    )
    patch = EncryptGroup(
        file,
        "a pattern that would let JSON Patch pass",
        policy(rule("ssn", "$.ssn"), content_types={"application/*+json": "pass"}),
    )
    patch.invalid("JSON Patch never matches a pattern", "ContentType", CODE, body, "application/json-patch+json")
    patch.passed("another type matches the pattern", "ContentType", body, "application/x+json")
