"""Request vectors: multipart/form-data that parsers read differently, and limits."""

from .encrypting import P, V, bytes_of, output_bytes, rule
from .multipart import form, headed, part
from .request_forms import form_policy
from .request_group import JSON, MULTIPART, RequestGroup

_CODE = "multipart_invalid"
_FLAGS = ["Multipart", "Differently"]
_PLAIN = part("a", "1")


def add(file) -> None:
    """Adds the groups."""
    group = RequestGroup(file, "multipart forms that are refused", form_policy(rule("ssn", "$.ssn")), MULTIPART)
    _boundaries(group)
    _headers(group)
    _dispositions(group)
    _encodings(group)
    _limits(file)


def _boundaries(group: RequestGroup) -> None:
    whole = bytes_of(form(_PLAIN)).decode("ascii")
    for body, what in (
        ("", "an empty body"),
        ("\r\n", "a line end alone"),
        ("ssn=1", "no boundary"),
        ("--b", "the boundary is cut"),
        ("--b\r\n", "nothing behind the first boundary"),
        ("--b-", "half a last boundary"),
        (whole.replace("--b--\r\n", ""), "no last boundary"),
        (whole.replace("--b--\r\n", "--b\r\n"), "the last boundary is not marked as the last"),
        (whole.replace("--b--\r\n", "--b-"), "the mark of the last boundary is cut"),
        (whole.replace("--b--\r\n", "--b--x"), "text behind the last boundary"),
        (whole + "x", "text on a line behind the last boundary"),
        (whole + "\r\n", "two line ends behind the last boundary"),
        (whole[:-2] + "\n", "a bare LF behind the last boundary"),
        (whole[:-2] + " ", "a space behind the last boundary"),
        (whole + whole, "two bodies"),
        ("x" + whole, "text before the first boundary"),
        ("x\r\n" + whole, "a line before the first boundary"),
        ("\r\n" + whole, "a line end before the first boundary"),
        ("\ufeff" + whole, "a byte order mark before the first boundary"),
        (whole.replace("--b\r\n", "--b \r\n"), "a space behind a boundary"),
        (whole.replace("--b\r\n", "--b\t\r\n"), "a tab behind a boundary"),
        (whole.replace("--b\r\n", "--b\n"), "a bare LF behind a boundary"),
        (whole.replace("--b\r\n", "--b\r"), "a bare CR behind a boundary"),
        (whole.replace("--b\r\n", "--bx\r\n"), "a longer boundary"),
        (whole.replace("--b\r\n", "--B\r\n"), "a boundary in capitals"),
        (whole.replace("--b\r\n", "-b\r\n"), "one hyphen too few"),
        (whole.replace("--b\r\n", "---b\r\n"), "one hyphen too many"),
        (whole.replace("\r\n", "\n"), "bare LF everywhere"),
        ("--b\r\n--b--\r\n", "a part without a line end"),
        ("--b\r\n\r\n--b--\r\n", "a part without headers"),
        ("--b\r\n\r\n\r\n--b--\r\n", "a part with an empty head"),
        ('--b\r\nContent-Disposition: form-data; name="a"\r\n--b--\r\n', "a head without an end"),
        ('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n--b--\r\n', "no line end between head and boundary"),
    ):
        group.invalid(f"multipart: {what}", _FLAGS, _CODE, body)
    for content, what in (
        ("x--b", "in a line"),
        ("--b", "at the beginning of the content"),
        ("x\n--b\r\ny", "behind a bare LF"),
        ("x\r--b\r\ny", "behind a bare CR"),
        ("x\r\n--bc", "at the beginning of a longer line"),
        ("x\r\n--b--y", "with hyphens and text behind it"),
        ("x\r\n--b -- y", "with a space behind it"),
        ("x----b", "behind hyphens"),
    ):
        group.invalid(
            f"multipart: the boundary in a text, {what}", _FLAGS, _CODE, *form(part("a", content), part("c", ""))
        )
    group.invalid("multipart: the boundary in a file", _FLAGS, _CODE, *form(part("a", b"\xff--b\xff", filename="a")))
    group.invalid("multipart: the boundary in a header", _FLAGS, _CODE, *form(part("a", "1", more="X-A: --b\r\n")))
    group.invalid("multipart: the boundary in a name", _FLAGS, _CODE, *form(part("x--b", "1")))


