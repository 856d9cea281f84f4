"""Request vectors: JSON parts and files of multipart/form-data, and which rule is for which part."""

from .encrypt_values import CLASSIC_KEY
from .encrypting import P, V, rule
from .multipart import form, part
from .request_forms import form_policy
from .request_group import FORM, JSON, MULTIPART, NDJSON, TYPES, RequestGroup

_ONE = V("078-05-1120", "s")
_FLAG = "Multipart"


def add(file) -> None:
    """Adds the groups."""
    _json(file)
    _twice(file)
    _files(file)
    _rules(file)
    _classic(file)


def _json(file) -> None:
    group = RequestGroup(
        file,
        "multipart forms with JSON parts",
        form_policy(rule("whole", "$.whole"), rule("ssn", "$.person.ssn"), rule("any", "$..mail")),
        MULTIPART,
    )
    flags = [_FLAG, "JsonPart"]
    ssn, mail = P('"1"', "s"), P('"m"', "s", "any")
    person = ('{ "ssn" : ', ssn, ', "x":[{"mail":', mail, "}] }")
    group.valid("a JSON part by its path", flags, *form(part("person", *person, type=JSON)))
    group.valid(
        "a JSON part with a file name, as browsers send it",
        flags,
        *form(part("person", *person, type=JSON, filename="blob")),
    )
    group.valid("a JSON part with a charset", flags, *form(part("person", *person, type=f"{JSON}; charset=UTF-8")))
    group.valid(
        "the name of the part is the first step",
        flags,
        *form(part("other", '{"ssn":"1","person":{"ssn":"1"}}', type=JSON)),
    )
    group.valid("a rule at any depth finds the part itself", flags, *form(part("mail", V("1", "s", "any"))))
    group.valid(
        "a rule at any depth finds a JSON part itself",
        flags,
        *form(part("mail", " ", P("[1]", "v", "any"), "\r\n", type=JSON)),
    )
    for text, kind, what in (
        ('"a"', "s", "a string"),
        ('"\\/"', "v", "a string with another escape"),
        ("42", "v", "a number"),
        ('{"a": [1]}', "v", "an object"),
    ):
        group.valid(
            f"a JSON part as a whole stays JSON: {what}",
            flags,
            *form(part("whole", " ", P(text, kind, "whole"), "\n", type=JSON)),
        )
    group.valid("a JSON part as a whole is null", flags, *form(part("whole", "null", type=JSON)))
    group.valid(
        "an NDJSON part: each line is the part's value",
        flags,
        *form(part("person", '{"ssn":', ssn, '}\n\n{"mail":', mail, "}\r\n", type=NDJSON), part("person", "1")),
    )
    group.valid(
        "an NDJSON part as a whole: each line is a value",
        flags,
        *form(part("whole", P("1", "v", "whole"), "\n", P('"a"', "s", "whole"), "\n", type=NDJSON)),
    )
    group.valid("an NDJSON part without a line", flags, *form(part("whole", "\n", type=NDJSON)))
    group.valid("a JSON part of 128 arrays", flags, *form(part("a", "[" * 128 + "]" * 128, type=JSON)))
    for content, code, what in (
        ('{"a":', "json_invalid", "it is not JSON"),
        ("", "json_invalid", "it is empty"),
        ('{"a":1}\n{"a":2}', "json_invalid", "two texts"),
        (b'"\xff"', "body_not_utf8", "it is not UTF-8"),
        ("\ufeff{}", "body_not_utf8", "a byte order mark"),
        ("[" * 129 + "]" * 129, "json_too_deep", "129 arrays"),
        ('["__es1."]', "foreign_token", "a foreign token"),
        ('["\\u005f_es1."]', "foreign_token", "a foreign token with an escape"),
    ):
        group.invalid(f"a JSON part is refused: {what}", flags, code, *form(part("a", content, type=JSON)))
    group.invalid("an NDJSON part is refused", flags, "json_invalid", *form(part("a", "{}\nx\n", type=NDJSON)))


