"""Request vectors: rules limited by method and path."""

from .encrypting import P, V, policy, rule
from .request_group import JSON, RequestGroup
from .rsakey import A, B

_BODY = ('{"ssn":', P('"1"', "s"), "}")
_PLAIN = '{"ssn":"1"}'


def add(file) -> None:
    """Adds the groups."""
    _paths(file)
    _plain(file)
    _not_plain(file)
    _methods(file)
    _both(file)
    _first(file)
    _parts(file)


def _limited(file, patterns: list[str]) -> RequestGroup:
    return RequestGroup(file, f"a rule for {' and '.join(patterns)}", policy(rule("ssn", "$.ssn", paths=patterns)))


def _paths(file) -> None:
    for patterns, inside, outside in (
        (
            ["/people"],
            ("/people", "/people/", "/PEOPLE", "/People/"),
            ("/", "/peopl", "/peoples", "/people/1", "/x/people", "/people.json", "/people*", "/people,x"),
        ),
        (["/People/Ssn"], ("/people/ssn", "/PEOPLE/SSN/"), ("/people",)),
        (["/people/"], ("/people", "/people/"), ("/people/1",)),
        (
            ["/people/*"],
            ("/people/1", "/people/1/", "/people/a/b/c", "/PEOPLE/1", "/people/", "/people"),
            ("/peoples", "/peopl", "/person/1", "/x/people/1", "/"),
        ),
        (["/people*"], ("/people", "/peoples", "/people-x/y", "/people/"), ("/peopl", "/x/people")),
        (["/v?/x"], ("/v1/x", "/V2/X/", "/v-/x"), ("/v/x", "/v12/x", "/v1/x/y")),
        (["/a?b"], ("/a-b", "/a/b"), ("/ab", "/a--b")),
        (["/*/ssn"], ("/a/ssn", "/a/b/ssn/"), ("/ssn", "/a/ssn/b", "/a/ssns")),
        (["/*a*b*c"], ("/xxaxxbxxbcxc", "/abc"), ("/xxaxxbxxb", "/acb")),
        (["/"], ("/",), ("/a",)),
        (["/*"], ("/", "/a", "/a/b/"), ()),
        (["/a", "/b/*"], ("/a", "/b/1"), ("/c", "/a/1")),
        (["/a.c", "/x+y", "/(z)"], ("/a.c", "/x+y", "/(z)"), ("/abc", "/xxy", "/z")),
    ):
        group = _limited(file, patterns)
        for path in inside:
            group.valid(f"{path} is under {patterns}", "Paths", *_BODY, path=path)
        for path in outside:
            group.valid(f"{path} is not under {patterns}", "Paths", _PLAIN, path=path)