def _headers(group: RequestGroup) -> None:
    good = 'Content-Disposition: form-data; name="a"\r\n'
    for lines, what in (
        (good.replace("\r\n", "\n"), "a bare LF"),
        (good + "X-A: 1\nX-B: 2\r\n", "a bare LF between two"),
        (good + "X-A: 1\rX-B: 2\r\n", "a bare CR between two"),
        (good + "X-A: 1\r\r\n", "a bare CR at the end"),
        (good + "\nX-A: 1\r\n", "a bare LF at the beginning"),
        (good + "X-A: 1\r\n b\r\n", "folded with a space"),
        (good + "X-A: 1\r\n\tb\r\n", "folded with a tab"),
        (good.replace("; ", ";\r\n "), "folded between parameters"),
        (" " + good, "a space before it"),
        (good + "X-A\r\n", "no colon"),
        (good + ": 1\r\n", "no name"),
        (good + "X-A : 1\r\n", "a space before the colon"),
        (good + "X A: 1\r\n", "a space in the name"),
        (good + 'X"A: 1\r\n', "a quotation mark in the name"),
        (good + "X\u00e9: 1\r\n", "a letter beyond ASCII in the name"),
        (good + "X-A: \x00\r\n", "U+0000 in the value"),
        (good + "X-A: a\x07b\r\n", "a control character in the value"),
        (good + "X-A: a\x7fb\r\n", "U+007F in the value"),
        (good.encode("ascii") + b"X-A: \xe9\r\n", "Latin-1 in the value"),
        (good + good, "the disposition twice"),
        (good + good.replace('"a"', '"ssn"'), "two dispositions that differ"),
        (good + "X-A: a\x0bb\r\n", "U+000B in the value, a line end to some"),
        (good + "X-A: a\x0cb\r\n", "U+000C in the value, a line end to some"),
        (good + "X-A: a\x1cb\r\n", "U+001C in the value, a line end to some"),
        (good + "X-A: a\u0085b\r\n", "U+0085 in the value, a line end to some"),
        (good + "X-A: a\u2028b\r\n", "U+2028 in the value, a line end to some"),
        (good + "X-A: a\u2029b\r\n", "U+2029 in the value, a line end to some"),
        (good + "Content-Type: text/plain\r\ncontent-type: text/plain\r\n", "the type twice"),
        (
            good + "Content-Transfer-Encoding: 8bit\r\ncontent-transfer-encoding: base64\r\n",
            "two encodings, the second refused",
        ),
    ):
        group.invalid(f"multipart, a header: {what}", _FLAGS, _CODE, *form(headed(lines, "1"), _PLAIN))


