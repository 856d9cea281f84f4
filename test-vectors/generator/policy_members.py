"""Policy vectors: the file as a whole, its members, their types and limits."""

from .encoding import pointer
from .loading import MAX_BYTES, LoadGroup, Members, Raw, changed, write
from .rsakey import A, B

BASE = {
    "version": 1,
    "keys": {"k1": {"public_key": A.public_pem}},
    "fields": [{"name": "ssn", "path": "$.ssn", "key": "k1"}],
}
FULL = {
    "version": 1,
    "keys": {
        "k1": {"public_key": A.public_pem},
        "k2": {"public_key": B.public_pem, "prefix": "[enc:", "suffix": ":enc]"},
    },
    "fields": [
        {
            "name": "ssn",
            "path": "$..ssn",
            "key": "k1",
            "mode": "envelope",
            "oversize": "envelope",
            "match": "ignore-case",
            "encrypt_null": True,
            "required": True,
        },
        {
            "name": "e.mail_1-x",
            "path": "$['e-mail'][0]",
            "key": "k2",
            "mode": "direct",
            "oversize": "reject",
            "match": "exact",
            "encrypt_null": False,
            "required": False,
        },
    ],
    "content_types": {
        "application/json": "json",
        "application/*+json": "json",
        "text/lines": "ndjson",
        "image/png": "pass",
    },
    "foreign_tokens": "allow",
    "duplicate_names": "refuse",
    "context": {"tenant": "acme", "a-b.c_D": "x"},
    "limits": {"max_depth": 64, "max_fields": 10},
}


def add(file) -> None:
    """Adds the groups."""
    _documents(LoadGroup(file, "the file as a whole"))
    _missing(LoadGroup(file, "missing, unknown and duplicate members"))
    _types(LoadGroup(file, "JSON types"))
    _values(LoadGroup(file, "values and limits"))


def _documents(group: LoadGroup) -> None:
    base = write(BASE)
    group.valid("the smallest policy", "Document", BASE)
    group.valid("every member", "Document", FULL)
    group.valid("white space around everything", "Document", " \t\r\n" + base.replace(":{", " :\r\n\t{ ") + "\n")
    group.valid("names written with escapes", "Document", base.replace('"version"', '"\\u0076ersion"'))
    group.valid("as long as is allowed", ["Document", "Limits"], base, MAX_BYTES)
    group.invalid("one byte too long", ["Document", "Limits"], "config_too_large", "", base, MAX_BYTES + 1)
    for text, what in (
        ("", "empty"),
        (" ", "white space alone"),
        (base[:-1], "not closed"),
        (base + "}", "one brace too many"),
        (base + base, "two texts"),
        (base[:-1] + ",}", "a comma at the end"),
        (base.replace('"', "'"), "single quotes"),
        ("// policy\n" + base, "a comment"),
        ("\ufeff" + base, "a byte order mark"),
        (base.replace("1,", "01,", 1), "a leading zero"),
        (base.replace('"ssn"', '"s\tn"', 1), "a tab in a string"),
        ("version: 1\n", "YAML"),
        (base + "\x00", "U+0000 behind it"),
    ):
        group.invalid(f"not JSON: {what}", "Document", "config_not_json", "", text)
    for data, what in (
        (base.encode("utf-16"), "UTF-16"),
        (base.encode().replace(b"ssn", b"\xff"), "byte FF"),
        (base.encode().replace(b"ssn", b"\xed\xa0\x80"), "a surrogate"),
        (base.encode().replace(b"ssn", b"\xc1\xb3"), "an overlong letter"),
    ):
        group.invalid(f"not UTF-8: {what}", "Document", "config_not_json", "", data)
    nested = changed(BASE, ["fields", 0], Raw("[" * 30 + "]" * 30))
    group.invalid(
        "nested 32 deep: the wrong type is found", ["Document", "Limits"], "config_type_wrong", "/fields/0", nested
    )
    nested = changed(BASE, ["fields", 0], Raw("[" * 31 + "]" * 31))
    group.invalid("nested 33 deep", ["Document", "Limits"], "config_not_json", "", nested)
    for text, what in (("[]", "an array"), ('"x"', "a string"), ("1", "a number"), ("null", "null"), ("true", "true")):
        group.invalid(f"the file is {what}", ["Document", "Type"], "config_type_wrong", "", text)
    for version in (0, 2, 10, -1, 11):
        group.invalid(
            f"version {version}",
            "Version",
            "config_version_unsupported",
            "/version",
            changed(BASE, ["version"], version),
        )


