"""Request vectors: parts of multipart/form-data that say how long they are."""

from .encrypting import P, V, output_bytes, rule
from .multipart import form, measured, part
from .request_forms import form_policy
from .request_group import JSON, MULTIPART, RequestGroup
from .request_reports import watch

_ONE = V("078-05-1120", "s")


def add(file) -> None:
    """Adds the groups."""
    given = form_policy(rule("ssn", "$..ssn"), rule("e", "$.e", mode="envelope"), watch("w", "$.w"))
    group = RequestGroup(file, "multipart forms whose parts say how long they are", given, MULTIPART)
    flags = ["Multipart", "PartLength"]
    group.valid("the length of a text part is written anew", flags, *form(measured("ssn", _ONE)))
    group.valid("the length of an empty text part is written anew", flags, *form(measured("ssn", V("", "s"))))
    group.valid("the length is one of bytes", flags, *form(measured("ssn", V("\u00e9", "s")), measured("a", "\u00e9")))
    group.valid("the length of a part in envelope mode is written anew", flags, *form(measured("e", V("1", "e", "e"))))
    group.valid(
        "the length of a JSON part with two values is written anew",
        flags,
        *form(measured("a", '[{"ssn":', P("1", "v"), '},{"ssn":', P('"2"', "s"), "}]", type=JSON), part("b", "1")),
    )
    group.valid(
        "each part has a length of its own",
        flags,
        *form(measured("ssn", _ONE), measured("a", "1"), measured("ssn", V("2", "s")), part("ssn", V("3", "s"))),
    )
    group.valid("the length of a part that stays", flags, *form(measured("a", "1\r\n"), measured("b", "")))
    group.valid("the length of a file", flags, *form(measured("a", b"\xff\r\n", filename="f")))
    group.valid("the length of a JSON part with no value", flags, *form(measured("a", '{"b":1}', type=JSON)))
    group.valid(
        "the length of a part that is reported",
        [*flags, "Report"],
        *form(measured("w", "1")),
        counts={"reported": {"w": 1}},
    )
    for length, what in (
        ("10", "too short"),
        ("12", "too long"),
        ("0", "zero"),
        ("011", "a leading zero"),
        ("+11", "a sign"),
        ("11.0", "a fraction"),
        ("0xb", "hexadecimal"),
        ("11, 11", "a list"),
        ("\u0661\u0661", "Arabic digits"),
        ("", "empty"),
        ("11\r\ncontent-length: 11", "twice"),
    ):
        for name in ("ssn", "a"):
            group.invalid(
                f"the length of the part {name} is refused: {what}",
                [*flags, "Differently"],
                "multipart_invalid",
                *form(part(name, "078-05-1120", more=f"Content-Length: {length}\r\n")),
            )
    group.invalid(
        "the length of a file is refused",
        [*flags, "Differently"],
        "multipart_invalid",
        *form(part("a", b"\xff", filename="f", more="Content-Length: 2\r\n")),
    )
    pieces = form(measured("ssn", V("1", "s")))
    size = output_bytes(given, pieces)
    fits = RequestGroup(file, "a limit of the output with a part's length", given, MULTIPART, size)
    fits.valid("the output with the new length fits exactly", [*flags, "Limits"], *pieces)
    short = RequestGroup(file, "a limit of the output with a part's length, one byte less", given, MULTIPART, size - 1)
    short.invalid("the output with the new length does not fit", [*flags, "Limits"], "output_too_large", *pieces)
