"""Request vectors: what rules that report would have refused, and where they report."""

from .encrypt_values import CLASSIC_KEY
from .encrypting import P, V, policy, rule
from .multipart import form, part
from .request_forms import form_policy
from .request_group import FORM, JSON, MULTIPART, NDJSON, RequestGroup, header_rule, query_rule
from .request_reports import watch

_FLAG = "Report"


def add(file) -> None:
    """Adds the groups."""
    _refusals(file)
    _required(file)
    _parts(file)


def _refusals(file) -> None:
    long = '"' + "x" * 191 + '"'
    group = RequestGroup(
        file, "a rule that reports what it would reject", policy(watch("ssn", "$..ssn", oversize="reject"))
    )
    group.valid(
        "a value that is too long would be refused",
        [_FLAG, "Oversize"],
        f'[{{"ssn":{long}}},{{"ssn":"1"}},{{"ssn":{long}}}]',
        counts={"reported": {"ssn": 1}, "would_refuse": {"ssn": 2}},
    )
    classic = RequestGroup(
        file, "a rule under classic tags that reports", policy(watch("ssn", "$..ssn"), keys={"k1": CLASSIC_KEY})
    )
    classic.valid(
        "what is no string would be refused",
        [_FLAG, "Classic"],
        f'[{{"ssn":1}},{{"ssn":"1"}},{{"ssn":"\\ud800"}},{{"ssn":{long}}},{{"ssn":null}}]',
        counts={"reported": {"ssn": 1}, "would_refuse": {"ssn": 3}},
    )
    forms = RequestGroup(
        file,
        "rules that report in a form",
        form_policy(watch("all", "$", oversize="reject"), watch("ssn", "$.ssn")),
        FORM,
    )
    forms.valid("a form as a whole would be refused", [_FLAG, "Form"], "ssn=1&a=2", counts={"would_refuse": {"all": 1}})
    field = RequestGroup(
        file, "a rule that reports a field of a form", form_policy(watch("ssn", "$.ssn", oversize="reject")), FORM
    )
    field.valid(
        "fields of a form are reported",
        [_FLAG, "Form"],
        "ssn=%31&ssn&ssn=&ssn=" + "x" * 191,
        counts={"reported": {"ssn": 2}, "would_refuse": {"ssn": 1}},
    )
    tagged = RequestGroup(
        file,
        "a rule under classic tags that reports a field",
        form_policy(watch("ssn", "$.ssn"), keys={"k1": CLASSIC_KEY}),
        FORM,
    )
    tagged.valid(
        "a form value under classic tags would be refused",
        [_FLAG, "Form", "Classic"],
        "ssn=1",
        counts={"would_refuse": {"ssn": 1}},
    )
    parts = RequestGroup(file, "rules that report parts", form_policy(watch("a", "$.a"), rule("b", "$..b")), MULTIPART)
    parts.valid(
        "a file would be refused, a text is reported, and a rule encrypts inside of a JSON part",
        [_FLAG, "Multipart"],
        *form(
            part("a", b"\xff", filename="x"),
            part("a", b"\xff"),
            part("a", "1"),
            part("a", '{"b":', P("1", "v", "b"), "}", type=JSON),
        ),
        counts={"reported": {"a": 2}, "would_refuse": {"a": 2}},
    )


