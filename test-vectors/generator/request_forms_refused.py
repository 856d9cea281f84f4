"""Request vectors: forms that parsers read differently, foreign tokens in forms, limits."""

from . import token
from .encrypting import V, bytes_of, output_bytes, rule
from .request_forms import form_policy
from .request_group import FORM, RequestGroup
from .rsakey import A
from .stream import Stream

_TOKEN = token.direct("k1", "s", A, b"somebody's", Stream("a foreign token in a form"))


def add(file) -> None:
    """Adds the groups."""
    group = RequestGroup(file, "forms that are refused", form_policy(rule("ssn", "$.ssn")), FORM)
    _invalid(group)
    _brackets(group)
    _not_utf8(group)
    _charset(group)
    _foreign(file)
    _limits(file)


def _invalid(group: RequestGroup) -> None:
    for body, what in (
        ("ssn=%", "a percent sign at the end"),
        ("ssn=%4", "one digit at the end"),
        ("ssn=%4&a=1", "one digit before an ampersand"),
        ("ssn=%zz", "letters that are no digits"),
        ("ssn=%4g", "the second is no digit"),
        ("ssn=%g4", "the first is no digit"),
        ("ssn=%%41", "two percent signs"),
        ("ssn=%u0041", "a non-standard escape"),
        ("ssn=%+4", "a plus sign for a digit"),
        ("ssn=%\u0664\u0661", "Arabic digits"),
        ("ssn=100%", "a percent sign that means itself"),
        ("ssn%=1", "a percent sign at the end of a name"),
        ("s%sn=1", "a percent sign in a name"),
        ("%=1", "a percent sign for a name"),
        ("a=%&ssn=1", "in another field"),
        ("a%4", "in a field without an equals sign"),
        ("ssn=%FF", "byte FF"),
        ("ssn=%C3", "a cut sequence"),
        ("ssn=%C3&a=%A9", "a sequence over two fields"),
        ("ssn=%A9", "a lone continuation byte"),
        ("ssn=%E9", "Latin-1"),
        ("ssn=%C0%AF", "an overlong solidus"),
        ("ssn=%ED%A0%80", "a surrogate"),
        ("ssn=%F4%90%80%80", "a code point past U+10FFFF"),
        ("%E9=1", "Latin-1 in a name"),
        ("a=%E9&ssn=1", "Latin-1 in another field"),
        ("ssn=1;a=2", "a semicolon between fields"),
        ("a=1;ssn=2", "a semicolon before the field"),
        ("ssn=1;", "a semicolon at the end"),
        ("ssn;a=1", "a semicolon in a name"),
        (";", "a semicolon alone"),
        ("ssn%00=1", "U+0000 behind the name"),
        ("%00ssn=1", "U+0000 before the name"),
        ("a%00b=1", "U+0000 in another name"),
        ("a%00", "U+0000 in a name without an equals sign"),
        ("ssn\x00=1", "U+0000 in a name, not encoded"),
        ("ssn+=1", "a space behind the name"),
        ("+ssn=1", "a space before the name"),
        (" ssn=1", "a space before the name, not encoded"),
        ("ssn%20=1", "a space behind the name, encoded"),
        ("a=1&+b=2", "a space before another name"),
        ("ssn%09=1", "a tab behind the name"),
        ("a=1\n&\nssn=1", "a line feed before the name"),
        ("%C2%A0ssn=1", "U+00A0 before the name"),
        ("ssn%E3%80%80=1", "U+3000 behind the name"),
        ("a=1&%EF%BB%BFssn=1", "U+FEFF before the name"),
        ("ssn\ufeff=1", "U+FEFF behind the name"),
        ("+=1", "a space for a name"),
        ("a+", "a space behind a name without an equals sign"),
        ("?ssn=1", "a question mark before it all"),
        ("?", "a question mark alone"),
        ("[ssn]=1", "a bracket before the name"),
        ("%5Bssn%5D=1", "a bracket before the name, encoded"),
        ("a=1&[", "a bracket for a name without an equals sign"),
        ("ssn]=1", "brackets that are not in pairs: a closing one"),
        ("person]ssn=1", "brackets that are not in pairs: a closing one between"),
        ("person[ssn=1", "brackets that are not in pairs: an opening one"),
        ("person[ssn]]=1", "brackets that are not in pairs: two closing ones"),
        ("person[[ssn]]=1", "brackets inside of brackets"),
        ("person[[ssn]=1", "two opening brackets, of which one is closed"),
        ("person[a][ssn=1", "brackets that are not in pairs: the second opening one"),
        ("person%5Bssn=1", "brackets that are not in pairs: an opening one, encoded"),
        ("person[ssn]x=1", "text behind a bracket"),
        ("person[a]x[ssn]=1", "text between brackets"),
        ("person[ssn]+a=1", "a space behind a bracket"),
        ("a[b", "brackets that are not in pairs, no equals sign"),
        ("a=b]=1", "a bracket and an equals sign in a value"),
        ("a=b%5D=1", "a bracket, encoded, and an equals sign in a value"),
        ("a=b%5d=1", "a bracket, encoded in lower case, and an equals sign in a value"),
        ("person[a=b]=1", "a name in brackets that another parser ends later"),
        ("person%5Bssn=1%5D=2", "a name in brackets, encoded, that another parser ends later"),
    ):
        group.invalid(f"a form is refused: {what}", ["Form", "Differently"], "form_invalid", body)


