"""Request vectors: headers."""

from . import token
from .encrypt_values import CLASSIC_KEY
from .encrypting import V, policy
from .request_group import RequestGroup, header_rule
from .rsakey import A, B
from .stream import Stream

_TOKEN = token.direct("k1", "s", A, b"somebody's", Stream("a foreign token in a header"))


def add(file) -> None:
    """Adds the groups."""
    _headers(file)
    _header_rules(file)


def _headers(file) -> None:
    group = RequestGroup(
        file, "headers", policy(header_rule("mail", "X-User-Email"), header_rule("id", "x-id", mode="envelope"))
    )
    mail = V("ada@example.org", "s", "mail")
    for name in ("X-User-Email", "x-user-email", "X-USER-EMAIL", "x-User-eMail"):
        group.valid(f"a header by the name of {name}", ["Headers", "Names"], headers=[(name, mail)])
    for name in ("X-User-Email2", "X-User_Email", "User-Email", "X-User-Emai", "X-U\u017fer-Email"):
        group.valid(f"another header: {name}", ["Headers", "Names"], headers=[(name, "1")])
    for value, what in (
        (V("", "s", "mail"), "empty"),
        (V("a b", "s", "mail"), "a space"),
        (V(" a\t", "s", "mail"), "white space around it"),
        (V('a, b; c="d"', "s", "mail"), "a list is one value"),
        (V("a+b%20%zz;", "s", "mail"), "nothing is decoded"),
        (V("\u00e9", "s", "mail"), "UTF-8"),
        (V("42", "s", "mail"), "a number is a string"),
        (V("x" * 191, "e", "mail"), "191 bytes"),
    ):
        group.valid(f"a header's value: {what}", "Headers", headers=[("x-user-email", value)])
    group.valid(
        "several headers, of which some stay",
        ["Headers", "Envelope"],
        headers=[
            ("Accept", "*/*"),
            ("X-Id", V('"1"', "e", "id")),
            ("x-user-email", mail),
            ("X-User-Email", V("b@example.org", "s", "mail")),
            ("accept", "a"),
            ("X-ID", V("", "e", "id")),
        ],
    )
    group.valid("no headers", "Headers")
    group.valid("headers and a body", "Headers", '{"x-user-email":"1"}', headers=[("x-user-email", mail)])
    flags = ["Headers", "ForeignToken"]
    for value, what in (
        (_TOKEN, "a token"),
        ("a __es1. b", "the prefix"),
        ("__es2.", "another version"),
        ('{"a":"\\u005f_es1."}', "with a JSON escape"),
    ):
        group.invalid(f"a foreign token in a header: {what}", flags, "foreign_token", headers=[("X-Id", value)])
    group.valid(
        "no foreign token in a header: nothing is percent-decoded", flags, headers=[("X-Id", V("%5F_es1.", "e", "id"))]
    )
    group.valid("a foreign token in a header that no rule is for", flags, headers=[("X-Other", _TOKEN)])


def _header_rules(file) -> None:
    required = RequestGroup(file, "a required header", policy(header_rule("mail", "x-mail", required=True)))
    flags = ["Headers", "Required"]
    required.valid("a required header is there", flags, headers=[("X-Mail", V("1", "s", "mail"))])
    required.valid("a required header is empty", flags, headers=[("x-mail", V("", "s", "mail"))])
    required.invalid("a required header is missing: no headers", flags, "field_missing")
    required.invalid("a required header is missing: another", flags, "field_missing", "{}", headers=[("x-mails", "1")])
    classic = RequestGroup(
        file, "headers, classic tags", policy(header_rule("mail", "x-mail"), keys={"k1": CLASSIC_KEY})
    )
    flags = ["Headers", "Classic"]
    classic.valid("a header becomes a classic tag", flags, headers=[("x-mail", V("a\u00e9", "c", "mail"))])
    classic.invalid("a header is too long for its tag", flags, "value_too_long", headers=[("x-mail", "x" * 191)])
    classic.invalid("a classic foreign token in a header", flags, "foreign_token", headers=[("x-mail", "a[enc:b")])
    order = RequestGroup(
        file,
        "two rules for one header",
        policy(header_rule("one", "x-a", methods=["POST"]), header_rule("two", "X-A", "k2"), keys={"k1": A, "k2": B}),
    )
    order.valid(
        "the first rule for a header decides",
        ["Headers", "Rules"],
        headers=[("x-a", V("1", "s", "one"))],
        method="POST",
    )
    order.valid(
        "the first that is for the request decides",
        ["Headers", "Rules"],
        headers=[("x-a", V("1", "s", "two"))],
        method="GET",
    )
    limited = RequestGroup(
        file, "a header rule that is for POST", policy(header_rule("mail", "x-mail", methods=["POST"]))
    )
    limited.invalid(
        "a foreign token in a header is refused in any request",
        ["Headers", "Methods", "ForeignToken"],
        "foreign_token",
        headers=[("x-mail", _TOKEN)],
        method="GET",
    )
    strict = RequestGroup(
        file,
        "headers that come twice, and names are refused that do",
        policy(header_rule("mail", "x-mail"), duplicate_names="refuse"),
    )
    strict.valid(
        "a header has several values",
        ["Headers", "DuplicateNames"],
        headers=[("x-mail", V("1", "s", "mail")), ("X-Mail", V("2", "s", "mail"))],
    )
