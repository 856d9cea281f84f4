"""Encrypt vectors: which rule decides about which value."""

from .encrypt_group import NDJSON, EncryptGroup
from .encrypting import P, policy, rule
from .rsakey import A, B


def add(file) -> None:
    """Adds the groups."""
    _precedence(file)
    _names(file)
    _duplicates(file)
    _required(file)


def _precedence(file) -> None:
    whole = EncryptGroup(
        file,
        "a rule for a container and rules for what is in it",
        policy(rule("inner", "$.person.ssn"), rule("person", "$.person"), rule("any", "$..ssn")),
    )
    whole.valid(
        "the outermost match wins, even when its rule comes later",
        "Rules",
        '{"person":',
        P('{"ssn":"1"}', "v", "person"),
        "}",
    )
    whole.valid(
        "beside the container the other rules apply",
        "Rules",
        '{"person":',
        P('[{"ssn":"1"}]', "v", "person"),
        ',"ssn":',
        P('"2"', "s", "any"),
        "}",
    )
    whole.valid("a container that is null hides nothing", "Rules", '{"person":null,"ssn":', P('"2"', "s", "any"), "}")
    first = EncryptGroup(
        file,
        "rules that match the same value",
        policy(rule("one", "$.ssn", "k1"), rule("two", "$..ssn", "k2"), keys={"k1": A, "k2": B}),
    )
    first.valid(
        "the first rule in the file decides",
        "Rules",
        '{"ssn":',
        P('"1"', "s", "one"),
        ',"x":{"ssn":',
        P('"2"', "s", "two"),
        "}}",
    )
    turned = EncryptGroup(
        file,
        "the same rules in the other order",
        policy(rule("two", "$..ssn", "k2"), rule("one", "$.ssn", "k1"), keys={"k1": A, "k2": B}),
    )
    turned.valid(
        "the first rule in the file decides, in the other order too", "Rules", '{"ssn":', P('"1"', "s", "two"), "}"
    )
    null = EncryptGroup(
        file,
        "a rule that keeps null before one that encrypts it",
        policy(rule("keep", "$.ssn"), rule("take", "$..ssn", encrypt_null=True)),
    )
    null.valid(
        "a value that stays null is decided: the second rule does not get it",
        ["Rules", "Null"],
        '{"ssn":null,"x":{"ssn":',
        P("null", "v", "take"),
        "}}",
    )
    _limited(file)
    deep = EncryptGroup(file, "a rule at any depth", policy(rule("ssn", "$..ssn")))
    deep.valid(
        "a match below a match is part of the outer value",
        "Rules",
        '{"ssn":',
        P('{"ssn":"1"}', "v"),
        ',"a":[{"ssn":',
        P('"2"', "s"),
        "}]}",
    )
    wild = EncryptGroup(file, "every element and member", policy(rule("all", "$.a[*]"), rule("first", "$.b[0]")))
    wild.valid(
        "an array's elements, an object's members, one index",
        "Rules",
        '{"a":[',
        P("1", "v", "all"),
        ",",
        P("[2]", "v", "all"),
        '],"b":[',
        P("3", "v", "first"),
        ",4]}",
    )
    wild.valid(
        "a wildcard on an object",
        "Rules",
        '{"a":{"x":',
        P('"1"', "s", "all"),
        ',"y":null,"x":',
        P('"3"', "s", "all"),
        '},"b":{"0":5}}',
    )
    unused = EncryptGroup(
        file, "two rules, of which one may match nothing", policy(rule("ssn", "$.ssn"), rule("gone", "$.gone"))
    )
    unused.valid("the report counts only rules and keys that were used", "Rules", '{"ssn":', P('"1"', "s"), "}")