def _plain(file) -> None:
    group = _limited(file, ["/other"])
    for path, what in (
        ("/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "letters and digits"),
        ("/-._~!$&'()*+,=:@/x", "every other character of a plain path"),
        ("/...", "a segment of three dots"),
        ("/.a/a./..a/a..", "dots at either end of a segment"),
        ("/a/", "a slash at the end"),
        ("/", "the root"),
        ("/a:80/@b", "a colon and an at sign"),
    ):
        group.valid(f"a plain path: {what}", "Paths", _PLAIN, path=path)


def _not_plain(file) -> None:
    group = _limited(file, ["/another"])
    for path, what in (
        ("", "empty"),
        ("a", "no slash at the beginning"),
        ("*", "an asterisk alone"),
        ("//", "two slashes"),
        ("//a", "an empty segment first"),
        ("/a//b", "an empty segment"),
        ("/a//", "an empty segment last"),
        ("/.", "a dot alone"),
        ("/./a", "a dot segment first"),
        ("/a/./b", "a dot segment"),
        ("/a/.", "a dot segment last"),
        ("/a/./", "a dot segment and a slash at the end"),
        ("/..", "two dots alone"),
        ("/../a", "two dots first"),
        ("/a/../b", "two dots"),
        ("/a/..", "two dots last"),
        ("/a/../", "two dots and a slash at the end"),
        ("/%61", "an encoded letter"),
        ("/a%2fb", "an encoded slash"),
        ("/a%", "a percent sign alone"),
        ("/a;v=1", "a parameter"),
        ("/a;/b", "an empty parameter"),
        ("/a\\b", "a reverse solidus"),
        ("/..\\a", "a reverse solidus behind dots"),
        ("/a b", "a space"),
        ("/a ", "a space at the end"),
        ("/\u00e9", "a letter beyond ASCII"),
        ("/\uff0fa", "a full-width solidus"),
        ("/\u212aelvin", "a letter that folds to ASCII"),
        ("/a\tb", "a tab"),
        ("/a\n", "a line feed at the end"),
        ("/a\x00b", "U+0000"),
        ("/a\x7f", "U+007F"),
        ("/a?b", "a question mark"),
        ("/a#b", "a number sign"),
        ('/a"b', "a quotation mark"),
        ("/a<b>", "less-than and greater-than signs"),
        ("/[a]", "brackets"),
        ("/a^b", "a circumflex"),
        ("/a`b", "a grave accent"),
        ("/{a}", "braces"),
        ("/a|b", "a vertical line"),
        ("https://example.org/a", "a whole URL"),
    ):
        group.valid(f"a path that is not plain: {what}: the rule is for it", "Paths", *_BODY, path=path)
    group.valid("no path is known: the rule is for it", "Paths", *_BODY)


def _methods(file) -> None:
    group = RequestGroup(file, "a rule for two methods", policy(rule("ssn", "$.ssn", methods=["POST", "PUT"])))
    for method in ("POST", "PUT", "post", "Put"):
        group.valid(f"{method} is one of the methods", "Methods", *_BODY, method=method)
    for method in ("PATCH", "GET", "DELETE", "POSTS", "POS", ""):
        group.valid(f"{method} is none of the methods", "Methods", _PLAIN, method=method)
    group.valid("no method is known: the rule is for it", "Methods", *_BODY)
    hyphen = RequestGroup(file, "a rule for a method with a hyphen", policy(rule("ssn", "$.ssn", methods=["M-SEARCH"])))
    for method in ("M-SEARCH", "m-search"):
        hyphen.valid(f"{method} is M-SEARCH", "Methods", *_BODY, method=method)
    for method in ("MSEARCH", "SEARCH", "M_SEARCH", "M-"):
        hyphen.valid(f"{method} is not M-SEARCH", "Methods", _PLAIN, method=method)
    group.valid(
        "a path makes no difference to a limit by method", ["Methods", "Paths"], *_BODY, method="PUT", path="/x"
    )
    group.valid(
        "a path that is not plain makes no difference to a limit by method",
        ["Methods", "Paths"],
        _PLAIN,
        method="GET",
        path="/a//b",
    )


def _both(file) -> None:
    group = RequestGroup(
        file, "a rule for a method and a path", policy(rule("ssn", "$.ssn", methods=["POST"], paths=["/people/*"]))
    )
    for method, path, applies in (
        ("POST", "/people/1", True),
        ("POST", "/other", False),
        ("GET", "/people/1", False),
        ("GET", "/other", False),
        ("POST", "/people/%31", True),
        ("POST", None, True),
        (None, "/people/1", True),
        (None, None, True),
    ):
        body = _BODY if applies else (_PLAIN,)
        group.valid(f"both limits: {method} {path}", ["Methods", "Paths"], *body, method=method, path=path)


def _first(file) -> None:
    group = RequestGroup(
        file,
        "of several rules the first that is for the request decides",
        policy(
            rule("one", "$.ssn", "k1", paths=["/a"]),
            rule("two", "$..ssn", "k2", methods=["PUT"]),
            rule("three", "$.ssn", "k1", mode="envelope"),
            keys={"k1": A, "k2": B},
        ),
    )
    for method, path, name, kind in (
        ("PUT", "/a", "one", "s"),
        ("POST", "/a", "one", "s"),
        ("PUT", "/b", "two", "s"),
        ("POST", "/b", "three", "e"),
        ("POST", "/b/../c", "one", "s"),
        ("POST", None, "one", "s"),
        (None, "/b", "two", "s"),
    ):
        group.valid(
            f"rule {name} decides: {method} {path}",
            ["Methods", "Paths", "Rules"],
            '{"ssn":',
            P('"1"', kind, name),
            "}",
            method=method,
            path=path,
        )
    outer = RequestGroup(
        file,
        "a rule for a container, limited, and one for what is in it",
        policy(rule("person", "$.person", paths=["/a"]), rule("ssn", "$.person.ssn")),
    )
    outer.valid(
        "the outer rule is for the request",
        ["Paths", "Rules"],
        '{"person":',
        P('{"ssn":"1"}', "v", "person"),
        "}",
        path="/a",
    )
    outer.valid(
        "the outer rule is not for the request, and hides nothing",
        ["Paths", "Rules"],
        '{"person":{"ssn":',
        P('"1"', "s"),
        "}}",
        path="/b",
    )
    null = RequestGroup(
        file,
        "a limited rule that keeps null before one that encrypts it",
        policy(rule("keep", "$.ssn", methods=["POST"]), rule("take", "$.ssn", encrypt_null=True)),
    )
    null.valid("the rule that keeps null is for the request", ["Methods", "Rules"], '{"ssn":null}', method="POST")
    null.valid(
        "the rule that keeps null is not for the request",
        ["Methods", "Rules"],
        '{"ssn":',
        P("null", "v", "take"),
        "}",
        method="PUT",
    )
    typed = RequestGroup(
        file,
        "a rule limited by content type, method and path",
        policy(rule("ssn", "$.ssn", methods=["POST"], paths=["/a"], content_types=[JSON])),
    )
    typed.valid("all three limits fit", ["Methods", "Paths"], *_BODY, method="POST", path="/a")
    typed.valid(
        "the content type does not fit",
        ["Methods", "Paths"],
        _PLAIN,
        method="POST",
        path="/a",
        type="application/merge-patch+json",
    )


def _parts(file) -> None:
    required = RequestGroup(
        file,
        "required rules that are limited",
        policy(
            rule("ssn", "$.ssn", required=True, methods=["POST"]),
            {"name": "id", "query": "id", "key": "k1", "required": True, "paths": ["/a"]},
            {"name": "mail", "header": "X-Mail", "key": "k1", "required": True, "paths": ["/b"]},
        ),
    )
    one, mail = V("1", "s", "id"), [("X-Mail", V("m", "s", "mail"))]
    flags = ["Methods", "Paths", "Required"]
    required.valid("nothing is required of another request", flags, "{}", method="PUT", path="/c")
    required.valid("what is required is there", flags, *_BODY, method="POST", path="/a", query=("id=", one))
    required.valid("the header that is required is there", flags, "{}", method="PUT", path="/b", headers=mail)
    required.valid("a request without a body has what is required", flags, method="POST", path="/b", headers=mail)
    code = "field_missing"
    required.invalid("the body lacks a field that POST requires", flags, code, "{}", method="POST", path="/c")
    required.invalid("the body lacks a field, the method is not known", flags, code, "{}", path="/c")
    required.invalid("the query string lacks what the path requires", flags, code, "{}", method="PUT", path="/a/")
    required.invalid("the headers lack what the path requires", flags, code, method="PUT", path="/B")
    required.invalid(
        "a path that is not plain requires what any path does", flags, code, method="PUT", path="/x/../c", query="id=1"
    )
    limited = RequestGroup(
        file,
        "limited rules for the query string and a header",
        policy(
            {"name": "id", "query": "id", "key": "k1", "methods": ["GET"]},
            {"name": "mail", "header": "x-mail", "key": "k1", "paths": ["/a"]},
        ),
    )
    flags = ["Methods", "Paths", "Query", "Headers"]
    query, plain = ("id=", one), [("X-Mail", "m")]
    limited.valid("both rules are for the request", flags, method="GET", path="/a", query=query, headers=mail)
    limited.valid("the query rule alone is for the request", flags, method="GET", path="/b", query=query, headers=plain)
    limited.valid(
        "the header rule alone is for the request", flags, method="PUT", path="/a", query="id=1", headers=mail
    )
    limited.valid("neither rule is for the request", flags, method="PUT", path="/b", query="id=1", headers=plain)
    limited.valid("neither limit counts", flags, path="/a//b", query=query, headers=mail)
