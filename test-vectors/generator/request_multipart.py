"""Request vectors: bodies of multipart/form-data that are read."""

from .encrypting import V, rule
from .multipart import form, headed, part
from .request_forms import form_policy
from .request_group import MULTIPART, RequestGroup

_ONE = V("078-05-1120", "s")
_FLAG = "Multipart"


def add(file) -> None:
    """Adds the groups."""
    group = RequestGroup(file, "multipart forms", form_policy(rule("ssn", "$.ssn")), MULTIPART)
    _text(group)
    _names(group)
    _headers(group)
    _byte_exact(group)
    _boundaries(group)


def _text(group: RequestGroup) -> None:
    for value, what in (
        (_ONE, "characters as they are"),
        (V("", "s"), "the empty text"),
        (V("a+b %41&=;", "s"), "nothing is decoded"),
        (V("\u00e9\U0001f600", "s"), "UTF-8"),
        (V("\ufeff1", "s"), "U+FEFF at the beginning"),
        (V(" 1\r\n", "s"), "white space around it"),
        (V("\r\n\r\n", "s"), "line ends alone"),
        (V("a\nb\rc\x00", "s"), "bare line ends and U+0000"),
        (V("--", "s"), "two hyphens"),
        (V("b", "s"), "the boundary without its hyphens"),
        (V("null", "s"), "null is a string"),
        (V('{"ssn":1}', "s"), "JSON without a type is a string"),
        (V("x" * 191, "e"), "191 bytes"),
    ):
        group.valid(f"a text part: {what}", _FLAG, *form(part("ssn", value)))
    for type in ("text/plain", "Text/Plain", "text/plain; charset=UTF-8", "text/plain;format=flowed"):
        group.valid(f"a text part of type {type}", [_FLAG, "ContentType"], *form(part("ssn", _ONE, type=type)))
    sealed = RequestGroup(
        group.file, "multipart forms, envelope mode", form_policy(rule("ssn", "$.ssn", mode="envelope")), MULTIPART
    )
    sealed.valid(
        "text parts in envelope mode share a data key",
        [_FLAG, "Envelope"],
        *form(part("ssn", V('a"\r\n', "e")), part("x", "1"), part("ssn", V("", "e"))),
    )


def _names(group: RequestGroup) -> None:
    for name, what in (
        ("SSN", "capitals"),
        ("a[ssn]", "in brackets"),
        ("$.ssn", "a path"),
        ("ss%6E", "an encoded letter, which nobody decodes"),
        ("ss+n", "a plus sign"),
        ("\u017fsn", "a long s"),
    ):
        group.valid(f"another part's name: {what}", [_FLAG, "Names"], *form(part(name, "1")))
    for line in (
        "Content-Disposition: form-data; name=ssn",
        "content-disposition:form-data;name=ssn",
        'CONTENT-DISPOSITION: \t Form-Data \t;\tNAME="ssn" \t',
    ):
        group.valid(f"the name ssn in {line!r}", [_FLAG, "Names"], *form(headed(line + "\r\n", _ONE)))
    other = RequestGroup(
        group.file,
        "multipart forms, other names",
        form_policy(rule("ssn", "$.ssn", match="ignore-case"), rule("b", "$['person[ssn]']"), rule("c", "$.\u00e9")),
        MULTIPART,
    )
    other.valid(
        "names with brackets, beyond ASCII, and in another case",
        [_FLAG, "Names"],
        *form(part("person[ssn]", V("1", "s", "b")), part("\u00e9", V("2", "s", "c")), part("\u017fSN", V("3", "s"))),
    )


def _headers(group: RequestGroup) -> None:
    for more in (
        "Content-Transfer-Encoding: 8bit\r\n",
        "Content-Transfer-Encoding: 7bit\r\n",
        "content-transfer-encoding: BINARY\r\n",
        'X-Other: a; b="c\r\nX-Other: d\r\n',
        "Content-Language: 11\r\n",
        "X-Empty:\r\n",
    ):
        group.valid(f"a text part with {more.strip()!r}", _FLAG, *form(part("ssn", _ONE, more=more)))
    group.valid(
        "the disposition is not the first header",
        _FLAG,
        *form(headed('X-A: 1\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="ssn"\r\n', _ONE)),
    )


