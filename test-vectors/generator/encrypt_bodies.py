"""Encrypt vectors: bodies as wholes: what stays as it is, NDJSON, what is not JSON."""

from .encrypt_group import NDJSON, EncryptGroup
from .encrypting import P, policy, rule


def add(file) -> None:
    """Adds the groups."""
    _byte_exact(file)
    _lines(file)
    group = EncryptGroup(file, "bodies that are refused", policy(rule("ssn", "$.ssn")))
    _not_utf8(group)
    _not_json(group)


def _byte_exact(file) -> None:
    group = EncryptGroup(file, "bytes outside the values", policy(rule("ssn", "$..ssn")))
    group.valid(
        "white space of every kind", "ByteExact", ' \t\r\n{ \t"ssn"\n:\r ', P('"1"', "s"), ' \t, "b" : [ 1 , 2 ] }\n\n'
    )
    group.valid("members keep their order", "ByteExact", '{"z":1,"ssn":', P('"1"', "s"), ',"a":2,"m":3}')
    group.valid(
        "numbers keep their text",
        "ByteExact",
        '{"a":1E400,"b":-0,"c":1.0,"d":12345678901234567890123,"e":1e+05,"f":0.10,"ssn":',
        P('"1"', "s"),
        "}",
    )
    group.valid(
        "escapes stay as they are",
        "ByteExact",
        '{"a":"\\/\\u0041\\u00e9\\ud83d\\ude00","\\u0062":"\\u001F","ssn":',
        P('"1"', "s"),
        "}",
    )
    group.valid("a lone surrogate in another field stays", "ByteExact", '{"a":"\\ud800","ssn":', P('"1"', "s"), "}")
    group.valid(
        "U+FEFF and noncharacters inside strings stay",
        "ByteExact",
        '{"a":"\ufeff\uffff\U0010ffff","ssn":',
        P('"1"', "s"),
        "}",
    )
    group.valid(
        "white space around the value is not part of it", "ByteExact", '{"ssn": \t', P("[ 1 , 2 ]", "v"), "\r\n}"
    )
    group.valid("names are never replaced", "ByteExact", '{"ssn":', P('"ssn"', "s"), ',"x":"ssn"}')


def _lines(file) -> None:
    group = EncryptGroup(file, "NDJSON", policy(rule("ssn", "$.ssn")))
    one, two = P('"1"', "s"), P('"2"', "s")
    lines = (
        ("lines ended by LF", ('{"ssn":', one, '}\n{"ssn":', two, "}\n")),
        ("the last line has no LF", ('{"ssn":', one, '}\n{"ssn":', two, "}")),
        ("blank lines are kept", ('\n{"ssn":', one, '}\n\n\n{"ssn":', two, "}\n\n")),
        ("lines ended by CRLF, a blank one too", ('{"ssn":', one, '}\r\n\r\n{"ssn":', two, "}\r\n")),
        ("lines of white space are blank", (' \t\n{"ssn":', one, "}\n \t\r\n")),
        ("white space around a text", (' {"ssn":', one, "}\t \n")),
        ("texts that are not objects", ('1\n"ssn"\n[]\nnull\n{"ssn":', one, "}\n")),
        ("an empty body", ("",)),
        ("a body of blank lines", ("\n\n",)),
        ("one line is one text", ('{"ssn":', one, "}")),
    )
    for what, pieces in lines:
        group.valid(f"NDJSON: {what}", "Ndjson", *pieces, content_type=NDJSON)
    for body, what in (
        ('{"ssn":\n"1"}\n', "a text on two lines"),
        ('{"a":1}{"a":2}\n', "two texts on a line"),
        ('{"a":1}\n{"a":\n', "the last line is cut"),
        ('{"a":1}\r{"a":2}\n', "CR alone ends no line"),
        ('{"a":1}\n,\n{"a":2}\n', "a comma between texts"),
        ('{"a":"x\ny"}\n', "LF inside a string"),
        ('[\n{"a":1}\n]\n', "an array over lines"),
        ("\x1e{}\n", "a record separator (RFC 7464)"),
    ):
        group.invalid(f"NDJSON: {what}", ["Ndjson", "NotJson"], "json_invalid", body, NDJSON)
    group.invalid("NDJSON: one line is not UTF-8", ["Ndjson", "NotUtf8"], "body_not_utf8", b'{"a":1}\n"\xff"\n', NDJSON)
    group.invalid("NDJSON: a byte order mark", ["Ndjson", "NotUtf8"], "body_not_utf8", '\ufeff{"a":1}\n', NDJSON)
    whole = EncryptGroup(file, "NDJSON, a rule for each line as a whole", policy(rule("line", "$")))
    whole.valid(
        "NDJSON: each line is a value of its own",
        "Ndjson",
        P('{"a":1}', "v", "line"),
        "\n ",
        P('"x"', "s", "line"),
        "\r\nnull\n",
        content_type=NDJSON,
    )
    json = EncryptGroup(file, "JSON over several lines", policy(rule("ssn", "$.ssn")))
    json.invalid("two texts on two lines are NDJSON, not JSON", "NotJson", "json_invalid", '{"a":1}\n{"a":2}\n')


