"""Policy vectors: rules for paths, query parameters and headers."""

from .encoding import pointer
from .loading import LoadGroup, changed
from .policy_members import BASE, FULL
from .policy_rules import CODE

_QUERY = changed(BASE, ["fields"], [{"name": "q", "query": "ssn", "key": "k1"}])
_HEADER = changed(BASE, ["fields"], [{"name": "h", "header": "X-User-Email", "key": "k1"}])
RESERVED = (
    "accept-encoding connection content-encoding content-length content-type expect host keep-alive te trailer "
    "transfer-encoding upgrade via x-cache x-forwarded-proto x-real-ip "
    "if- if-match if-none-match proxy- proxy-authorization proxy-connection x-accel- x-accel-redirect "
    "x-amz-cf- x-amz-cf-id x-edge- x-edge-location"
).split()
_FREE = (
    "authorization cookie user-agent x-forwarded-for x-forwarded-host forwarded content-language accept trailers tea "
    "hosts via-x x-cache-hit x-real-ip2 if proxy x-accel x-amz-cf x-edge xif-match x-amz-content-sha256 "
    "content-md5 date"
).split()


def add(file) -> None:
    """Adds the groups."""
    _targets(LoadGroup(file, "what a rule is for"))
    _query(LoadGroup(file, "rules for query parameters"))
    _headers(LoadGroup(file, "rules for headers"))


def with_member(member: str, value, document: dict = BASE) -> dict:
    """A document whose first rule has this member."""
    return changed(document, ["fields", 0, member], value)


def types(group: LoadGroup, document: dict, path: list, right: str, flag: str) -> None:
    """Every JSON type but the right one."""
    for what, value in (
        ("null", None),
        ("a string", "x"),
        ("a number", 1),
        ("true", True),
        ("an array", []),
        ("an object", {}),
    ):
        if what != right:
            where = pointer(*path)
            group.invalid(
                f"{where} is {what}", ["Type", flag], "config_type_wrong", where, changed(document, path, value)
            )


def _targets(group: LoadGroup) -> None:
    one = {"name": "x", "key": "k1"}
    group.valid("a rule for a path", "Target", changed(BASE, ["fields"], [one | {"path": "$"}]))
    group.valid("a rule for a query parameter", "Target", changed(BASE, ["fields"], [one | {"query": "a"}]))
    group.valid("a rule for a header", "Target", changed(BASE, ["fields"], [one | {"header": "a"}]))
    group.invalid(
        "a rule for nothing",
        ["Target", "Missing"],
        "config_member_missing",
        "/fields/0/path",
        changed(BASE, ["fields"], [one]),
    )
    for second, members in (
        ("query", {"path": "$.a", "query": "a"}),
        ("header", {"path": "$.a", "header": "a"}),
        ("header", {"query": "a", "header": "a"}),
        ("query", {"path": "$.a", "query": "a", "header": "a"}),
        ("query", {"header": "a", "query": "a", "path": "$.a"}),
        ("header", {"header": "a", "query": "a"}),
    ):
        group.invalid(
            f"a rule for {' and '.join(members)}, in this order",
            "Target",
            CODE,
            f"/fields/0/{second}",
            changed(BASE, ["fields"], [one | members]),
        )
    for document, what in ((_QUERY, "query"), (_HEADER, "header")):
        for name, value in (("content_types", ["application/json"]), ("encrypt_null", True), ("encrypt_null", False)):
            group.invalid(
                f"{name} is {value} beside {what}",
                "Target",
                CODE,
                f"/fields/0/{name}",
                with_member(name, value, document),
            )
        for name, value in (
            ("mode", "envelope"),
            ("oversize", "reject"),
            ("required", True),
            ("action", "report"),
            ("methods", ["GET"]),
            ("paths", ["/a"]),
        ):
            group.valid(f"{name} is {value} beside {what}", "Target", with_member(name, value, document))
    for value in ("exact", "ignore-case"):
        group.valid(f"match is {value} beside query", "Target", with_member("match", value, _QUERY))
    tagged = changed(FULL, ["fields"], [{"name": "x", "header": "x-a", "key": "k2"}])
    group.valid("a header under a key with classic tags", ["Target", "ClassicRule"], tagged)
    group.invalid(
        "a query parameter under a key with classic tags",
        ["Target", "ClassicRule"],
        CODE,
        "/fields/0/query",
        changed(FULL, ["fields"], [{"name": "x", "query": "a", "key": "k2"}]),
    )
    three = [one | {"path": "$.a"}, one | {"name": "y", "query": "a"}, one | {"name": "z", "header": "a"}]
    group.valid("rules of each kind with one name of a value", "Target", changed(BASE, ["fields"], three))
    group.invalid(
        "rules of two kinds have one name",
        ["Target", "Duplicate"],
        "config_name_duplicate",
        "/fields/1/name",
        changed(BASE, ["fields"], [one | {"path": "$.a"}, one | {"query": "a"}]),
    )
    everything = FULL | {
        "fields": [
            *FULL["fields"],
            {"name": "a", "query": "a", "key": "k1", "action": "report", "methods": ["GET"], "paths": ["/a/*", "/b?"]},
            {"name": "b", "header": "X-B", "key": "k2", "required": True, "methods": ["POST", "PUT"]},
        ],
        "content_types": {"application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart"},
        "digest_headers": {"X-Signature": "refuse", "Digest": "recompute", "content-md5": "remove"},
        "leftovers": {"min_chars": 6, "action": "report"},
    }
    group.valid("every member that is about requests", "Target", everything)


