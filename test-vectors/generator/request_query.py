"""Request vectors: query strings."""

from . import token
from .encrypting import V, policy, rule
from .request_group import RequestGroup, header_rule, query_rule
from .rsakey import A
from .stream import Stream

_TOKEN = token.direct("k1", "s", A, b"somebody's", Stream("a foreign token in a query string"))


def add(file) -> None:
    """Adds the groups."""
    group = RequestGroup(file, "query strings", policy(query_rule("ssn", "ssn")))
    _query(group)
    _query_refused(group)
    _query_rules(file)
    _query_limited(file)


def _query(group: RequestGroup) -> None:
    one, two = V("1", "s"), V("2", "s")
    for query, what in (
        (("ssn=", one), "one parameter"),
        (("a=1&ssn=", one, "&b=%41+%c3%a9&&c&=d"), "everything else stays"),
        (("ssn=", one, "&ssn=", two, "&%73sn=", V("", "s")), "a parameter that comes three times"),
        (("ssn=", V("a+b%20%2B%C3%A9", "s", text="a b +\u00e9")), "an encoded value"),
        (("ssn=", V("\u00e9", "s")), "UTF-8 that is not encoded"),
        (("ssn=", V("x" * 191, "e")), "a long value"),
        (("ssn=", V("?#/=", "s")), "characters that mean something elsewhere"),
        (("ssn=", V("%00", "s", text="\x00")), "U+0000 in a value"),
        (("ssn=", V("42", "s")), "a number is a string"),
        (("ss%6E=", V("%22", "s", text='"')), "an encoded name"),
        (("ssn&a=1",), "no equals sign, so no value"),
        (("SSN=1&s+sn=1&a=ssn%3D1",), "other names"),
        (("a=1&?ssn=1",), "a question mark is a character of a later name"),
        (("",), "an empty query string"),
    ):
        group.valid(f"a query string: {what}", "Query", query=query)
    group.valid("no query string", "Query")
    group.valid("a query string and a body", "Query", '{"ssn":"1"}', query=("ssn=", one))
    group.valid("a query string says what a charset is", "Query", query=("_charset_=UTF-8&ssn=", one))


def _query_refused(group: RequestGroup) -> None:
    for query, what in (
        ("ssn=%", "a percent sign at the end"),
        ("a=%4&ssn=1", "one digit, in another parameter"),
        ("a=100%&b", "a percent sign that means itself"),
        ("%zz=1", "a name"),
        ("ssn=%FF", "not UTF-8"),
        ("a=%E9", "Latin-1, in another parameter"),
        ("ssn=%ED%A0%80", "a surrogate"),
        ("ssn=1;a=2", "a semicolon"),
        ("a%00=1", "U+0000 in a name"),
        ("a\x00=1", "U+0000 in a name, not encoded"),
        ("_charset_=latin1", "another charset"),
        ("?ssn=1", "a question mark before it all"),
        ("ssn+=1", "a space behind a name"),
        ("a=1&[b]=2", "a bracket before a name"),
        ("user[mail]x=1", "text behind a bracket"),
        ("a=b]=1", "a bracket and an equals sign in a value"),
    ):
        group.invalid(f"a query string is refused: {what}", ["Query", "Differently"], "query_invalid", query=query)
        if "ssn" not in query:
            group.invalid(
                f"a query string beside a body is refused: {what}",
                ["Query", "Differently"],
                "query_invalid",
                "{}",
                query=query,
            )
    for query, what in (
        (f"a={_TOKEN}", "in another parameter"),
        (f"ssn={_TOKEN}", "in the parameter of a rule"),
        ("__es1.=1", "in a name"),
        ("a=%5F%5Fes1.", "encoded"),
        ("a=\\u005f_es1.", "with a JSON escape"),
        ("__es9.", "without an equals sign"),
    ):
        group.invalid(
            f"a foreign token in a query string: {what}", ["Query", "ForeignToken"], "foreign_token", query=query
        )
    group.valid("no foreign token over two parameters", ["Query", "ForeignToken"], query="a=__es&b=1.")


