"""Request vectors: names of form fields with brackets or dots, which are read in two ways."""

from .encrypting import P, V, policy, rule
from .multipart import form, part
from .request_forms import form_policy
from .request_group import FORM, JSON, MULTIPART, NDJSON, RequestGroup, query_rule
from .request_reports import watch
from .rsakey import A, B

_FLAGS = ["Form", "FieldNames"]


def add(file) -> None:
    """Adds the groups."""
    _paths(file)
    _around(file)
    _multipart(file)
    _query(file)
    _reports(file)
    _deep(file)


def _paths(file) -> None:
    for path, inside, outside in (
        (
            "$.person.ssn",
            (
                "person[ssn]",
                "person.ssn",
                "person%5Bssn%5D",
                "person%2Essn",
                "person['ssn']",
                'person["ssn"]',
                "person%5B%27ssn%27%5D",
                "p%65rson[%73sn]",
            ),
            (
                "person[SSN]",
                "person",
                "ssn",
                "xperson[ssn]",
                "person[a][ssn]",
                "a[person][ssn]",
                "personssn",
            ),
        ),
        (
            "$..ssn",
            ("ssn", "a[ssn]", "a.ssn", "a[b][ssn]", "a.b.ssn", "a[b].ssn", "a[0][ssn]", "a[][ssn]"),
            ("a[ssn2]", "a.SSN", "assn"),
        ),
        ("$['person[ssn]']", ("person[ssn]", "person%5bssn]"), ("person.ssn", "person[ssn][]", "person")),
        ("$['person.ssn']", ("person.ssn",), ("person[ssn]", "person")),
        ("$.ssn[0]", ("ssn[]", "ssn[0]", "ssn.0"), ("ssn[1]", "ssn", "ssn[a]")),
        ("$.ssn[7]", ("ssn[7]", "ssn.7"), ("ssn[]", "ssn[0]", "ssn[8]", "ssn[77]")),
        ("$.ssn['7']", ("ssn[7]", "ssn.7"), ("ssn[07]", "ssn[]", "ssn[8]", "ssn[77]")),
        ("$.ssn['']", (), ("ssn[]", "ssn[0]", "ssn")),
        ("$.a['7'][3].ssn", ("a[7][3][ssn]", "a.7.3.ssn"), ("a[3][7][ssn]", "a[7][4][ssn]")),
        ("$.a['7']['3'].ssn", ("a[7][3][ssn]", "a.7.3.ssn"), ("a[7][][ssn]",)),
        ("$.ssn[*]", ("ssn[]", "ssn[0]", "ssn[12]", "ssn[a]", "ssn.a"), ("ssn", "assn[]")),
        (
            "$.people[*].ssn",
            ("people[][ssn]", "people[3][ssn]", "people.3.ssn", "people[a].ssn"),
            ("people[ssn]", "people[3]"),
        ),
        ("$.people[1].ssn", ("people[1][ssn]", "people.1[ssn]"), ("people[0][ssn]", "people[][ssn]")),
        ("$.*.ssn", ("a[ssn]", "a.ssn"), ("ssn", "a[b][ssn]")),
        ("$..a..b", ("a[b]", "x.a.y.b", "a[0][b]"), ("b[a]", "a", "b")),
    ):
        group = RequestGroup(file, f"names of fields, the path {path}", form_policy(rule("ssn", path)), FORM)
        for name in inside:
            group.valid(f"{path} is {name} of a form", _FLAGS, f"a=1&{name}=", V("1", "s"), "&b=2")
        for name in outside:
            group.valid(f"{path} is not {name} of a form", _FLAGS, f"{name}=1")
    folded = RequestGroup(
        file, "names of fields, without case", form_policy(rule("ssn", "$.Person.ssn", match="ignore-case")), FORM
    )
    for name in ("PERSON[SSN]", "person.\u017fsn"):
        folded.valid(f"ignore-case: {name} of a form", _FLAGS, f"{name}=", V("1", "s"))


