"""Request vectors: bodies of application/x-www-form-urlencoded that are read."""

from .encrypt_values import CLASSIC_KEY
from .encrypting import P, V, policy, rule
from .request_group import FORM, JSON, TYPES, RequestGroup
from .rsakey import A, B

_ONE, _TWO = V("1", "s"), V("2", "s")


def form_policy(*rules: dict, **rest) -> dict:
    """A policy that has forms read."""
    return policy(*rules, content_types=TYPES, **rest)


def add(file) -> None:
    """Adds the groups."""
    group = RequestGroup(file, "forms", form_policy(rule("ssn", "$.ssn")), FORM)
    _values(group)
    _names(group)
    _byte_exact(group)
    _content_types(group)
    _paths(file)
    _modes(file)
    _match(file)
    _required(file)


def _values(group: RequestGroup) -> None:
    for value, what in (
        (V("078-05-1120", "s"), "letters as they are"),
        (V("", "s"), "the empty string"),
        (V("a+b++", "s", text="a b  "), "a plus sign is a space"),
        (V("a%20b", "s", text="a b"), "an encoded space"),
        (V("%2B", "s", text="+"), "an encoded plus sign"),
        (V("%41%4a%4A", "s", text="AJJ"), "hexadecimal digits of both cases"),
        (V("%C3%A9", "s", text="\u00e9"), "UTF-8, encoded"),
        (V("%c3%a9", "s", text="\u00e9"), "UTF-8, encoded in lower case"),
        (V("\u00e9\U0001f600", "s"), "UTF-8 as it is"),
        (V("\u00e9%F0%9F%98%80", "s", text="\u00e9\U0001f600"), "UTF-8 as it is and encoded"),
        (V("%EF%BB%BF", "s", text="\ufeff"), "U+FEFF"),
        (V("%00", "s", text="\x00"), "U+0000 in a value"),
        (V("%0D%0A", "s", text="\r\n"), "a line end"),
        (V("a b\t\r\n", "s"), "white space that is not encoded"),
        (V("=", "s"), "an equals sign"),
        (V("a=b=c", "s"), "equals signs"),
        (V("%26", "s", text="&"), "an encoded ampersand"),
        (V("%3B", "s", text=";"), "an encoded semicolon"),
        (V("%25", "s", text="%"), "an encoded percent sign"),
        (V("%2541", "s", text="%41"), "encoded twice: decoded once"),
        (V("42", "s"), "a number is a string"),
        (V("null", "s"), "null is a string"),
        (V("true", "s"), "true is a string"),
        (V('{"ssn":"1"}', "s"), "JSON is a string"),
        (V('"1"', "s"), "a quotation mark is a character"),
        (V("\\u0041", "s"), "a JSON escape is six characters"),
        (V("#?/", "s"), "characters that mean something in a URL"),
    ):
        group.valid(f"form value: {what}", "Form", "ssn=", value)


def _names(group: RequestGroup) -> None:
    for name in ("%73sn", "s%73n", "ss%6E", "ss%6e", "%73%73%6E"):
        group.valid(f"form name written {name}", ["Form", "Names"], f"{name}=", _ONE)
    for name, what in (
        ("SSN", "capitals"),
        ("s+sn", "a space in it"),
        ("ss%256E", "encoded twice"),
        ("a[ssn]", "in brackets"),
        ("a.ssn", "behind a full stop"),
        ("ssn%E2%80%8B", "a zero-width space behind it"),
        ("", "no name"),
        ("%C5%BFsn", "a long s"),
        ("%24.ssn", "a path"),
    ):
        group.valid(f"another form name: {what}", ["Form", "Names"], f"{name}=1")


def _byte_exact(group: RequestGroup) -> None:
    flags = ["Form", "ByteExact"]
    group.valid("a form with no field", flags, "")
    group.valid("a field between others", flags, "a=1&ssn=", _ONE, "&b=2")
    group.valid("a field that comes three times", flags, "ssn=", _ONE, "&ssn=", _TWO, "&a=1&%73sn=", V("3", "s"))
    group.valid("ampersands with nothing between", flags, "&&a=1&&ssn=", _ONE, "&&&")
    group.valid("other fields keep their spelling", flags, "a=%41+%c3%a9\u00e9&%62=%20&ssn=", _ONE, "&c==&d=%2b")
    group.valid("fields without an equals sign have no value", flags, "ssn&a&ssn=", _ONE, "&ssn&b")
    group.valid("an equals sign alone is a field without a name", flags, "=&ssn=", _ONE, "&=1")
    group.valid("equals signs of other fields", flags, "a===&ssn=", V("==", "s"), "&b=")
    group.valid("white space in other fields", flags, "a b=1 &b=\t2\n&ssn=", _ONE, "&c=3\r\n")
    group.valid("question marks that do not come first", flags, "%3Fa=1&?ssn=2&ssn=", V("1?", "s"))
    group.valid("line ends in other fields", flags, "a=%0D%0A\r\n&ssn=", V("1\r\n", "s"))
    group.valid("the field is last and empty", flags, "a=1&ssn=", V("", "s"))
    group.valid("a value is never searched for fields", flags, "a=ssn%3D1&ssn=", V("ssn%3D2", "s", text="ssn=2"))