def _byte_exact(group: RequestGroup) -> None:
    flags = [_FLAG, "ByteExact"]
    group.valid("parts before and behind", flags, *form(part("a", "1\r\n"), part("ssn", _ONE), part("b", "\u00e9")))
    group.valid("a part that comes twice", flags, *form(part("ssn", _ONE), part("a", "x"), part("ssn", V("", "s"))))
    group.valid("nothing behind the last boundary", flags, *form(part("ssn", _ONE), end=""))
    group.valid("no part at all", flags, *form())
    group.valid("no part at all, and nothing behind the last boundary", flags, *form(end=""))
    group.valid("a part without a name of any length", flags, *form(part("", "1"), part("ssn", _ONE)))
    group.valid("no part of that name", flags, *form(part("a", "1"), part("b", "")))
    group.valid(
        "a text part that is not UTF-8 and that no rule names", flags, *form(part("a", b"\xff\xfe"), part("ssn", _ONE))
    )
    group.valid(
        "content that looks like a part",
        flags,
        *form(part("a", 'Content-Disposition: form-data; name="ssn"\r\n\r\n1'), part("ssn", _ONE)),
    )


def _boundaries(group: RequestGroup) -> None:
    flags = [_FLAG, "ContentType"]
    for boundary, parameter in (
        ("b", "boundary=b"),
        ("b", 'boundary="b"'),
        ("b", "BOUNDARY=b; charset=utf-8"),
        ("b", 'charset="UTF-8";boundary=b;'),
        ("x" * 70, "boundary=" + "x" * 70),
        ("0", "boundary=0"),
        ("----WebKitFormBoundaryAbC123", "boundary=----WebKitFormBoundaryAbC123"),
        ("----geckoformboundary0a1b", "boundary=----geckoformboundary0a1b"),
        ("'()+_,-./:?=aZ9", 'boundary="\'()+_,-./:?=aZ9"'),
        ("a b", 'boundary="a b"'),
        ("--", "boundary=--"),
        ("'+_-.", "boundary='+_-."),
    ):
        group.valid(
            f"a boundary by {parameter}",
            flags,
            *form(part("a", "1"), part("ssn", V("2", "s")), boundary=boundary),
            type=f"multipart/form-data; {parameter}",
        )
    for parameter, what in (
        ("", "none"),
        ("; x=b", "another parameter"),
        ("; boundary=b; x=y", "another parameter behind it"),
        ("; x=y; boundary=b", "another parameter before it"),
        ("; boundary*=UTF-8''b", "an extended one"),
        ("; boundary=b; boundary*=UTF-8''c", "an extended one beside it"),
        ("; boundary*0=b", "one in pieces"),
        ('; boundary="\\b"', "a reverse solidus"),
        ('; boundary="b boundary=c"', "a boundary in a boundary"),
        ('; boundary="=?utf-8?q?b?="', "an encoded word (RFC 2047)"),
        ('; boundary="a=?"', "what could begin an encoded word"),
        ("; boundary=b; boundary=b", "two"),
        ("; boundary=b; Boundary=c", "two that differ"),
        ("; boundary=", "empty"),
        ('; boundary=""', "empty in quotation marks"),
        ("; boundary", "no value"),
        ("; boundary=" + "x" * 71, "71 characters"),
        ('; boundary="b "', "a space at the end"),
        ('; boundary=" "', "a space alone"),
        ('; boundary="b*"', "an asterisk"),
        ("; boundary=b*", "an asterisk, not in quotation marks"),
        ('; boundary="b;c"', "a semicolon"),
        ('; boundary="b\\"c"', "a quotation mark"),
        ('; boundary="\u00e9"', "a letter beyond ASCII"),
        ('; boundary="a\tb"', "a tab"),
        ("; boundary=a/b", "a solidus, not in quotation marks"),
        ("; boundary=a=b", "an equals sign, not in quotation marks"),
        ('; boundary="b', "a quotation mark that is not closed"),
        ("; boundary=b; charset=latin1", "another charset beside it"),
    ):
        group.invalid(
            f"a boundary is refused: {what}",
            flags,
            "content_type_unsupported",
            *form(part("a", "1")),
            type=f"multipart/form-data{parameter}",
        )
    default = RequestGroup(group.file, "the default content types know no multipart", _without_types(), MULTIPART)
    default.invalid("multipart is not in the default", flags, "content_type_unsupported", *form(part("a", "1")))


def _without_types() -> dict:
    given = form_policy(rule("ssn", "$.ssn"))
    del given["content_types"]
    return given