def _query_rules(file) -> None:
    folded = RequestGroup(
        file, "query strings, names compare without case", policy(query_rule("ssn", "Ssn", match="ignore-case"))
    )
    for name in ("ssn", "SSN", "s%53n", "\u017fsn", "%C5%BFSN"):
        folded.valid(f"ignore-case in a query string: {name}", ["Query", "Names"], query=(f"{name}=", V("1", "s")))
    folded.valid("ignore-case in a query string: another name", ["Query", "Names"], query="ssnn=1")
    odd = RequestGroup(
        file,
        "query strings, names that are no paths",
        policy(
            query_rule("a", "person[ssn]"),
            query_rule("b", "$..x"),
            query_rule("c", 'a b"\\&=+'),
            query_rule("d", "\u00e9" * 128),
        ),
    )
    odd.valid(
        "a parameter with brackets",
        ["Query", "Names"],
        query=("person%5Bssn]=", V("1", "s", "a"), "&person.ssn=1&ssn=1"),
    )
    odd.valid("a parameter that looks like a path", ["Query", "Names"], query=("$..x=", V("1", "s", "b"), "&x=1"))
    odd.valid(
        "a parameter whose characters have to be encoded",
        ["Query", "Names"],
        query=("a+b%22%5C%26%3D%2B=", V("1", "s", "c")),
    )
    odd.valid("a parameter of 256 bytes", ["Query", "Names"], query=("%C3%A9" * 128 + "=", V("1", "s", "d")))
    required = RequestGroup(
        file, "query strings, a required parameter", policy(query_rule("ssn", "ssn", required=True))
    )
    flags = ["Query", "Required"]
    required.valid("a required parameter is there", flags, query=("ssn=", V("1", "s")))
    required.valid("a required parameter is empty", flags, query=("ssn=", V("", "s")))
    for query, what in (
        (None, "no query string"),
        ("", "an empty one"),
        ("a=1", "another parameter"),
        ("ssn", "no equals sign"),
        ("SSN=1", "capitals"),
    ):
        required.invalid(f"a required parameter is missing: {what}", flags, "field_missing", query=query)
    required.invalid("a field of the body is no parameter", flags, "field_missing", '{"ssn":"1"}')
    sealed = RequestGroup(
        file,
        "query strings, envelope mode and a rule behind another",
        policy(
            query_rule("ssn", "ssn", mode="envelope"),
            query_rule("b", "SSN", match="ignore-case"),
            context={"tenant": "acme"},
        ),
    )
    sealed.valid(
        "parameters share a data key",
        ["Query", "Envelope", "Rules"],
        query=("ssn=", V("", "e"), "&SSN=", V("1", "s", "b"), "&ssn=", V("+", "e", text=" ")),
    )
    reject = RequestGroup(
        file, "query strings, long values are rejected", policy(query_rule("ssn", "ssn", oversize="reject"))
    )
    reject.valid("a parameter of 190 bytes", ["Query", "Oversize"], query=("ssn=", V("%78" * 190, "s", text="x" * 190)))
    reject.invalid("a parameter of 191 bytes", ["Query", "Oversize"], "value_too_long", query="ssn=" + "x" * 191)
    strict = RequestGroup(
        file,
        "query strings, names that come twice are refused",
        policy(query_rule("ssn", "ssn"), duplicate_names="refuse"),
    )
    strict.valid("parameters that come once", ["Query", "DuplicateNames"], query=("a=1&ssn=", V("1", "s")))
    strict.invalid("a parameter comes twice", ["Query", "DuplicateNames"], "duplicate_name", query="ssn=1&ssn=2")
    strict.invalid(
        "another parameter comes twice", ["Query", "DuplicateNames"], "duplicate_name", query="a=1&ssn=1&%61"
    )
    free = RequestGroup(
        file, "query strings, foreign tokens are allowed", policy(query_rule("ssn", "ssn"), foreign_tokens="allow")
    )
    free.valid(
        "a token in a query string is encrypted again",
        ["Query", "ForeignToken"],
        query=("a=__es1.&ssn=", V("__es1.", "s")),
    )


def _query_limited(file) -> None:
    group = RequestGroup(
        file,
        "a query rule that is for POST",
        policy(query_rule("ssn", "ssn", methods=["POST"]), duplicate_names="refuse"),
    )
    flags = ["Query", "Methods"]
    for query in ("ssn=%", "a=%FF;b", "a%00=1", "_charset_=latin1", "ssn=1&ssn=2", "a=%5g_es1."):
        group.valid(
            f"nothing is refused of a query string that no rule is for: {query}", flags, query=query, method="GET"
        )
    group.invalid("it is refused where a rule is for it", flags, "query_invalid", query="a=%", method="POST")
    for query in (f"a={_TOKEN}", "a=%5F%5Fes1.", "a=%zz&b=%5F_es1.", "a=\\u005f_es1.", "a=%&b=%5Cu005f_es1."):
        group.invalid(
            f"foreign tokens are refused in any request: {query[:12]}",
            [*flags, "ForeignToken"],
            "foreign_token",
            query=query,
            method="GET",
        )
    none = RequestGroup(file, "no query rule", policy(rule("ssn", "$.ssn"), header_rule("h", "x-h")))
    for query in ("ssn=%", f"a={_TOKEN}", "a=1;b=%FF"):
        none.valid(f"no rule is for query strings, so they pass: {query[:12]}", "Query", "{}", query=query)