def _content_types(group: RequestGroup) -> None:
    flags = ["Form", "ContentType"]
    for type in (
        "Application/X-WWW-Form-Urlencoded",
        f"{FORM}; charset=UTF-8",
        f'{FORM};charset="utf-8"',
        f"{FORM}; boundary=x",
    ):
        group.valid(f"a form by the name of {type}", flags, "ssn=", _ONE, type=type)
    for type in (
        f"{FORM}; charset=latin1",
        f"{FORM}; charset=utf8",
        f"{FORM}; charset=",
        f"{FORM}, {FORM}",
        "application/x-www-form",
        "text/x-www-form-urlencoded",
    ):
        group.invalid(f"content type refused: {type}", flags, "content_type_unsupported", "ssn=1", type=type)
    group.invalid("a body without a content type", flags, "content_type_unsupported", "ssn=1", type=None)
    group.valid("a request without a body has no content type", flags)
    default = RequestGroup(group.file, "the default content types know no forms", policy(rule("ssn", "$.ssn")), FORM)
    default.invalid("forms are not in the default", flags, "content_type_unsupported", "ssn=1")
    json = RequestGroup(
        group.file,
        "a rule for JSON alone, and one for forms alone",
        form_policy(rule("json", "$.ssn", content_types=[JSON]), rule("form", "$.ssn", content_types=[FORM])),
        FORM,
    )
    json.valid("a rule limited to forms", flags, "ssn=", V("1", "s", "form"))
    json.valid("a rule limited to JSON", flags, '{"ssn":', P('"1"', "s", "json"), "}", type=JSON)


def _paths(file) -> None:
    for path, what in (
        ("$['ssn']", "in brackets"),
        ("$..ssn", "at any depth"),
        ("$..['ssn']", "in brackets at any depth"),
    ):
        group = RequestGroup(file, f"forms, the path {path}", form_policy(rule("ssn", path)), FORM)
        group.valid(f"a form field by a name {what}", ["Form", "Rules"], "a=1&ssn=", _ONE)
    for path in ("$.*", "$[*]", "$..*"):
        group = RequestGroup(file, f"forms, every field by {path}", form_policy(rule("ssn", path)), FORM)
        group.valid(
            f"every field of a form by {path}",
            ["Form", "Rules"],
            "a=",
            _ONE,
            "&b&=",
            _TWO,
            "&a=",
            V("%33", "s", text="3"),
        )
    for path in ("$[0]", "$.a.ssn", "$.ssn.*", "$..a.ssn", "$.ssn[0]"):
        group = RequestGroup(file, f"forms, no field by {path}", form_policy(rule("ssn", path)), FORM)
        group.valid(f"no field of a form by {path}", ["Form", "Rules"], 'ssn=["1"]&0=1&a={"ssn":"1"}')
    names = RequestGroup(
        file,
        "forms, names with brackets and other characters",
        form_policy(
            rule("ssn", "$['person[ssn]']"), rule("b", "$['a b&c=d+e']"), rule("c", "$.\u00e9"), rule("d", "$['']")
        ),
        FORM,
    )
    names.valid("brackets are a part of the name", ["Form", "Names"], "person[ssn]=", _ONE)
    names.valid("brackets, encoded", ["Form", "Names"], "person%5Bssn%5d=", _ONE, "&person[SSN]=1&ssn=1")
    names.valid("a name whose characters have to be encoded", ["Form", "Names"], "a+b%26c%3Dd%2Be=", V("1", "s", "b"))
    names.valid(
        "a name beyond ASCII, raw and encoded",
        ["Form", "Names"],
        "\u00e9=",
        V("1", "s", "c"),
        "&%C3%A9=",
        V("2", "s", "c"),
    )
    names.valid("the empty name", ["Form", "Names"], "=", V("1", "s", "d"), "&&=", V("", "s", "d"), "&a=1")
    order = RequestGroup(
        file,
        "forms, several rules for one field",
        form_policy(rule("one", "$.a"), rule("two", "$.*", "k2", mode="envelope"), keys={"k1": A, "k2": B}),
        FORM,
    )
    order.valid(
        "the first rule that matches a field decides",
        ["Form", "Rules"],
        "b=",
        V("1", "e", "two"),
        "&a=",
        V("2", "s", "one"),
    )
    for rules, what in (([rule("all", "$")], "alone"), ([rule("any", "$.*"), rule("all", "$")], "behind another")):
        group = RequestGroup(file, f"forms, a rule for the whole, {what}", form_policy(*rules), FORM)
        for body in ("a=1", "a", ""):
            group.invalid(
                f"a form as a whole is no string: {body!r}, {what}", ["Form", "Rules"], "value_not_string", body
            )