def _names(file) -> None:
    group = EncryptGroup(file, "names compare exactly", policy(rule("ssn", "$.ssn")))
    for name in (r"\u0073sn", r"s\u0073n", r"ss\u006e", r"\u0073\u0073\u006E"):
        group.valid(f"a name written {name}", ["Names", "ByteExact"], f'{{"{name}":', P('"1"', "s"), "}")
    for name, what in (
        ("SSN", "upper case"),
        ("ssn ", "a space at the end"),
        ("ssn\\u0000", "U+0000 at the end"),
        ("\u017fsn", "a long s"),
        ("ss\u200bn", "a zero-width space"),
        ("\\\\u0073sn", "no escape"),
        ("", "the empty name"),
        ("\\ud800", "a lone surrogate"),
    ):
        group.valid(f"another name: {what}", "Names", f'{{"{name}":"1"}}')
    accent = EncryptGroup(file, "a name with an accent", policy(rule("cafe", "$.caf\u00e9")))
    accent.valid("a composed name does not match its decomposed form", "Names", '{"cafe\u0301":"1"}')
    accent.valid("a composed name matches its escape", "Names", '{"caf\\u00e9":', P('"1"', "s", "cafe"), "}")
    folded = EncryptGroup(
        file,
        "names compare without case",
        policy(rule("ssn", "$.ssn", match="ignore-case"), rule("kelvin", "$.Kelvin", match="ignore-case")),
    )
    for name, what in (
        ("SSN", "upper case"),
        ("sSn", "mixed case"),
        ("\u017fsn", "U+017F folds to s"),
        ("\\u017f\\u017FN", "U+017F, escaped"),
        ("\\u0053SN", "an escaped capital"),
    ):
        folded.valid(f"ignore-case: {what}", "Names", f'{{"{name}":', P('"1"', "s"), "}")
    for name, what in (
        ("\u212aelvin", "U+212A folds to k"),
        ("\\u212AELVIN", "U+212A, escaped"),
        ("kelvin", "lower case where the path has a capital"),
    ):
        folded.valid(f"ignore-case: {what}", "Names", f'{{"{name}":', P('"1"', "s", "kelvin"), "}")
    for name, what in (("ssn ", "a space at the end"), ("\uff53\uff53\uff4e", "full-width letters")):
        folded.valid(f"ignore-case does not match {what}", "Names", f'{{"{name}":"1"}}')
    folded.valid(
        "ignore-case: two spellings in one object are both encrypted",
        ["Names", "DuplicateNames"],
        '{"ssn":',
        P('"1"', "s"),
        ',"SSN":',
        P('"2"', "s"),
        "}",
    )


def _duplicates(file) -> None:
    group = EncryptGroup(file, "duplicate names are encrypted", policy(rule("ssn", "$.ssn"), rule("b", "$.a.b")))
    group.valid(
        "every occurrence is encrypted", "DuplicateNames", '{"ssn":', P('"real"', "s"), ',"ssn":', P('"x"', "s"), "}"
    )
    group.valid(
        "a duplicate written with an escape",
        "DuplicateNames",
        '{"ssn":',
        P('"real"', "s"),
        ',"\\u0073sn":',
        P("1", "v"),
        "}",
    )
    group.valid(
        "a duplicated parent",
        "DuplicateNames",
        '{"a":{"b":',
        P('"1"', "s", "b"),
        '},"a":{"b":',
        P('"2"', "s", "b"),
        "}}",
    )
    group.valid("duplicates that no rule names stay", "DuplicateNames", '{"x":1,"x":2}')
    strict = EncryptGroup(file, "duplicate names are refused", policy(rule("ssn", "$.ssn"), duplicate_names="refuse"))
    strict.valid("no duplicates", "DuplicateNames", '{"ssn":', P('"1"', "s"), ',"x":{"ssn":"2","x":3}}')
    strict.valid("one name in two objects", "DuplicateNames", '[{"a":1},{"a":2,"b":{"a":3}}]')
    strict.valid("names that differ in case are two names", "DuplicateNames", '{"a":1,"A":2}')
    strict.valid("one name on two lines", ["DuplicateNames", "Ndjson"], '{"a":1}\n{"a":2}\n', content_type=NDJSON)
    for body, what in (
        ('{"ssn":"1","ssn":"2"}', "of a protected member"),
        ('{"x":1,"x":1}', "that no rule names"),
        ('{"x":1,"\\u0078":1}', "written with an escape"),
        ('{"x":1,"y":2,"x":3}', "with one between"),
        ('[{"a":{"x":1,"x":2}}]', "in a nested object"),
        ('{"":1,"":2}', "of the empty name"),
        ('{"ssn":{"x":1,"x":2}}', "inside a value that is encrypted as a whole"),
        ('{"\u00e9":1,"\\u00E9":2}', "beyond ASCII"),
    ):
        strict.invalid(f"a duplicate {what} is refused", "DuplicateNames", "duplicate_name", body)
    strict.invalid(
        "a duplicate on the second line is refused",
        ["DuplicateNames", "Ndjson"],
        "duplicate_name",
        '{"a":1}\n{"a":2,"a":3}\n',
        NDJSON,
    )


