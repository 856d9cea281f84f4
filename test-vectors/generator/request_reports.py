"""Request vectors: rules that report."""

from .encrypting import P, policy, rule
from .request_group import NDJSON, RequestGroup

_FLAG = "Report"


def add(file) -> None:
    """Adds the groups."""
    _counted(file)
    _beside(file)
    _nested(file)


def watch(name: str, path: str, key: str = "k1", **rest) -> dict:
    """A rule that reports."""
    return rule(name, path, key, action="report", **rest)


def _counted(file) -> None:
    group = RequestGroup(file, "one rule that reports", policy(watch("ssn", "$..ssn")))
    for body, count, what in (
        ('{"ssn":"1"}', 1, "a string"),
        ('{"ssn":{"a":1}}', 1, "an object"),
        ('{"ssn":"1","ssn":2}', 2, "a name that comes twice"),
        ('[{"ssn":1},{"ssn":[{"ssn":1}]},{"ssn":""}]', 3, "what is inside of a counted value is not counted"),
        ('{"ssn":null}', 0, "null"),
        ('{"a":1}', 0, "nothing"),
        ('{"ssn":"' + "x" * 191 + '"}', 1, "a long value"),
    ):
        group.valid(f"reported: {what}", _FLAG, body, counts={"reported": {"ssn": count}} if count else None)
    group.valid(
        "reported over lines",
        [_FLAG, "Ndjson"],
        '{"ssn":1}\n{}\n{"ssn":2}\n',
        type=NDJSON,
        counts={"reported": {"ssn": 2}},
    )
    null = RequestGroup(file, "a rule that reports null too", policy(watch("ssn", "$.ssn", encrypt_null=True)))
    null.valid("null is reported where it would be encrypted", _FLAG, '{"ssn":null}', counts={"reported": {"ssn": 1}})
    encrypt = RequestGroup(
        file, "an action that says what is the default", policy(rule("ssn", "$.ssn", action="encrypt"))
    )
    encrypt.valid("the action encrypt", _FLAG, '{"ssn":', P('"1"', "s"), "}")
    limits = RequestGroup(
        file,
        "one value at most, and a rule that reports",
        policy(rule("a", "$.a"), watch("b", "$..b"), limits={"max_fields": 1}),
    )
    limits.valid(
        "what is reported is not encrypted, so it does not count for max_fields",
        [_FLAG, "Limits"],
        '{"a":',
        P("1", "v", "a"),
        ',"b":1,"c":{"b":2}}',
        counts={"reported": {"b": 2}},
    )
    free = RequestGroup(
        file, "a rule that reports, and what is refused anyway", policy(watch("ssn", "$.ssn"), duplicate_names="refuse")
    )
    free.invalid("a report rule allows no foreign token", [_FLAG, "ForeignToken"], "foreign_token", '{"ssn":"__es1."}')
    free.invalid("a report rule allows no name twice", [_FLAG, "DuplicateNames"], "duplicate_name", '{"ssn":1,"ssn":2}')
    free.invalid("a report rule allows no broken body", _FLAG, "json_invalid", '{"ssn":')


def _beside(file) -> None:
    for rules, what in (
        ([watch("watch", "$..ssn"), rule("ssn", "$.ssn")], "before it"),
        ([rule("ssn", "$.ssn"), watch("watch", "$..ssn")], "behind it"),
    ):
        group = RequestGroup(file, f"a rule that encrypts and one that reports {what}", policy(*rules))
        group.valid(
            f"a report rule {what} takes nothing from a rule that encrypts",
            [_FLAG, "Rules"],
            '{"ssn":',
            P('"1"', "s"),
            "}",
        )
        group.valid(
            f"a report rule {what} counts what no other rule decides about",
            [_FLAG, "Rules"],
            '{"a":{"ssn":1},"ssn":',
            P('"1"', "s"),
            "}",
            counts={"reported": {"watch": 1}},
        )
        group.valid(
            f"a report rule {what} does not count null that another rule keeps", [_FLAG, "Rules"], '{"ssn":null}'
        )
    keep = RequestGroup(
        file,
        "a rule that keeps null, and one that would report it",
        policy(rule("a", "$.a"), watch("watch", "$.*", encrypt_null=True)),
    )
    keep.valid(
        "null that a rule keeps is decided", [_FLAG, "Rules"], '{"a":null,"b":null}', counts={"reported": {"watch": 1}}
    )
    two = RequestGroup(file, "two rules that report", policy(watch("one", "$.a"), watch("two", "$..*")))
    two.valid(
        "of several report rules the first counts",
        [_FLAG, "Rules"],
        '{"a":1,"b":2}',
        counts={"reported": {"one": 1, "two": 1}},
    )
    later = RequestGroup(
        file,
        "three rules for one value",
        policy(watch("a", "$.ssn"), watch("b", "$..ssn"), rule("c", "$.*", mode="envelope")),
    )
    later.valid(
        "two report rules do not shield a value from a third", [_FLAG, "Rules"], '{"ssn":', P("1", "e", "c"), "}"
    )


def _nested(file) -> None:
    flags = [_FLAG, "Rules"]
    group = RequestGroup(
        file,
        "rules that report around, between and inside of rules that encrypt",
        policy(
            watch("all", "$"),
            watch("person", "$.person"),
            rule("ssn", "$..ssn"),
            watch("inner", "$.person.name"),
            watch("below", "$..ssn.x"),
        ),
    )
    group.valid(
        "a rule encrypts inside of a value that is reported",
        flags,
        '{"person":{"ssn":',
        P('"1"', "s"),
        ',"name":"a"}}',
        counts={"reported": {"all": 1}},
    )
    group.valid(
        "nothing is reported inside of a value that is encrypted",
        flags,
        '{"ssn":',
        P('{"x":1}', "v"),
        "}",
        counts={"reported": {"all": 1}},
    )
    middle = RequestGroup(
        file,
        "of nested values that are reported the outermost counts",
        policy(watch("person", "$..person"), watch("name", "$..name"), rule("ssn", "$..ssn")),
    )
    middle.valid(
        "a report inside of a report is not counted",
        flags,
        '{"person":{"name":"a","person":{"ssn":',
        P("1", "v"),
        '}},"name":{"person":{"name":1}}}',
        counts={"reported": {"person": 1, "name": 1}},
    )
    middle.valid(
        "the outermost counts whatever the order of the rules is",
        flags,
        '[{"name":{"person":1}},{"name":1}]',
        counts={"reported": {"name": 2}},
    )
    middle.valid(
        "null that is reported as such hides nothing",
        flags,
        '{"person":null,"a":{"name":1}}',
        counts={"reported": {"name": 1}},
    )
    whole = RequestGroup(
        file, "a rule that encrypts around one that reports", policy(watch("ssn", "$..ssn"), rule("person", "$.person"))
    )
    whole.valid(
        "a value that is encrypted as a whole is not looked into",
        flags,
        '{"person":',
        P('{"ssn":1}', "v", "person"),
        ',"ssn":2}',
        counts={"reported": {"ssn": 1}},
    )
