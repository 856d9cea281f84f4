"""Encrypt vectors: depth, number of values, length of the output."""

from .encrypt_group import NDJSON, EncryptGroup
from .encrypt_values import CLASSIC_KEY
from .encrypting import P, body_of, output_bytes, policy, rule
from .rsakey import A


def add(file) -> None:
    """Adds the groups."""
    _depth(file)
    _values(file)
    _output(file)


def _depth(file) -> None:
    default = EncryptGroup(file, "the default depth limit", policy(rule("ssn", "$.ssn")))
    default.valid("128 arrays are open", "Limits", "[" * 128 + "]" * 128)
    default.invalid("129 arrays are open", "Limits", "json_too_deep", "[" * 129 + "]" * 129)
    default.valid("128 objects are open", "Limits", '{"a":' * 127 + "{}" + "}" * 127)
    default.invalid("129 objects are open", "Limits", "json_too_deep", '{"a":' * 128 + "{}" + "}" * 128)
    default.valid("what was closed is not open", "Limits", "[" + ",".join(["[]"] * 200) + "]")
    group = EncryptGroup(file, "a depth limit of 3", policy(rule("ssn", "$..ssn"), limits={"max_depth": 3}))
    group.valid("depth 3, arrays and objects mixed", "Limits", '[{"ssn":', P("[1]", "v"), "}]")
    group.invalid("depth 4, arrays and objects mixed", "Limits", "json_too_deep", '[{"a":[{}]}]')
    group.invalid("depth 4 inside a value that is encrypted as a whole", "Limits", "json_too_deep", '[{"ssn":[[1]]}]')
    group.valid("brackets inside strings open nothing", "Limits", '[{"a":["[[[[{{{{"]}]')
    group.valid("each line starts at depth 0", ["Limits", "Ndjson"], "[[[1]]]\n[[[2]]]\n", content_type=NDJSON)
    group.invalid("the second line is too deep", ["Limits", "Ndjson"], "json_too_deep", "[[[1]]]\n[[[[2]]]]\n", NDJSON)
    flat = EncryptGroup(file, "a depth limit of 1", policy(rule("all", "$.*"), limits={"max_depth": 1}))
    flat.valid("depth 1", "Limits", '{"a":', P("1", "v", "all"), "}")
    flat.valid("depth 0", "Limits", "1")
    flat.invalid("depth 2", "Limits", "json_too_deep", '{"a":{}}')


def _values(file) -> None:
    default = EncryptGroup(file, "the default number of values", policy(rule("all", "$[*]")))
    default.invalid("1,001 values", "Limits", "too_many_values", "[" + ",".join(["1"] * 1001) + "]")
    group = EncryptGroup(file, "two values at most", policy(rule("ssn", "$..ssn"), limits={"max_fields": 2}))
    one, two = P('"1"', "s"), P('"2"', "s")
    group.valid("two values", "Limits", '[{"ssn":', one, '},{"ssn":', two, "}]")
    group.invalid("three values", "Limits", "too_many_values", '[{"ssn":"1"},{"ssn":"2"},{"ssn":"3"}]')
    group.valid(
        "null that is kept does not count",
        ["Limits", "Null"],
        '[{"ssn":',
        one,
        '},{"ssn":null},{"ssn":',
        two,
        '},{"ssn":null}]',
    )
    group.valid("values that no rule names do not count", "Limits", '[1,2,3,{"ssn":', one, "}]")
    group.valid("a container is one value", "Limits", '{"ssn":', P('[{"ssn":1},{"ssn":2},{"ssn":3}]', "v"), "}")
    group.invalid(
        "the values of all lines count together",
        ["Limits", "Ndjson"],
        "too_many_values",
        '{"ssn":"1"}\n{"ssn":"2"}\n{"ssn":"3"}\n',
        NDJSON,
    )
    group.invalid(
        "duplicates count each", ["Limits", "DuplicateNames"], "too_many_values", '{"ssn":"1","ssn":"2","ssn":"3"}'
    )


def _output(file) -> None:
    direct = policy(rule("ssn", "$.ssn"))
    envelope = policy(rule("ssn", "$.ssn", mode="envelope"), context={"tenant": "acme"})
    classic = policy(rule("ssn", "$.ssn"), keys={"k1": CLASSIC_KEY})
    oversize = f'"{"x" * 191}"'
    cases = (
        ("direct", direct, ('{"ssn":', P('"1"', "s"), ',"x":"\u00e9"}')),
        ("oversize", direct, ('{"ssn":', P(oversize, "e"), "}")),
        ("envelope", envelope, ('{"ssn":', P('"1"', "e"), "}")),
        ("classic", classic, ('{"ssn":', P('"1"', "c"), "}")),
        ("no value", direct, ('{"a":"b"}',)),
        ("a short key id", policy(rule("ssn", "$.ssn", "a"), keys={"a": A}), ('{"ssn":', P("1", "v"), "}")),
    )
    for what, given, pieces in cases:
        size = output_bytes(given, pieces)
        fits = EncryptGroup(file, f"a limit of the output: {what}, it fits exactly", given, size)
        fits.valid(f"the output has as many bytes as are allowed: {what}", ["Limits"], *pieces)
        short = EncryptGroup(file, f"a limit of the output: {what}, one byte too few", given, size - 1)
        short.invalid(
            f"the output has one byte more than is allowed: {what}", ["Limits"], "output_too_large", body_of(pieces)
        )
    small = EncryptGroup(file, "a limit below the body", direct, 20)
    small.valid("a short body under the limit of 20 bytes", "Limits", '{"a":1}')