def _twice(file) -> None:
    strict = RequestGroup(
        file,
        "multipart forms, names that come twice are refused",
        form_policy(rule("ssn", "$.ssn"), duplicate_names="refuse"),
        MULTIPART,
    )
    flags = [_FLAG, "DuplicateNames"]
    strict.valid(
        "parts with names of their own",
        flags,
        *form(part("a", '{"a":1}', type=JSON), part("A", "1"), part("ssn", _ONE)),
    )
    strict.invalid(
        "two parts of one name", flags, "duplicate_name", *form(part("a", "1"), part("b", "1"), part("a", "2"))
    )
    strict.invalid(
        "two files of one name",
        flags,
        "duplicate_name",
        *form(part("a", "1", filename="x"), part("a", "2", filename="y")),
    )
    strict.invalid(
        "a name comes twice in a JSON part", flags, "duplicate_name", *form(part("a", '{"b":1,"b":2}', type=JSON))
    )
    strict.valid(
        "the lines of an NDJSON part are one part",
        [*flags, "JsonPart"],
        *form(part("a", '{"b":1}\n{"b":2}\n', type=NDJSON)),
    )


def _files(file) -> None:
    types = TYPES | {"image/png": "pass", "application/octet-stream": "json"}
    given = form_policy(rule("ssn", "$.ssn"), rule("scan", "$.scan")) | {"content_types": types}
    group = RequestGroup(file, "multipart forms with files", given, MULTIPART)
    flags = [_FLAG, "File"]
    png = b"\x89PNG\r\n\x1a\n\x00\xff\r\n\r\n--\r\n"
    for name, type, what in (
        ("a.png", "image/png", "of a type that the policy passes"),
        ("a.txt", None, "without a type"),
        ("a.txt", "text/plain", "of text"),
        ("a.html", "text/html", "of a type that the policy does not name"),
        ("", "image/png", "without a name of its own"),
        (None, "image/png", "by its type alone"),
        ("%22a%22.png", "image/png", "with quotation marks in its name"),
        ("\u00e9'.png", "image/png", "with a name beyond ASCII"),
    ):
        group.valid(f"a file passes: {what}", flags, *form(part("a", png, type=type, filename=name), part("ssn", _ONE)))
    patch = "application/json-patch+json"
    group.valid(f"a file passes: {patch}", flags, *form(part("a", png, type=patch, filename="f"), part("ssn", _ONE)))
    for type in (
        FORM,
        MULTIPART,
        "text/plain; charset=latin1",
        "image/png; charset=utf-16",
        "text",
        "",
        "image/png;;x",
        "multipart/mixed; boundary=c",
        "Multipart/X",
        "message/rfc822",
        "Message/Partial",
    ):
        group.invalid(
            f"a file's type is refused: {type!r}",
            [*flags, "ContentType"],
            "content_type_unsupported",
            *form(part("a", png, type=type, filename="f")),
        )
    group.valid("a file that looks like JSON", flags, *form(part("a", '{"ssn":', type="image/png", filename="a")))
    for name, type, what in (
        ("a.png", "image/png", "with a name and a type"),
        ("a.txt", None, "with a name alone"),
        ("a.txt", "text/plain", "of text"),
        ("", "image/png", "with an empty name"),
        (None, "image/png", "by its type alone"),
    ):
        group.invalid(
            f"a rule names a file: {what}",
            flags,
            "value_not_string",
            *form(part("scan", png, type=type, filename=name)),
        )
    group.invalid("a rule names an empty file", flags, "value_not_string", *form(part("scan", "", filename="")))
    group.invalid("a text part that a rule names is not UTF-8", flags, "value_not_string", *form(part("ssn", b"\xff")))
    group.invalid("a text part that a rule names is cut UTF-8", flags, "value_not_string", *form(part("ssn", b"a\xc3")))
    for type in (
        "text/html",
        "application/xml",
        "multipart/mixed; boundary=c",
        MULTIPART,
        FORM,
        "text/plain; charset=latin1",
        "text/plain; charset=utf-8; charset=utf-8",
        "text",
        "",
        "application/json-patch+json",
        f"{JSON}; charset=utf-16",
    ):
        group.invalid(
            f"a part's type is refused: {type!r}",
            [_FLAG, "ContentType"],
            "content_type_unsupported",
            *form(part("a", "1", type=type)),
        )
    group.invalid(
        "a foreign token in a file",
        [*flags, "ForeignToken"],
        "foreign_token",
        *form(part("a", b"\xff__es1.", filename="a")),
    )
    group.invalid(
        "a foreign token in a text part", [*flags, "ForeignToken"], "foreign_token", *form(part("a", "__es3."))
    )
    group.invalid(
        "a foreign token in a part's name", [*flags, "ForeignToken"], "foreign_token", *form(part("__es1.", ""))
    )
    group.invalid(
        "a foreign token with a JSON escape in a text part",
        [*flags, "ForeignToken"],
        "foreign_token",
        *form(part("a", "\\u005f_es1.")),
    )
    group.valid(
        "no foreign token: a text part knows no percent-encoding",
        [*flags, "ForeignToken"],
        *form(part("a", "%5F_es1.")),
    )

    plain = form_policy(rule("ssn", "$.ssn")) | {"content_types": TYPES | {"text/plain": "pass"}}
    passing = RequestGroup(file, "multipart forms, and a policy that passes plain text", plain, MULTIPART)
    passing.valid("plain text without a file name is a text part", flags, *form(part("ssn", _ONE, type="text/plain")))
    passing.valid(
        "plain text with a file name passes", flags, *form(part("a", b"\xff", type="text/plain", filename="a"))
    )