def _modes(file) -> None:
    sealed = RequestGroup(
        file,
        "forms, envelope mode",
        form_policy(
            rule("ssn", "$.ssn", mode="envelope"), rule("b", "$.b", mode="envelope"), context={"tenant": "acme"}
        ),
        FORM,
    )
    for value, what in (
        (V("1", "e"), "its minimal JSON text"),
        (V("", "e"), "the empty string"),
        (V("42", "e"), "a number is a string"),
        (V("%22%5C%0A%01/", "e", text='"\\\n\x01/'), "characters that JSON escapes"),
        (V("%C3%A9+%F0%9F%98%80", "e", text="\u00e9 \U0001f600"), "characters that JSON leaves"),
    ):
        sealed.valid(f"a form value in envelope mode: {what}", ["Form", "Envelope"], "ssn=", value)
    sealed.valid(
        "form values share a data key",
        ["Form", "Envelope"],
        "b=",
        V("1", "e", "b"),
        "&ssn=",
        V("2", "e"),
        "&b=",
        V("3", "e", "b"),
    )
    long = RequestGroup(file, "forms, direct mode and long values", form_policy(rule("ssn", "$.ssn")), FORM)
    long.valid("a form value of 190 bytes", ["Form", "Oversize"], "ssn=", V("x" * 190, "s"))
    long.valid(
        "a form value of 190 bytes, encoded in 570", ["Form", "Oversize"], "ssn=", V("%78" * 190, "s", text="x" * 190)
    )
    long.valid("a form value of 191 bytes", ["Form", "Oversize"], "ssn=", V("x" * 191, "e"))
    long.valid("a form value of 191 bytes in 96 characters", ["Form", "Oversize"], "ssn=", V("\u00e9" * 95 + "x", "e"))
    reject = RequestGroup(
        file, "forms, long values are rejected", form_policy(rule("ssn", "$.ssn", oversize="reject")), FORM
    )
    reject.valid(
        "the longest form value that is not rejected", ["Form", "Oversize"], "ssn=", V("%78" * 190, "s", text="x" * 190)
    )
    reject.invalid("a form value that is rejected", ["Form", "Oversize"], "value_too_long", "ssn=" + "x" * 191)
    classic = RequestGroup(
        file, "forms, classic tags", form_policy(rule("ssn", "$.ssn"), keys={"k1": CLASSIC_KEY}), FORM
    )
    classic.invalid("a form value under classic tags", ["Form", "Classic"], "value_not_string", "a=1&ssn=1")
    classic.invalid("an empty form value under classic tags", ["Form", "Classic"], "value_not_string", "ssn=")
    classic.valid("a form without a value under classic tags", ["Form", "Classic"], "a=1&ssn")


def _match(file) -> None:
    folded = RequestGroup(
        file,
        "forms, names compare without case",
        form_policy(rule("ssn", "$.ssn", match="ignore-case"), rule("k", "$.kelvin", match="ignore-case")),
        FORM,
    )
    for name, what in (
        ("SSN", "capitals"),
        ("s%53n", "an encoded capital"),
        ("%C5%BFsn", "U+017F folds to s"),
        ("\u017fsn", "U+017F raw"),
    ):
        folded.valid(f"ignore-case in a form: {what}", ["Form", "Names"], f"{name}=", _ONE, "&ssn=", _TWO)
    folded.valid("ignore-case in a form: U+212A folds to k", ["Form", "Names"], "%E2%84%AAELVIN=", V("1", "s", "k"))
    folded.valid("ignore-case in a form does not match a space", ["Form", "Names"], "s+sn=1")


def _required(file) -> None:
    flags = ["Form", "Required"]
    group = RequestGroup(file, "forms, a required field", form_policy(rule("ssn", "$.ssn", required=True)), FORM)
    group.valid("a required form field is there", flags, "a=1&ssn=", _ONE)
    group.valid("a required form field is empty", flags, "ssn=", V("", "s"))
    for body, what in (
        ("", "an empty form"),
        ("a=1", "another field"),
        ("ssn", "no equals sign, so no value"),
        ("SSN=1", "another case"),
        ("a=ssn%3D1", "in the value of another"),
    ):
        group.invalid(f"a required form field is missing: {what}", flags, "field_missing", body)
    group.valid("nothing is required of a request without a body", flags)
    strict = RequestGroup(
        file,
        "forms, names that come twice are refused",
        form_policy(rule("ssn", "$.ssn"), duplicate_names="refuse"),
        FORM,
    )
    flags = ["Form", "DuplicateNames"]
    strict.valid("form names that come once", flags, "a=1&A=2&a[]=3&ssn=", _ONE, "&=4")
    for body, what in (
        ("ssn=1&ssn=2", "of a rule"),
        ("a=1&a=2", "of no rule"),
        ("a=1&ssn=2&%61=3", "encoded"),
        ("a=1&a", "once without an equals sign"),
        ("=1&=2", "the empty name"),
        ("a+b=1&a%20b=2", "with a space in two spellings"),
    ):
        strict.invalid(f"a form name comes twice: {what}", flags, "duplicate_name", body)