def _around(file) -> None:
    group = RequestGroup(
        file, "names of fields, a rule for what is around", form_policy(rule("person", "$.person")), FORM
    )
    for name in (
        "person",
        "person[ssn]",
        "person.ssn",
        "person[]",
        "person[0][a][b]",
        "person.a.b[c]",
        "person.",
    ):
        group.valid(f"$.person is around {name}", _FLAGS, f"{name}=", V("1", "s", "person"))
    for name in ("persons[ssn]", "a[person]", "a.person.ssn"):
        group.valid(f"$.person is not around {name}", _FLAGS, f"{name}=1")
    each = RequestGroup(file, "names of fields, every member", form_policy(rule("all", "$.*")), FORM)
    each.valid(
        "$.* is every field",
        _FLAGS,
        "a[b]=",
        V("1", "s", "all"),
        "&c.d=",
        V("2", "s", "all"),
        "&e[]=",
        V("3", "s", "all"),
    )
    order = RequestGroup(
        file,
        "names of fields, rules inside of each other",
        form_policy(
            rule("ssn", "$.person.ssn"),
            rule("person", "$.person", "k2"),
            rule("any", "$..x", "k2"),
            keys={"k1": A, "k2": B},
        ),
        FORM,
    )
    order.valid("of rules inside of each other the outermost decides", _FLAGS, "person[ssn]=", V("1", "s", "person"))
    order.valid("of rules inside of each other the one that matches decides", _FLAGS, "a[x][y]=", V("1", "s", "any"))
    both = RequestGroup(
        file,
        "names of fields, a rule for each reading",
        form_policy(
            rule("path", "$.a.b", "k2"),
            rule("literal", "$['a.b']"),
            rule("brackets", "$['a[b]']"),
            keys={"k1": A, "k2": B},
        ),
        FORM,
    )
    both.valid(
        "the rule for the name as it is decides, wherever it stands in the file",
        _FLAGS,
        "a.b=",
        V("1", "s", "literal"),
        "&a[b]=",
        V("2", "s", "brackets"),
        "&a['b']=",
        V("3", "s", "path"),
    )
    many = RequestGroup(
        file, "names of fields, a required one", form_policy(rule("ssn", "$.person.ssn", required=True)), FORM
    )
    many.valid("what is required is inside of a name", [*_FLAGS, "Required"], "person[ssn]=", V("1", "s"))
    many.invalid(
        "what is required is not inside of any name", [*_FLAGS, "Required"], "field_missing", "person[a]=1&ssn=2"
    )
    strict = RequestGroup(
        file,
        "names of fields that come twice are refused",
        form_policy(rule("ssn", "$.ssn"), duplicate_names="refuse"),
        FORM,
    )
    flags = [*_FLAGS, "DuplicateNames"]
    strict.valid(
        "names that are spelt otherwise are other names",
        flags,
        "ssn[0]=",
        V("1", "s"),
        "&ssn[1]=",
        V("2", "s"),
        "&ssn=",
        V("3", "s"),
    )
    strict.invalid("elements without an index have one name", flags, "duplicate_name", "ssn[]=1&ssn[]=2")


def _multipart(file) -> None:
    flags = ["Multipart", "FieldNames"]
    group = RequestGroup(
        file,
        "names of parts",
        form_policy(
            rule("ssn", "$.person.ssn"),
            rule("inner", "$.person.data.x"),
            rule("literal", "$['a[b]'].y"),
            rule("scan", "$.docs.scan"),
        ),
        MULTIPART,
    )
    group.valid(
        "parts with brackets and dots",
        flags,
        *form(
            part("person[ssn]", V("1", "s")),
            part("person.ssn", V("2", "s")),
            part("person['ssn']", V("4", "s")),
            part("ssn", "3"),
        ),
    )
    group.valid(
        "a JSON part inside of a name",
        [*flags, "JsonPart"],
        *form(
            part("person[data]", '{"x":', P("1", "v", "inner"), ',"y":2}', type=JSON),
            part("person", '{"ssn":', P("3", "v"), "}", type=JSON),
        ),
    )
    group.valid(
        "a JSON part by its name as it is",
        [*flags, "JsonPart"],
        *form(part("a[b]", '{"y":', P("1", "v", "literal"), ',"x":2}', type=JSON)),
    )
    group.valid(
        "an NDJSON part inside of a name",
        [*flags, "JsonPart"],
        *form(part("person.data", '{"x":', P("1", "v", "inner"), '}\n{"x":', P("2", "v", "inner"), "}\n", type=NDJSON)),
    )
    group.invalid(
        "a file inside of a name", [*flags, "File"], "value_not_string", *form(part("docs[scan]", "1", filename="a"))
    )
    around = RequestGroup(
        file, "names of parts, a rule for what is around", form_policy(rule("person", "$.person")), MULTIPART
    )
    around.valid(
        "a rule for what is around a part",
        flags,
        *form(part("person[ssn]", V("1", "s", "person")), part("person[a]", P('{"b":1}', "v", "person"), type=JSON)),
    )
    around.invalid(
        "a rule for what is around a file",
        [*flags, "File"],
        "value_not_string",
        *form(part("person[scan]", "1", filename="a")),
    )