def _rules(file) -> None:
    flags = [_FLAG, "Rules"]
    for path in ("$.*", "$[*]", "$..*"):
        group = RequestGroup(file, f"multipart forms, every part by {path}", form_policy(rule("all", path)), MULTIPART)
        group.valid(
            f"every part by {path}",
            flags,
            *form(part("a", V("1", "s", "all")), part("b", P('{"c":1}', "v", "all"), type=JSON)),
        )
        group.invalid(
            f"every part by {path}, one is a file", flags, "value_not_string", *form(part("a", "1", filename="f"))
        )
    whole = RequestGroup(file, "multipart forms, a rule for the whole", form_policy(rule("all", "$")), MULTIPART)
    whole.invalid("a multipart form as a whole is no string", flags, "value_not_string", *form(part("a", "1")))
    typed = RequestGroup(
        file,
        "multipart forms, rules for a type",
        form_policy(
            rule("json", "$..ssn", content_types=[JSON]), rule("form", "$..ssn", content_types=["multipart/form-data"])
        ),
        MULTIPART,
    )
    typed.valid(
        "the type of the body counts, not that of the part",
        flags,
        *form(part("a", '{"ssn":', P('"1"', "s", "form"), "}", type=JSON)),
    )
    required = RequestGroup(
        file, "multipart forms, a required part", form_policy(rule("ssn", "$..ssn", required=True)), MULTIPART
    )
    flags = [_FLAG, "Required"]
    required.valid("the required part is there", flags, *form(part("a", "1"), part("ssn", V("", "s"))))
    required.valid("what is required is in a JSON part", flags, *form(part("a", '{"ssn":null}', type=JSON)))
    required.invalid(
        "the required part is not there", flags, "field_missing", *form(part("a", "ssn"), part("SSN", "1"))
    )


def _classic(file) -> None:
    given = form_policy(rule("ssn", "$..ssn"), keys={"k1": CLASSIC_KEY})
    group = RequestGroup(file, "multipart forms, classic tags", given, MULTIPART)
    flags = [_FLAG, "Classic"]
    group.valid("a text part becomes a classic tag", flags, *form(part("ssn", V("a\r\n\u00e9", "c"))))
    group.valid(
        "a value of a JSON part becomes a classic tag",
        flags,
        *form(part("a", '{"ssn":', P('"1"', "c"), "}", type=JSON)),
    )
    group.invalid("a value of a JSON part is no string", flags, "value_not_string", *form(part("ssn", "1", type=JSON)))
    group.invalid("a text part is too long for its tag", flags, "value_too_long", *form(part("ssn", "x" * 191)))
