"""Request vectors: body, query string and headers together."""

from .encrypting import P, V, output_bytes, policy, rule
from .request_forms import form_policy
from .request_group import FORM, RequestGroup, header_rule, query_rule
from .rsakey import A, B


def add(file) -> None:
    """Adds the groups."""
    _together(file)
    _sharing(file)
    _limits(file)


def _together(file) -> None:
    group = RequestGroup(
        file,
        "one name in the body, the query string and the headers",
        form_policy(rule("body", "$.ssn"), query_rule("query", "ssn"), header_rule("header", "ssn")),
        FORM,
    )
    flags = ["Query", "Headers"]
    body, query, headers = (
        ("ssn=", V("1", "s", "body")),
        ("ssn=", V("2", "s", "query")),
        [("SSN", V("3", "s", "header"))],
    )
    group.valid("each rule is for its own part", flags, *body, query=query, headers=headers)
    group.valid("rules for the body find nothing in the query string", flags, *body, query="SSN=1")
    group.valid("a request without a body", flags, query=query, headers=headers)
    group.valid("a request with nothing at all", flags)
    group.invalid(
        "a content type is refused, whatever else is there",
        flags,
        "content_type_unsupported",
        "x",
        type="text/x",
        query="ssn=1",
    )
    passing = RequestGroup(
        file,
        "a body that passes, and rules for what is beside it",
        policy(rule("body", "$.ssn", required=True), query_rule("query", "ssn"), content_types={"text/plain": "pass"}),
        "text/plain",
    )
    passing.valid(
        "a body that passes is not asked for what is required",
        ["Query", "Required"],
        "\x00",
        query=("ssn=", V("1", "s", "query")),
    )


def _sharing(file) -> None:
    group = RequestGroup(
        file,
        "envelope rules for all parts",
        form_policy(
            rule("body", "$.a", mode="envelope"),
            query_rule("query", "a", mode="envelope"),
            header_rule("header", "x-a", mode="envelope"),
            header_rule("other", "x-b", "k2", mode="envelope"),
            rule("direct", "$.d"),
            query_rule("first", "d"),
            keys={"k1": A, "k2": B},
        ),
        FORM,
    )
    flags = ["Query", "Headers", "Envelope"]
    body = ("a=", V("1", "e", "body"), "&d=", V("2", "s", "direct"), "&a=", V("3", "e", "body"))
    query = ("d=", V("4", "s", "first"), "&a=", V("5", "e", "query"))
    headers = [("x-b", V("6", "e", "other")), ("x-a", V("7", "e", "header")), ("X-B", V("8", "e", "other"))]
    group.valid("one data key for each key id, over all parts", flags, *body, query=query, headers=headers)
    group.valid("the headers draw before the body", flags, *body, headers=headers)
    group.valid("the query string draws before the body", flags, *body, query=query)
    direct = RequestGroup(
        file,
        "direct rules for all parts",
        form_policy(rule("b", "$.a"), query_rule("q", "a"), header_rule("h", "a")),
        FORM,
    )
    body, query, headers = ("a=", V("1", "s", "b")), ("a=", V("2", "s", "q")), [("a", V("3", "s", "h"))]
    flags = ["Query", "Headers", "Randomness"]
    for count, what in (
        (0, "nothing"),
        (32, "enough for the query string"),
        (64, "enough for query string and header"),
    ):
        direct.starved(
            f"the generator gives {what}", flags, lambda data, n=count: data[:n], *body, query=query, headers=headers
        )
    direct.starved(
        "the seed of the header is that of the query string again",
        flags,
        lambda data: data[:32] + data[:32] + data[64:],
        *body,
        query=query,
        headers=headers,
    )
    direct.starved(
        "the seed of the body is that of the header again",
        flags,
        lambda data: data[:64] + data[32:64],
        *body,
        query=query,
        headers=headers,
    )


def _limits(file) -> None:
    given = policy(rule("b", "$[*]"), query_rule("q", "q"), header_rule("h", "h"), limits={"max_fields": 3})
    group = RequestGroup(file, "three values at most, over all parts", given)
    flags = ["Query", "Headers", "Limits"]
    query, headers, body = ("q=", V("1", "s", "q")), [("h", V("2", "s", "h"))], ("[", P("3", "v", "b"), "]")
    group.valid("three values in three parts", flags, *body, query=query, headers=headers)
    group.invalid("four values: two in the body", flags, "too_many_values", "[3,4]", query="q=1", headers=[("h", "2")])
    group.invalid(
        "four values: two in the query string", flags, "too_many_values", "[3]", query="q=1&q=2", headers=[("h", "2")]
    )
    group.invalid(
        "four values: all in headers", flags, "too_many_values", headers=[("h", str(number)) for number in range(4)]
    )
    size = output_bytes(given, body)
    short = RequestGroup(file, "a limit of the output's body", given, max_output_bytes=size)
    short.valid("the limit is for the body alone", flags, *body, query=query, headers=headers)
    short.valid("the limit is not for a request without a body", flags, query=(*query, "&a=" + "x" * size))
    over = RequestGroup(file, "a limit of the output's body, one byte less", given, max_output_bytes=size - 1)
    over.invalid("the body is over the limit", flags, "output_too_large", "[3]", query="q=1", headers=[("h", "2")])