def _required(file) -> None:
    group = EncryptGroup(file, "a required rule", policy(rule("ssn", "$..ssn", required=True), rule("b", "$.b")))
    group.valid("a required field is there", "Required", '{"ssn":', P('"1"', "s"), "}")
    group.valid("null counts as a value", ["Required", "Null"], '{"ssn":null}')
    for body, what in (
        ("{}", "an empty object"),
        ('{"SSN":"1"}', "another case"),
        ("[]", "an array"),
        ('{"b":"1"}', "only another field"),
        ('"ssn"', "a string"),
        ("null", "null"),
    ):
        group.invalid(f"a required field is missing: {what}", "Required", "field_missing", body)
    group.valid(
        "every line has the required field, blank lines are not asked",
        ["Required", "Ndjson"],
        '{"ssn":',
        P('"1"', "s"),
        '}\n\n{"ssn":',
        P('"2"', "s"),
        "}\n",
        content_type=NDJSON,
    )
    group.invalid(
        "one line lacks the required field", ["Required", "Ndjson"], "field_missing", '{"ssn":"1"}\n{"b":"1"}\n', NDJSON
    )
    group.valid("no lines, so no line lacks anything", ["Required", "Ndjson"], "", content_type=NDJSON)
    second = EncryptGroup(
        file, "a required rule behind another", policy(rule("one", "$.ssn"), rule("two", "$..ssn", required=True))
    )
    second.invalid(
        "a required rule decides nothing where an earlier rule does", ["Required", "Rules"], "field_missing", '{"ssn":"1"}'
    )
    second.valid(
        "a required rule decides what no earlier rule does",
        ["Required", "Rules"],
        '{"ssn":',
        P('"1"', "s", "one"),
        ',"a":{"ssn":',
        P('"2"', "s", "two"),
        "}}",
    )
    nothing = EncryptGroup(file, "a rule that is not required", policy(rule("ssn", "$.ssn")))
    nothing.valid("a field that is not required may be missing", "Required", '{"a":1}')


def _limited(file) -> None:
    group = EncryptGroup(
        file,
        "rules limited to content types",
        policy(
            rule("whole", "$.a", content_types=["application/vnd.one+json"], required=True),
            rule("two", "$.a.b", content_types=["APPLICATION/JSON", "application/x-ndjson"]),
            rule("three", "$.a.b", content_types=["application/*+json"]),
            content_types={
                "application/json": "json",
                "application/*+json": "json",
                "application/json-patch+json": "json",
                "application/x-ndjson": "ndjson",
                "text/x-json": "json",
            },
        ),
    )
    plain, first, patch = "application/json; charset=utf-8", "application/vnd.one+json", "application/json-patch+json"
    group.valid("a rule is for its type", "Rules", '{"a":{"b":', P('"1"', "s", "two"), "}}", content_type=plain)
    group.valid("an outer rule is for another type", "Rules", '{"a":', P('{"b":"1"}', "v", "whole"), "}", content_type=first)
    group.valid(
        "of two rules the one whose type it is decides",
        "Rules",
        '{"a":{"b":',
        P('"1"', "s", "three"),
        "}}",
        content_type="application/vnd.two+json",
    )
    group.valid("a pattern of a rule includes JSON Patch", "Rules", '{"a":{"b":', P('"1"', "s", "three"), "}}", content_type=patch)
    group.valid(
        "a rule for lines", ["Rules", "Ndjson"], '{"a":{"b":', P('"1"', "s", "two"), '}}\n{"a":1}\n', content_type=NDJSON
    )
    group.valid("no rule is for the type", "Rules", '{"a":{"b":"1"}}', content_type="text/x-json")
    group.invalid(
        "a required rule is required where it is for the type", ["Rules", "Required"], "field_missing", '{"b":1}', first
    )
