"""Policy vectors: field rules."""

from .loading import LoadGroup, changed
from .policy_members import BASE, FULL

CODE = "config_value_invalid"


def add(file) -> None:
    """Adds the groups."""
    _members(LoadGroup(file, "members of a rule"))
    _names(LoadGroup(file, "names of rules"))
    _paths(LoadGroup(file, "paths of rules"))
    _classic(LoadGroup(file, "rules under a key with classic tags"))


def _members(group: LoadGroup) -> None:
    for name, good, bad in (
        ("mode", ("direct", "envelope"), ("", "Direct", "jwe", "envelope ")),
        ("oversize", ("envelope", "reject"), ("", "Reject", "truncate", "direct")),
        ("match", ("exact", "ignore-case"), ("", "Exact", "ignore_case", "ascii-ci", "regex")),
    ):
        for value in good:
            group.valid(f"{name} is {value}", "Value", changed(BASE, ["fields", 0, name], value))
        for value in bad:
            group.invalid(
                f"{name} is {value!r}", "Value", CODE, f"/fields/0/{name}", changed(BASE, ["fields", 0, name], value)
            )
    for name in ("encrypt_null", "required"):
        for value in (True, False):
            group.valid(f"{name} is {value}", "Value", changed(BASE, ["fields", 0, name], value))
    where = ["fields", 0, "content_types"]
    for types in (["application/json"], ["application/*+json", "Text/Plain"], [f"text/x{n}" for n in range(32)]):
        group.valid(f"limited to {len(types)} content types, {types[0]} first", "Value", changed(BASE, where, types))
    for types in ([], [f"text/x{n}" for n in range(33)]):
        group.invalid(
            f"limited to {len(types)} content types", "Value", CODE, "/fields/0/content_types", changed(BASE, where, types)
        )
    for bad in ("", "json", "*/*", "text/*", "application/json; charset=utf-8"):
        group.invalid(
            f"limited to {bad!r}",
            "Value",
            CODE,
            "/fields/0/content_types/1",
            changed(BASE, where, ["application/json", bad]),
        )
    for key in ("k2", "K1", "", "k1 ", "k"):
        group.invalid(
            f"the rule's key is {key!r}, which is not in keys",
            "Value",
            "config_key_unknown",
            "/fields/0/key",
            changed(BASE, ["fields", 0, "key"], key),
        )
    two = changed(BASE, ["fields"], [BASE["fields"][0], {"name": "b", "path": "$.b", "key": "zz"}])
    group.invalid("the second rule's key is not in keys", "Value", "config_key_unknown", "/fields/1/key", two)
    group.valid("a key that no rule names", "Value", changed(BASE, ["keys", "k9"], BASE["keys"]["k1"]))


def _names(group: LoadGroup) -> None:
    for name in ("a", "n" * 64, "A-Za.z0_9", "-", ".", "_", "0", "field"):
        group.valid(f"the rule's name is {name}", "Value", changed(BASE, ["fields", 0, "name"], name))
    for name, what in (
        ("", "empty"),
        ("n" * 65, "65 characters"),
        ("a b", "a space"),
        ("a/b", "a solidus"),
        ("a~b", "a tilde"),
        ("\u00e9", "a letter beyond ASCII"),
        ("a\n", "a line feed"),
        ("a\u0000", "U+0000"),
        ('"', "a quotation mark"),
        ("a:b", "a colon"),
        ("$.a", "a path"),
    ):
        group.invalid(
            f"the rule's name: {what}", "Value", CODE, "/fields/0/name", changed(BASE, ["fields", 0, "name"], name)
        )
    rule = BASE["fields"][0]
    group.invalid(
        "two rules have one name",
        "Duplicate",
        "config_name_duplicate",
        "/fields/1/name",
        changed(BASE, ["fields"], [rule, rule | {"path": "$.x"}]),
    )
    group.invalid(
        "the first and the third rule have one name",
        "Duplicate",
        "config_name_duplicate",
        "/fields/2/name",
        changed(BASE, ["fields"], [rule, rule | {"name": "b", "path": "$.b"}, rule | {"path": "$.c"}]),
    )
    group.valid("names that differ in case", "Value", changed(BASE, ["fields"], [rule, rule | {"name": "SSN"}]))
    group.valid("two rules with one path", "Value", changed(BASE, ["fields"], [rule, rule | {"name": "b"}]))


def _paths(group: LoadGroup) -> None:
    for path in (
        "$",
        "$.a",
        "$..a",
        "$[*]",
        "$.*",
        "$..*",
        "$..[*]",
        "$['a b']",
        '$["a"]',
        "$[0]",
        "$..[0]",
        "$.a..b[*].c",
    ):
        group.valid(f"path {path}", "Path", changed(BASE, ["fields", 0, "path"], path))
    for code, paths in (
        ("path_syntax", ("", "ssn", "$.", "$.a.", "$[", "$['a", "$[01]", " $", "$['\\x']", "$.a-b", "/ssn")),
        ("path_unsupported", ("$[-1]", "$[0:1]", "$['a','b']", "$[?@.a]", "$[?@.a==1]", "$..[?@.a]", "$[:]")),
    ):
        for path in paths:
            group.invalid(f"path {path!r}", "Path", code, "/fields/0/path", changed(BASE, ["fields", 0, "path"], path))
    two = changed(BASE, ["fields"], [BASE["fields"][0], {"name": "b", "path": "$.b[", "key": "k1"}])
    group.invalid("the second rule's path", "Path", "path_syntax", "/fields/1/path", two)
    # Each step of each path needs a transition of its own: no two paths begin alike, and each ends in another rule.
    rules = [{"name": f"r{number}", "path": f"$.f{number}" + ".a" * 65, "key": "k1"} for number in range(1000)]
    group.invalid(
        "1,000 paths of 66 steps that share nothing",
        ["Path", "Limits"],
        "config_paths_too_complex",
        "/fields",
        changed(BASE, ["fields"], rules),
    )


def _classic(group: LoadGroup) -> None:
    plain = changed(FULL, ["fields"], [{"name": "ssn", "path": "$.ssn", "key": "k2"}])
    group.valid("a rule that says nothing", "ClassicRule", plain)
    for name, good, bad in (
        ("mode", "direct", "envelope"),
        ("oversize", "reject", "envelope"),
        ("encrypt_null", False, True),
    ):
        group.valid(
            f"{name} is {good} under a key with classic tags", "ClassicRule", changed(plain, ["fields", 0, name], good)
        )
        group.invalid(
            f"{name} is {bad} under a key with classic tags",
            "ClassicRule",
            CODE,
            f"/fields/0/{name}",
            changed(plain, ["fields", 0, name], bad),
        )
    for name, value in (("required", True), ("match", "ignore-case")):
        group.valid(
            f"{name} is {value} under a key with classic tags",
            "ClassicRule",
            changed(plain, ["fields", 0, name], value),
        )