def _not_utf8(group: EncryptGroup) -> None:
    text = '{"ssn":"1"}'
    for body, what in (
        (b"\xef\xbb\xbf" + text.encode(), "a byte order mark"),
        (b"\xef\xbb\xbf", "a byte order mark alone"),
        (text.encode("utf-16"), "UTF-16 with a byte order mark"),
        (b"\xfe\xff" + text.encode("utf-16-be"), "big-endian UTF-16 with a byte order mark"),
        (b'{"a":"\xe9"}', "Latin-1"),
        (b'{"a":"\xff"}', "byte FF"),
        (b'{"a":"\x80"}', "a lone continuation byte"),
        (b'{"a":"\xc3"}', "a cut sequence"),
        (b'{"a":"\xc0\xaf"}', "an overlong solidus"),
        (b'{"a":"\xc1\xbf"}', "an overlong U+007F"),
        (b'{"a":"\xe0\x80\xaf"}', "an overlong sequence of three"),
        (b'{"a":"\xf0\x80\x80\xaf"}', "an overlong sequence of four"),
        (b'{"a":"\xed\xa0\x80"}', "a surrogate"),
        (b'{"a":"\xed\xa0\xbd\xed\xb8\x80"}', "a surrogate pair, CESU-8"),
        (b'{"a":"\xf4\x90\x80\x80"}', "a code point past U+10FFFF"),
        (b'{"a":"\xf8\x88\x80\x80\x80"}', "a sequence of five"),
        (b'{"\xff":1}', "in a name"),
        (text.encode() + b"\xff", "after the text"),
        (b"\xff" + text.encode(), "before the text"),
    ):
        group.invalid(f"not UTF-8: {what}", "NotUtf8", "body_not_utf8", body)


def _not_json(group: EncryptGroup) -> None:
    group.invalid(
        "UTF-16 without a byte order mark is UTF-8 with U+0000 in it",
        "NotJson",
        "json_invalid",
        '{"ssn":"1"}'.encode("utf-16-le"),
    )
    for body, what in (
        ("", "an empty body"),
        (" \n", "white space alone"),
        ('{"a":1', "an object that is not closed"),
        ("[1", "an array that is not closed"),
        ('{"a":1}}', "one brace too many"),
        ('{"a":1} {}', "two texts"),
        ('{"a":1}x', "text after it"),
        ('{"a":1,}', "a comma at the end of an object"),
        ("[1,]", "a comma at the end of an array"),
        ("[,1]", "a comma at the start"),
        ("[1,,2]", "two commas"),
        ("[1 2]", "no comma"),
        ('{"a" 1}', "no colon"),
        ('{"a"::1}', "two colons"),
        ('{"a":}', "no value"),
        ('{"a"}', "a name alone"),
        ("{a:1}", "a name without quotation marks"),
        ("{'a':1}", "single quotes"),
        ("{1:1}", "a number for a name"),
        ('{"a":1]', "the wrong closing bracket"),
        ('{"a":01}', "a leading zero"),
        ('{"a":+1}', "a plus sign"),
        ('{"a":.5}', "no digit before the point"),
        ('{"a":1.}', "no digit after the point"),
        ('{"a":1e}', "no exponent"),
        ('{"a":-}', "a minus sign alone"),
        ('{"a":- 1}', "a space after the minus sign"),
        ('{"a":0x1}', "hexadecimal"),
        ('{"a":1_0}', "a digit group"),
        ('{"a":NaN}', "NaN"),
        ('{"a":Infinity}', "Infinity"),
        ('{"a":-Infinity}', "minus Infinity"),
        ('{"a":True}', "True"),
        ('{"a":nul}', "a literal that is cut"),
        ('{"a":nulll}', "a literal too long"),
        ('{"a":undefined}', "undefined"),
        ('{"a":"\t"}', "a tab in a string"),
        ('{"a":"\n"}', "LF in a string"),
        ('{"a":"\x00"}', "U+0000 in a string"),
        ('{"a":"\x1f"}', "U+001F in a string"),
        ('{"a":"\\x41"}', "an unknown escape"),
        ('{"a":"\\u12"}', "an escape of two digits"),
        ('{"a":"\\u00g0"}', "a digit that is none"),
        ('{"a":"\\U0041"}', "an upper-case U"),
        ('{"a":"\\"}', "a string that its escape leaves open"),
        ('{"a":"x}', "a string that is not closed"),
        ('{"a":1}\x00', "U+0000 after it"),
        ('{"a":\x0b1}', "U+000B as white space"),
        ('{"a":\u00a01}', "U+00A0 as white space"),
        ('{"a":1/**/}', "a comment"),
        ('{"a":1}//', "a line comment"),
        ('{"a":1}\n#', "a hash comment"),
        ("\u2028{}", "U+2028 before it"),
        ('{"a":1\u0665}', "an Arabic digit"),
        ("x", "a bare word"),
        (")]}',\n{}", "a guard prefix"),
    ):
        group.invalid(f"not JSON: {what}", "NotJson", "json_invalid", body)
    group.invalid(
        "not JSON: a fault behind a value that would be encrypted", "NotJson", "json_invalid", '{"ssn":"1","a":}'
    )