def _brackets(group: RequestGroup) -> None:
    for body, what in (
        ("a[b]=c]=1", "the name ends in a bracket"),
        ("a%5Bb%5D=c]=1", "the name ends in a bracket, encoded"),
        ("a%5bb%5d=c%5D=1", "the name ends in a bracket, encoded in lower case"),
        ("a=b]&c=1", "the equals sign is that of the next field"),
        ("a=b]%3D1", "the equals sign is encoded"),
        ("a=b]+=1", "a space stands between"),
        ("a=b]", "no equals sign"),
    ):
        group.valid(f"a bracket in a value is no fault: {what}", ["Form", "Differently"], body)


def _not_utf8(group: RequestGroup) -> None:
    for body, what in (
        (b"\xef\xbb\xbfssn=1", "a byte order mark"),
        (b"\xef\xbb\xbf", "a byte order mark alone"),
        (b"ssn=\xff", "byte FF"),
        (b"ssn=\xe9", "Latin-1"),
        (b"\xe9=1", "Latin-1 in a name"),
        (b"a=\xe9&ssn=1", "Latin-1 in another field"),
        (b"ssn=\xc3%A9", "one half of a sequence encoded"),
        (b"ssn=\xed\xa0\x80", "a surrogate"),
        ("ssn=1".encode("utf-16"), "UTF-16"),
    ):
        group.invalid(f"a form is not UTF-8: {what}", ["Form", "NotUtf8"], "body_not_utf8", body)
    group.valid("a form with U+FEFF inside", ["Form", "NotUtf8"], "a=\ufeff&ssn=", V("\ufeff1", "s"))


def _charset(group: RequestGroup) -> None:
    flags = ["Form", "Differently"]
    for field in ("_charset_=UTF-8", "_charset_=utf-8", "%5Fcharset_=UTF%2d8", "_charset=latin1", "charset=latin1"):
        group.valid(f"a form says {field}", flags, f"{field}&ssn=", V("1", "s"))
    for field in (
        "_charset_=",
        "_charset_=iso-8859-1",
        "_charset_=utf-16",
        "_charset_=utf8",
        "_charset_=UTF-8+",
        "%5fcharset%5f=latin1",
        "_charset_=%6catin1",
        "_charset_=UTF-8&_charset_=latin1",
        "_CHARSET_=latin1",
    ):
        group.invalid(f"a form that is refused says {field}", flags, "form_invalid", f"ssn=1&{field}")