def _required(file) -> None:
    flags = [_FLAG, "Required"]
    group = RequestGroup(
        file, "a required rule that reports", policy(watch("ssn", "$..ssn", required=True), rule("other", "$.ssn"))
    )
    group.valid("a required field that is reported", flags, '{"a":{"ssn":1}}', counts={"reported": {"ssn": 1}})
    group.valid("a required field that is null", flags, '{"a":{"ssn":null}}')
    group.valid("a required field that is missing would be refused", flags, "{}", counts={"would_refuse": {"ssn": 1}})
    group.valid(
        "a required field that another rule decides about is missing",
        flags,
        '{"ssn":',
        P("1", "v", "other"),
        "}",
        counts={"would_refuse": {"ssn": 1}},
    )
    group.valid("nothing would be required of a request without a body", flags)
    group.valid(
        "in NDJSON a line is asked",
        [*flags, "Ndjson"],
        '{}\n{"a":{"ssn":1}}\n\n[]\n',
        type=NDJSON,
        counts={"reported": {"ssn": 1}, "would_refuse": {"ssn": 2}},
    )
    limited = RequestGroup(
        file, "a required rule that reports, limited", policy(watch("ssn", "$.ssn", required=True, methods=["POST"]))
    )
    limited.valid(
        "a report rule that is not for the request counts nothing", [*flags, "Methods"], '{"ssn":1}', method="PUT"
    )
    limited.valid(
        "a report rule that is for the request",
        [*flags, "Methods"],
        "{}",
        method="POST",
        counts={"would_refuse": {"ssn": 1}},
    )


def _parts(file) -> None:
    watched = {"action": "report", "required": True, "oversize": "reject"}
    group = RequestGroup(
        file,
        "rules that report in the query string and the headers",
        policy(
            query_rule("q", "a", **watched),
            header_rule("h", "X-A", **watched),
            query_rule("q2", "A", match="ignore-case"),
            header_rule("h2", "x-b"),
        ),
    )
    flags = [_FLAG, "Query", "Headers"]
    group.valid(
        "values of the query string and the headers are reported, others are encrypted",
        flags,
        query=("b=%31&A=", V("1", "s", "q2"), "&b"),
        headers=[("x-a", "1"), ("x-b", V("2", "s", "h2")), ("X-A", "")],
        counts={"reported": {"h": 2}, "would_refuse": {"q": 1}},
    )
    group.valid(
        "a rule that encrypts goes before one that reports",
        flags,
        query=("a=", V("1", "s", "q2")),
        headers=[("x-a", "x" * 191)],
        counts={"would_refuse": {"q": 1, "h": 1}},
    )
    group.valid("what is required is missing", flags, counts={"would_refuse": {"q": 1, "h": 1}})
    alone = RequestGroup(file, "a query rule that reports", policy(query_rule("q", "a", action="report")))
    alone.valid("a parameter is reported each time", flags, query="a=1&%61=2&b=3", counts={"reported": {"q": 2}})
    for query in ("a=%", "a=1&b=%FF", "a=1;b", "%00=1&a=1", "_charset_=latin1&a=1"):
        alone.valid(
            f"a malformed query string passes a rule that only reports: {query}",
            flags,
            query=query,
            counts={"would_refuse": {"q": 1}},
        )
    alone.invalid("a rule that only reports allows no foreign token", flags, "foreign_token", query="a=%zz&b=%5F_es1.")
    two = RequestGroup(
        file,
        "two query rules that report, and one that encrypts for POST",
        policy(
            query_rule("a", "a", action="report"),
            query_rule("b", "b", action="report"),
            query_rule("c", "c", methods=["POST"]),
            duplicate_names="refuse",
        ),
    )
    both = {"would_refuse": {"a": 1, "b": 1}}
    flags = [_FLAG, "Query", "Methods"]
    two.valid(
        "each rule that reports would refuse a malformed query string", flags, query="a=%&a", method="GET", counts=both
    )
    two.valid(
        "each rule that reports would refuse a name that comes twice", flags, query="c=1&c=2", method="GET", counts=both
    )
    two.valid(
        "nothing is wrong with the query string", flags, query="b=1&c=2", method="GET", counts={"reported": {"b": 1}}
    )
    two.invalid(
        "a rule that encrypts has a malformed query string refused", flags, "query_invalid", query="a=%", method="POST"
    )
    two.invalid(
        "a rule that encrypts has a name that comes twice refused",
        flags,
        "duplicate_name",
        query="a=1&a=2",
        method="POST",
    )