def _query(file) -> None:
    flags = ["Query", "FieldNames"]
    group = RequestGroup(
        file,
        "names of parameters",
        policy(query_rule("ssn", "ssn"), query_rule("mail", "user[mail]"), query_rule("dot", "a.b")),
    )
    for name in ("ssn", "ssn[]", "ssn[0]", "ssn[a]", "ssn.a", "ssn%5B%5D"):
        group.valid(f"the parameter ssn is {name}", flags, query=(f"{name}=", V("1", "s")))
    for name in ("a[ssn]", "a.ssn", "ssns[]", "user.mail", "user", "a[b]", "a"):
        group.valid(f"no rule is for the parameter {name}", flags, query=f"{name}=1")
    group.valid(
        "a parameter by its name as it is",
        flags,
        query=("user[mail]=", V("1", "s", "mail"), "&a.b=", V("2", "s", "dot")),
    )


def _reports(file) -> None:
    flags = [*_FLAGS, "Report"]
    group = RequestGroup(
        file,
        "names of fields, a rule that reports what is around",
        form_policy(watch("person", "$.person"), rule("ssn", "$.person.ssn")),
        FORM,
    )
    group.valid(
        "each field is a value", flags, "person[a]=1&person.b=2&person=3&c=4", counts={"reported": {"person": 3}}
    )
    group.valid(
        "a rule encrypts inside of what is reported",
        flags,
        "person[a]=1&person[ssn]=",
        V("2", "s"),
        counts={"reported": {"person": 1}},
    )


def _deep(file) -> None:
    flags = [*_FLAGS, "Limits"]
    limits = {"max_depth": 3}
    rules = form_policy(rule("ssn", "$.a.b.c"), query_rule("q", "a.b.c"), limits=limits)
    group = RequestGroup(file, "names of fields that lead through three objects at most", rules, FORM)
    for name in ("a[b][c]", "a.b.c", "a[b].c"):
        group.valid(f"a name as deep as it may be: {name}", flags, f"{name}=", V("1", "s"))
    group.valid("the elements of a name count", flags, "a[][0]=1")
    for name in ("a[b][c][d]", "a.b.c.d", "a[][][]", "a[b][c].", "a%5Bb%5D.c%2Ed"):
        group.invalid(f"a name that is too deep: {name}", flags, "form_invalid", f"{name}=1")
        group.invalid(f"a name that is too deep, without a value: {name}", flags, "form_invalid", f"ssn=1&{name}")
        group.invalid(f"a parameter whose name is too deep: {name}", flags, "query_invalid", query=f"{name}=1")
    group.valid("a parameter as deep as it may be", flags, query=("a.b.c=", V("1", "s", "q")))
    parts = RequestGroup(
        file,
        "names of parts that lead through three objects at most",
        form_policy(rule("ssn", "$.a.b.c"), limits=limits),
        MULTIPART,
    )
    flags = ["Multipart", "FieldNames", "Limits"]
    parts.valid("a part's name as deep as it may be", flags, *form(part("a[b][c]", V("1", "s"))))
    for name in ("a[b][c][d]", "a.b.c.d", "a[][].x.y"):
        parts.invalid(f"a part's name that is too deep: {name}", flags, "multipart_invalid", *form(part(name, "1")))
    usual = RequestGroup(file, "names of fields, the default depth", form_policy(rule("ssn", "$..ssn")), FORM)
    usual.valid("a name with 127 brackets", [*_FLAGS, "Limits"], f"a{'[b]' * 126}[ssn]=", V("1", "s"))
    usual.invalid("a name with 128 brackets", [*_FLAGS, "Limits"], "form_invalid", f"a{'[b]' * 127}[ssn]=1")