def _dispositions(group: RequestGroup) -> None:
    group.invalid("multipart, no disposition", _FLAGS, _CODE, *form(headed("Content-Type: text/plain\r\n", "1")))
    for value, what in (
        ("", "empty"),
        ("form-data", "no name"),
        ("form-data;", "no name behind a semicolon"),
        ("form-data; filename=a", "a file name alone"),
        ('attachment; name="a"', "attachment"),
        ('inline; name="a"', "inline"),
        ('name="a"', "no type"),
        ('form-data name="a"', "no semicolon"),
        ('form-data, name="a"', "a comma"),
        ('form-data; name="a"; name="a"', "the name twice"),
        ('form-data; name="a"; NAME="ssn"', "two names that differ"),
        ('form-data; name="a"; filename="x"; filename="y"', "two file names"),
        ("form-data; name*=UTF-8''ssn", "an extended name"),
        ("form-data; name=\"a\"; name*=UTF-8''ssn", "an extended name beside a plain one"),
        ("form-data; name=\"a\"; filename*=UTF-8''x", "an extended file name"),
        ('form-data; name="a"; filename="x"; filename*=UTF-8\'\'y', "an extended file name beside a plain one"),
        ("form-data; name=\"a\"; FileName*=UTF-8''x", "an extended file name in another case"),
        ('form-data; name="a\\"b"', "an escaped quotation mark"),
        ('form-data; name="a\\\\b"', "an escaped reverse solidus"),
        ('form-data; name="s\\sn"', "an escaped letter"),
        ('form-data; name="a"; filename="C:\\x"', "a reverse solidus in a file name"),
        ('form-data; name="a"; x="\\y"', "a reverse solidus in another parameter"),
        ('form-data; name="a%22b"', "a quotation mark that some decode and some do not"),
        ('form-data; name="a%0Ab"', "a line feed that some decode and some do not"),
        ('form-data; name="a%0D%0Ab"', "a line end that some decode and some do not"),
        ('form-data; name="ssn "', "a space behind the name"),
        ('form-data; name=" ssn"', "a space before the name"),
        ('form-data; name="ssn\u00a0"', "U+00A0 behind the name"),
        ('form-data; name="\ufeffssn"', "U+FEFF before the name"),
        ('form-data; name=" "', "a space for a name"),
        ('form-data; name="[ssn]"', "a bracket before the name"),
        ('form-data; name="ssn]"', "brackets that are not in pairs"),
        ('form-data; name="person[ssn"', "a bracket that is not closed"),
        ('form-data; name="person[ssn]x"', "text behind a bracket"),
        ('form-data; name="=?utf-8?q?ssn?="', "an encoded word (RFC 2047)"),
        ('form-data; name="ssn"; x=y', "another parameter"),
        ('form-data; name="a"; size=1', "another parameter that has a meaning elsewhere"),
        ('form-data; name="a"; name*0="b"', "a piece of a name"),
        ('form-data; name="a"; filename="x; name=ssn"', "a name in a file name"),
        ('form-data; name="x; name=ssn"', "a name in a name"),
        ('form-data; name="a"; filename="myname=x.png"', "a file name that some take for a name"),
        ("form-data; name=\"'ssn'\"", "single quotation marks in quotation marks"),
        ('form-data; name="a"; filename="\'x\'"', "single quotation marks in a file name"),
        ("form-data; name='ssn'", "single quotation marks"),
        ("form-data; name='ssn", "one single quotation mark"),
        ('form-data; name="ssn', "a quotation mark that is not closed"),
        ('form-data; name=ssn"', "a quotation mark at the end"),
        ('form-data; name="a"b', "text behind the quotation mark"),
        ('form-data; name="a""b"', "two strings"),
        ("form-data; name=", "no value"),
        ("form-data; name", "no equals sign"),
        ('form-data; name ="a"', "a space before the equals sign"),
        ('form-data; name= "a"', "a space behind the equals sign"),
        ("form-data; name=a b", "a space in a name without quotation marks"),
        ("form-data; name=a[0]", "brackets in a name without quotation marks"),
        ("form-data; name=\u00e9", "a letter beyond ASCII without quotation marks"),
        ('form-data; name="a"; filename=x y.png', "a space in a file name without quotation marks"),
        ('form-data; name="a"; x', "a parameter without a value"),
        ("(c) form-data; name=a", "a comment"),
    ):
        group.invalid(
            f"multipart, a disposition: {what}",
            _FLAGS,
            _CODE,
            *form(headed(f"Content-Disposition: {value}\r\n", "1"), _PLAIN),
        )


def _encodings(group: RequestGroup) -> None:
    for value in ("base64", "quoted-printable", "Base64", "x-uuencode", "", "7 bit", "8bit, 7bit", "identity"):
        group.invalid(
            f"multipart, a transfer encoding: {value!r}",
            _FLAGS,
            _CODE,
            *form(part("a", "MQ==", more=f"Content-Transfer-Encoding: {value}\r\n")),
        )
    group.invalid(
        "multipart, a transfer encoding of a file",
        _FLAGS,
        _CODE,
        *form(part("a", "MQ==", filename="a", more="Content-Transfer-Encoding: base64\r\n")),
    )
    group.invalid("multipart, a field says another charset", _FLAGS, _CODE, *form(part("_charset_", "latin1"), _PLAIN))


def _limits(file) -> None:
    given = form_policy(rule("ssn", "$..ssn"))
    flags = ["Multipart", "Limits"]
    for what, pieces in (
        ("text", form(part("ssn", V("1", "s")))),
        ("JSON", form(part("a", '{"ssn":', P("1", "v"), "}", type=JSON), part("ssn", V("x" * 191, "e")))),
    ):
        size = output_bytes(given, pieces)
        for more, fits in ((1, True), (0, True), (-1, False)):
            group = RequestGroup(
                file, f"a limit of a multipart form's output: {what}, {more:+} bytes", given, MULTIPART, size + more
            )
            comment = f"a multipart form's output and a limit of {more:+} bytes beside it: {what}"
            if fits:
                group.valid(comment, flags, *pieces)
            else:
                group.invalid(comment, flags, "output_too_large", bytes_of(pieces))
    two = RequestGroup(
        file,
        "two values of a multipart form at most",
        form_policy(rule("ssn", "$..ssn"), limits={"max_fields": 2}),
        MULTIPART,
    )
    two.valid(
        "two values in parts", flags, *form(part("ssn", V("1", "s")), part("a", '{"ssn":', P("1", "v"), "}", type=JSON))
    )
    two.invalid(
        "three values in parts",
        flags,
        "too_many_values",
        *form(part("ssn", "1"), part("a", '[{"ssn":1},{"ssn":2}]', type=JSON)),
    )