def _missing(group: LoadGroup) -> None:
    for path in (
        ["version"],
        ["keys"],
        ["fields"],
        ["keys", "k1", "public_key"],
        ["fields", 0, "name"],
        ["fields", 0, "path"],
        ["fields", 0, "key"],
    ):
        where = pointer(*path)
        group.invalid(f"{where} is missing", "Missing", "config_member_missing", where, changed(BASE, path, ...))
    group.invalid(
        "an empty key", "Missing", "config_member_missing", "/keys/k1/public_key", changed(BASE, ["keys", "k1"], {})
    )
    for path, what in (
        (["Version"], "a capital"),
        (["comment"], "a comment"),
        (["$schema"], "a schema"),
        ([""], "the empty name"),
        (["a/b~c"], "characters that a pointer escapes"),
        (["keys", "k1", "private_key"], "in a key"),
        (["keys", "k1", "kms_key_arn"], "a keyring's member in a key"),
        (["fields", 0, "Path"], "a capital in a rule"),
        (["fields", 0, "method"], "in a rule"),
        (["limits"], "in the limits"),
    ):
        document = changed(BASE, path, {"max_bytes": 1} if path == ["limits"] else "x")
        path = ["limits", "max_bytes"] if path == ["limits"] else path
        group.invalid(f"unknown member: {what}", "Unknown", "config_member_unknown", pointer(*path), document)
    one, key, rule = BASE["fields"], BASE["keys"]["k1"], BASE["fields"][0]
    pairs = {
        "/version": Members(*BASE.items(), ("version", 1)),
        "/keys": Members(*BASE.items(), ("keys", BASE["keys"])),
        "/fields": Members(*BASE.items(), ("fields", one)),
        "/keys/k1": BASE | {"keys": Members(("k1", key), ("k1", key))},
        "/keys/k1/public_key": BASE | {"keys": {"k1": Members(*key.items(), *key.items())}},
        "/fields/0/path": BASE | {"fields": [Members(*rule.items(), ("path", "$.x"))]},
        "/limits/max_depth": BASE | {"limits": Members(("max_depth", 1), ("max_depth", 1))},
        "/context/tenant": BASE | {"context": Members(("tenant", "a"), ("tenant", "b"))},
        "/content_types/application~1json": BASE
        | {"content_types": Members(("application/json", "json"), ("application/json", "pass"))},
    }
    for where, document in pairs.items():
        group.invalid(f"{where} stands twice", "Duplicate", "config_member_duplicate", where, document)
    text = write(BASE)[:-1] + ',"\\u0076ersion":1}'
    group.invalid(
        "a member stands twice, once with an escape", "Duplicate", "config_member_duplicate", "/version", text
    )


def _types(group: LoadGroup) -> None:
    values = {"null": None, "a string": "x", "a number": 1, "true": True, "an array": [], "an object": {}}
    right = {
        ("version",): "a number",
        ("keys",): "an object",
        ("keys", "k1"): "an object",
        ("fields",): "an array",
        ("fields", 0): "an object",
        ("keys", "k1", "public_key"): "a string",
        ("fields", 0, "name"): "a string",
        ("fields", 0, "path"): "a string",
        ("fields", 0, "key"): "a string",
        ("fields", 0, "mode"): "a string",
        ("fields", 0, "oversize"): "a string",
        ("fields", 0, "match"): "a string",
        ("fields", 0, "encrypt_null"): "true",
        ("fields", 0, "required"): "true",
        ("content_types",): "an object",
        ("content_types", "image/png"): "a string",
        ("foreign_tokens",): "a string",
        ("duplicate_names",): "a string",
        ("context",): "an object",
        ("context", "tenant"): "a string",
        ("limits",): "an object",
        ("limits", "max_depth"): "a number",
        ("limits", "max_fields"): "a number",
        ("keys", "k2", "prefix"): "a string",
        ("keys", "k2", "suffix"): "a string",
    }
    for path, kind in right.items():
        for what, value in values.items():
            if what != kind:
                group.invalid(
                    f"{pointer(*path)} is {what}",
                    "Type",
                    "config_type_wrong",
                    pointer(*path),
                    changed(FULL, list(path), value),
                )
    group.invalid(
        "/version is a string of a digit", "Type", "config_type_wrong", "/version", changed(BASE, ["version"], "1")
    )
    group.invalid(
        "/fields is an object of rules",
        "Type",
        "config_type_wrong",
        "/fields",
        changed(BASE, ["fields"], {"ssn": BASE["fields"][0]}),
    )


def _values(group: LoadGroup) -> None:
    code = "config_value_invalid"
    for name, good, bad in (
        ("max_depth", (1, 1024), (0, -1, 1025, 1.5)),
        ("max_fields", (1, 100_000), (0, -1, 100_001, 2.5)),
    ):
        for value in good:
            group.valid(f"{name} is {value}", ["Value", "Limits"], changed(BASE, ["limits"], {name: value}))
        for value in (*bad, Raw("99999999999999999999999")):
            shown = value.text if isinstance(value, Raw) else value
            group.invalid(
                f"{name} is {shown}",
                ["Value", "Limits"],
                code,
                f"/limits/{name}",
                changed(FULL, ["limits", name], value),
            )
    group.invalid(
        "a number beyond the range of a double",
        "Value",
        "config_not_json",
        "",
        changed(FULL, ["limits", "max_depth"], Raw("1e400")),
    )
    group.valid("empty limits", "Value", changed(BASE, ["limits"], {}))
    for name in ("foreign_tokens", "duplicate_names"):
        for value in ("", "Refuse", "allow ", "ignore", "keep"):
            group.invalid(f"{name} is {value!r}", "Value", code, f"/{name}", changed(BASE, [name], value))
    group.invalid(
        "foreign_tokens is a word of duplicate_names",
        "Value",
        code,
        "/foreign_tokens",
        changed(BASE, ["foreign_tokens"], "encrypt"),
    )
    group.invalid(
        "duplicate_names is a word of foreign_tokens",
        "Value",
        code,
        "/duplicate_names",
        changed(BASE, ["duplicate_names"], "allow"),
    )
    group.invalid("no keys", ["Value", "Limits"], code, "/keys", changed(BASE, ["keys"], {}))
    group.invalid("no rules", ["Value", "Limits"], code, "/fields", changed(BASE, ["fields"], []))
    many = {f"k{number}": BASE["keys"]["k1"] for number in range(1, 258)}
    group.valid("256 keys", ["Value", "Limits"], changed(BASE, ["keys"], dict(list(many.items())[:256])))
    group.invalid("257 keys", ["Value", "Limits"], code, "/keys", changed(BASE, ["keys"], many))
    rules = [{"name": f"r{number}", "path": f"$.f{number}", "key": "k1"} for number in range(1001)]
    group.valid("1,000 rules", ["Value", "Limits"], changed(BASE, ["fields"], rules[:1000]))
    group.invalid("1,001 rules", ["Value", "Limits"], code, "/fields", changed(BASE, ["fields"], rules))