def _query(group: LoadGroup) -> None:
    for name, what in (
        ("a", "one letter"),
        ("a" * 256, "256 bytes"),
        ("\u00e9" * 128, "256 bytes in 128 characters"),
        ("person[ssn]", "brackets"),
        ("a b&c=d+e%41", "characters that are encoded"),
        ("$.a", "a path"),
        ("'\"\\\n", "characters that are escaped"),
    ):
        group.valid(f"a query parameter: {what}", "Target", with_member("query", name, _QUERY))
    for name, what in (("", "empty"), ("a" * 257, "257 bytes"), ("\u00e9" * 128 + "a", "257 bytes in 129 characters")):
        group.invalid(
            f"a query parameter: {what}", "Target", CODE, "/fields/0/query", with_member("query", name, _QUERY)
        )
    types(group, _QUERY, ["fields", 0, "query"], "a string", "Target")
    two = [_QUERY["fields"][0], _QUERY["fields"][0] | {"name": "b"}]
    group.valid("two rules for one parameter", "Target", changed(BASE, ["fields"], two))


def _headers(group: LoadGroup) -> None:
    for name in ("a", "a" * 64, "X-A_b.c~1", "!#$%&'*+-.^_`|~", "0", *_FREE):
        group.valid(f"header {name}", "Target", with_member("header", name, _HEADER))
    for name in (
        *(
            "",
            "a" * 65,
            "a b",
            " a",
            "a ",
            "a:",
            "a:b",
            "a/b",
            "a(b)",
            "a\tb",
            "a\u0000",
            "a,b",
            'a"',
            "\u00e9",
            "ho\u017ft",
            "\u212aeep-alive",
        ),
        *RESERVED,
        *(name.upper() for name in RESERVED),
        *("Host", "Content-Type", "If-None-Match", "X-Amz-Cf-Id", "X-Edge-Location"),
    ):
        group.invalid(f"header {name!r}", "Target", CODE, "/fields/0/header", with_member("header", name, _HEADER))
    types(group, _HEADER, ["fields", 0, "header"], "a string", "Target")
    two = [_HEADER["fields"][0], _HEADER["fields"][0] | {"name": "b", "header": "x-user-email"}]
    group.valid("two rules for one header", "Target", changed(BASE, ["fields"], two))