def _foreign(file) -> None:
    group = RequestGroup(file, "foreign tokens in forms", form_policy(rule("ssn", "$.ssn")), FORM)
    flags = ["Form", "ForeignToken"]
    for body, what in (
        (f"a={_TOKEN}", "in a field that no rule names"),
        (f"ssn={_TOKEN}", "in a field that a rule names"),
        (f"{_TOKEN}=1", "for a name"),
        (f"{_TOKEN}", "for a field without an equals sign"),
        ("a=__es1.", "the prefix alone"),
        ("a=__es2.", "another version"),
        ("a=b__es1.", "behind a letter"),
        ("a=%5F%5Fes1.", "the underscores encoded"),
        ("a=__%65s1.", "the letter encoded"),
        ("a=__es%31.", "the version encoded"),
        ("a=__es1%2E", "the full stop encoded"),
        ("a=%5f%5f%65%73%31%2e", "every character encoded, in lower case"),
        ("%5F_es1.=1", "encoded, in a name"),
        ("a%5F_es1.", "encoded, in a name without an equals sign"),
        ("ssn=%5F_es1.", "encoded, in a field that a rule names"),
        ('a={"b":"__es1."}', "in JSON in a value"),
        ("a=%7B%22b%22%3A%22__es1.%22%7D", "in encoded JSON in a value"),
        ('a={"b":"\\u005f_es1."}', "with a JSON escape in JSON in a value"),
        ("a=%22%5Cu005F%5cu005fes1.%22", "with JSON escapes, encoded"),
        ("a=\\u005c\\u0075005f_es1.", "with a JSON escape of a JSON escape"),
        ("a\\u005f_es1.=1", "with a JSON escape in a name"),
    ):
        group.invalid(f"a foreign token in a form: {what}", flags, "foreign_token", body)
    for body, what in (
        ("a=__es%2531.", "encoded twice"),
        ("a=__+es1.", "a space in it"),
        ("a=__es&b=1.", "over two fields"),
        ("a=\\x5f_es1.", "an escape that JSON does not have"),
        ("__es=1.", "over a name and a value"),
        ("a=__es1", "no full stop"),
        ("a=%5F%5FES1.", "capitals"),
    ):
        group.valid(f"no foreign token in a form: {what}", flags, body)
    allowed = RequestGroup(
        file, "foreign tokens in forms are allowed", form_policy(rule("ssn", "$.ssn"), foreign_tokens="allow"), FORM
    )
    allowed.valid("a token in a form is encrypted again", flags, "a=__es1.&ssn=", V("%5F_es1.", "s", text="__es1."))


def _limits(file) -> None:
    given = form_policy(rule("ssn", "$.ssn"), rule("e", "$.e", mode="envelope"))
    for what, pieces in (
        ("direct", ("a=\u00e9&ssn=", V("%31", "s", text="1"))),
        ("envelope", ("e=", V("%31", "e", "e", text="1"), "&a")),
        ("long", ("ssn=", V("x" * 191, "e"))),
        ("escapes", ("e=", V("%0A%22%01", "e", "e", text='\n"\x01'))),
        ("no value", ("a=b",)),
    ):
        size = output_bytes(given, pieces)
        for more, fits in ((1, True), (0, True), (-1, False)):
            group = RequestGroup(file, f"a limit of a form's output: {what}, {more:+} bytes", given, FORM, size + more)
            comment = f"a form's output and a limit of {more:+} bytes beside it: {what}"
            if fits:
                group.valid(comment, ["Form", "Limits"], *pieces)
            else:
                group.invalid(comment, ["Form", "Limits"], "output_too_large", bytes_of(pieces))
    two = RequestGroup(
        file, "two values of a form at most", form_policy(rule("ssn", "$.ssn"), limits={"max_fields": 2}), FORM
    )
    two.valid("two values in a form", ["Form", "Limits"], "ssn=", V("1", "s"), "&ssn&a=1&ssn=", V("2", "s"))
    two.invalid("three values in a form", ["Form", "Limits"], "too_many_values", "ssn=1&ssn=&ssn=3")
    flat = RequestGroup(
        file, "a depth limit of 1 and a form", form_policy(rule("ssn", "$.ssn"), limits={"max_depth": 1}), FORM
    )
    flat.valid("a form is not nested", ["Form", "Limits"], "a=[[[]]]&ssn=", V("[[]]", "s"))
