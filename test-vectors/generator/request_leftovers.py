"""Request vectors: protected values that also stand elsewhere in the body."""

from functools import cache

from .encrypt_values import CLASSIC_KEY
from .encrypting import P, V, policy, rule
from .multipart import form, part
from .request_group import FORM, JSON, MULTIPART, NDJSON, TYPES, RequestGroup, header_rule, query_rule
from .request_reports import watch

_FLAG = "Leftovers"
_SSN = P('"078-05-1120"', "s")
_FIELD = V("078-05-1120", "s")


class _Both:
    """The same requests under two policies: one refuses, one counts."""

    def __init__(self, file, comment: str, *rules: dict, type: str = JSON, min_chars: int = 4, **rest) -> None:
        @cache
        def group(action: str) -> RequestGroup:
            leftovers = {"min_chars": min_chars, "action": action}
            given = policy(*rules, content_types=TYPES | {"text/plain": "pass"}, leftovers=leftovers, **rest)
            return RequestGroup(file, f"leftovers, {action}: {comment}", given, type)

        self._group = group

    def left(self, comment: str, flags, *body, count: int = 1, **request) -> None:
        """So many values are left."""
        self.reported(comment, flags, *body, counts={"leftovers": count}, **request)
        self._group("refuse").invalid(f"refused: {comment}", _flags(flags), "value_left", *body, **request)

    def reported(self, comment: str, flags, *body, **request) -> None:
        """Values are left, and counted."""
        self._group("report").valid(f"left: {comment}", _flags(flags), *body, **request)

    def none(self, comment: str, flags, *body, **request) -> None:
        """No value is left."""
        self._group("refuse").valid(f"not left: {comment}", _flags(flags), *body, **request)


def _flags(flags) -> list[str]:
    return [_FLAG, *([flags] if isinstance(flags, str) else flags)]


def add(file) -> None:
    """Adds the groups."""
    _json(file)
    _values(file)
    _counted(file)
    _lengths(file)
    _forms(file)
    _multipart(file)
    _parts(file)


def _json(file) -> None:
    both = _Both(file, "one rule", rule("ssn", "$..ssn"))
    for pieces, what in (
        (('{"note":"078-05-1120","ssn":', _SSN, "}"), "before it"),
        (('{"ssn":', _SSN, ',"note":"078-05-1120"}'), "behind it"),
        (('{"ssn":', _SSN, ',"note":"call 078-05-1120."}'), "inside of a longer text"),
        (('{"ssn":', _SSN, ',"078-05-1120":1}'), "as a name"),
        (('{"ssn":', _SSN, ',"a078-05-1120b":1}'), "inside of a name"),
        (('{"ssn":', _SSN, ',"a":[{"b":["078-05-1120"]}]}'), "deep inside"),
        (('{"ssn":', _SSN, ',"note":"\\u0030\\u0037\\u0038-05-1120"}'), "with escapes"),
        (('{"ssn":', _SSN, ',"note":"078\\u002d05-1120"}'), "with one escape"),
        (('{"ssn":', _SSN, ',"\\u003078-05-1120":1}'), "with an escape in a name"),
        (('{"ssn":', _SSN, ',"note":"\\"078-05-1120\\n"}'), "between other escapes"),
        (('{"ssn":', _SSN, ',"note":"{\\"ssn\\":\\"078-05-1120\\"}"}'), "in JSON in a string"),
    ):
        both.left(what, [], *pieces)
    for pieces, what in (
        (('{"ssn":', _SSN, ',"note":"078051120"}'), "another spelling"),
        (('{"ssn":', _SSN, ',"note":"078-05-112"}'), "a part of it"),
        (('{"ssn":', _SSN, ',"note":["078-05-","1120"]}'), "two strings that would make it"),
        (('{"ssn":', _SSN, ',"078-05-":"1120"}'), "a name and a value that would make it"),
        (('{"ssn":', _SSN, ',"x":{"ssn":', _SSN, "}}"), "the same value, protected twice"),
        (
            ('{"ssn":', _SSN, ',"x":{"ssn":', P('"\\u003078-05-1120"', "v"), "}}"),
            "the same value, protected twice, once with an escape",
        ),
        (('{"ssn":', P('["078-05-1120","078-05-1120"]', "v"), "}"), "twice inside of one protected value"),
        (('[{"ssn":', _SSN, '},{"ssn":', P('["078-05-1120"]', "v"), "}]"), "inside of another protected value"),
        (('{"ssn":null,"a":"null"}',), "null that stays is not protected"),
        (('{"a":"078-05-1120","b":"078-05-1120"}',), "no value is protected"),
    ):
        both.none(what, [], *pieces)
    for value, what in (("__es1.", "the prefix"), ("k1.s", "key id and kind"), ("s1.k", "the middle of the prefix")):
        free = _Both(file, f"a value that every token has: {what}", rule("ssn", "$.ssn"), foreign_tokens="allow")
        free.none(f"inside of a token, {what}", "ForeignToken", '{"ssn":', P(f'"{value}"', "s"), "}")
    free = _Both(file, "foreign tokens are allowed", rule("ssn", "$.ssn"), foreign_tokens="allow")
    free.left("in a token that the client sent", "ForeignToken", '{"ssn":', P('"k1.s"', "s"), ',"a":"__es1.k1.s."}')
    case = _Both(file, "letters", rule("name", "$.name"))
    case.none("in another case", [], '{"name":', P('"Ada Lovelace"', "s", "name"), ',"note":"ADA LOVELACE"}')
    case.left(
        "a name inside of a text", [], '{"name":', P('"Ada Lovelace"', "s", "name"), ',"note":"Dear Ada Lovelace,"}'
    )
    case.left("a value that is a name of the body", [], '{"name":', P('"name"', "s", "name"), "}")
    case.left("escapes on the side of the value", [], '{"name":', P('"\\u0041da\\n"', "v", "name"), ',"note":"Ada\\n"}')
    case.left("the same escapes on both sides", [], '{"name":', P('"a\\"b\\\\"', "s", "name"), ',"note":"a\\"b\\\\"}')
    case.left(
        "a surrogate pair, escaped", [], '{"name":', P('"\U0001f600abc"', "s", "name"), ',"note":"\\ud83d\\ude00abc"}'
    )
    both.left("on another line", "Ndjson", '{"ssn":', _SSN, '}\n{"a":"078-05-1120"}\n', type=NDJSON)
    both.none("protected on another line", "Ndjson", '{"ssn":', _SSN, '}\n{"ssn":', _SSN, "}\n", type=NDJSON)


def _values(file) -> None:
    both = _Both(file, "values that are no strings", rule("v", "$.v", encrypt_null=True))
    for text, rest, what in (
        ("12345", '"a":12345', "a number"),
        ("12345", '"a":9123456', "a number inside of another"),
        ("12345", '"a":"no 12345"', "a number in a string"),
        ("12345", '"12345":0', "a number for a name"),
        ("-1.50e3", '"a":-1.50e3', "a number with everything"),
        ("true", '"a":true', "true"),
        ("true", '"a":"true"', "true in a string"),
        ("null", '"a":null', "null"),
        ("false", '"a":["falsehood"]', "false in a string"),
        ('{"x":1}', '"a":{"x":1}', "an object"),
        ('{"x":1}', '"a":"{\\"x\\":1}"', "an object in a string"),
        ("[1, 2]", '"a":[[1, 2]]', "an array"),
    ):
        both.left(what, [], '{"v":', P(text, "v", "v"), f",{rest}}}")
    for text, rest, what in (
        ("12345", '"a":1234.5', "a number that is spelt otherwise"),
        ("1e10", '"a":10000000000', "the same number, spelt otherwise"),
        ('{"x":1}', '"a":{"x": 1}', "an object with other white space"),
        ("[1, 2]", '"a":[1,2]', "an array with other white space"),
        ('{"x":"abcdef"}', '"a":"abcdef"', "what is inside of a protected container"),
    ):
        both.none(what, [], '{"v":', P(text, "v", "v"), f",{rest}}}")
    both.left("a string that looks like a number", [], '{"v":', P('"12345"', "s", "v"), ',"a":12345}')
    sealed = _Both(file, "envelope mode", rule("v", "$.v", mode="envelope"))
    sealed.left("a value in envelope mode", "Envelope", '{"v":', P('"abcd"', "e", "v"), ',"a":"abcd"}')
    tagged = _Both(file, "classic tags", rule("v", "$.v"), keys={"k1": CLASSIC_KEY})
    tagged.left("a value under classic tags", "Classic", '{"v":', P('"a\\u0062cd"', "c", "v"), ',"a":"abcd"}')
    watched = _Both(file, "a rule that reports", rule("ssn", "$.ssn"), watch("note", "$.note"))
    watched.reported(
        "in a value that is only reported",
        "Report",
        '{"ssn":',
        _SSN,
        ',"note":"078-05-1120"}',
        counts={"reported": {"note": 1}, "leftovers": 1},
    )
    watched.none(
        "a value that is only reported is not protected",
        "Report",
        '{"ssn":',
        _SSN,
        ',"note":"abcd","a":"abcd"}',
        counts={"reported": {"note": 1}},
    )


def _counted(file) -> None:
    both = _Both(file, "counts", rule("a", "$[*].a"), rule("b", "$[*].b"))
    one, two = P('"aaaa"', "s", "a"), P('"bbbb"', "s", "b")
    both.left("one value in three places", [], '[{"a":', one, '},"aaaa","aaaa",{"aaaa":1}]')
    both.left("one value, protected twice, in two places", [], '[{"a":', one, '},{"a":', one, '},"aaaa","xaaaa"]')
    both.left("one value, protected by two rules", [], '[{"a":', one, '},{"b":', P('"aaaa"', "s", "b"), '},"aaaa"]')
    both.left("one value in two spellings", [], '[{"a":', one, '},{"a":', P('"\\u0061aaa"', "v", "a"), '},"aaaa"]')
    both.left(
        "one text, as a string and as a number",
        [],
        '[{"a":',
        P('"1234"', "s", "a"),
        '},{"b":',
        P("1234", "v", "b"),
        '},"1234"]',
    )
    both.left("two values", [], '[{"a":', one, ',"b":', two, '},"bbbbaaaa"]', count=2)
    both.left("two values, of which one is left", [], '[{"a":', one, ',"b":', two, '},"bbbb"]')
    both.left(
        "a value that is a part of another", [], '[{"a":', one, ',"b":', P('"xaaaa"', "s", "b"), '},"xaaaa"]', count=2
    )
    both.left(
        "a value that is a part of another, which is not left",
        [],
        '[{"a":',
        one,
        ',"b":',
        P('"xaaaa"', "s", "b"),
        '},"yaaaa"]',
    )


def _lengths(file) -> None:
    for least, chars in ((4, "x\u00e9\U0001f600"), (11, "x\u00e9"), (256, "x")):
        both = _Both(file, f"at least {least} characters", rule("v", "$.v"), min_chars=least)
        for char in chars:
            for length in (least - 1, least, least + 1):
                value = char * length
                size = len(value.encode("utf-8"))
                pieces = ('{"v":', P(f'"{value}"', "e" if size > 190 else "s", "v"), f',"a":"{value}"}}')
                test = both.none if length < least else both.left
                test(f"{length} characters in {size} bytes where {least} are looked for", "Limits", *pieces)
    both = _Both(file, "at least 4 characters, and escapes", rule("v", "$.v"))
    both.none("escapes count as one character", "Limits", '{"v":', P('"\\n\\n\\n"', "s", "v"), ',"a":"\\n\\n\\n"}')
    both.left(
        "four characters that are escaped", "Limits", '{"v":', P('"\\n\\n\\n\\n"', "s", "v"), ',"a":"\\n\\n\\n\\n"}'
    )
    both.none("the JSON text of a number has three characters", "Limits", '{"v":', P("123", "v", "v"), ',"a":123}')
    both.left("quotation marks count in an array's JSON text", "Limits", '{"v":', P('[""]', "v", "v"), ',"a":[""]}')
    both.none("quotation marks do not count in a string", "Limits", '{"v":', P('"12"', "s", "v"), ',"a":"12"}')
    both.none("the empty string", "Limits", '{"v":', P('""', "s", "v"), ',"a":""}')


def _forms(file) -> None:
    both = _Both(file, "forms", rule("ssn", "$.ssn"), type=FORM)
    for pieces, what in (
        (("note=078-05-1120&ssn=", _FIELD), "as it is"),
        (("ssn=", _FIELD, "&note=078%2D05%2d1120"), "encoded"),
        (("ssn=", _FIELD, "&078-05-1120=1"), "as a name"),
        (("ssn=", _FIELD, "&078%2D05-1120"), "encoded, as a name without a value"),
        (("ssn=", V("078%2D05-1120", "s", text="078-05-1120"), "&note=x078-05-1120"), "encoded on the other side"),
        (("ssn=", V("a+b%20c", "s", text="a b c"), "&note=a%20b+c"), "spaces in two spellings"),
        (
            ("ssn=", V("a%2Bb%2Bc", "s", text="a+b+c"), "&note=a+b+c"),
            "a plus sign as it stands there: bytes are searched too",
        ),
        (("ssn=", V("\u00e9\u00e9\u00e9\u00e9", "s"), "&note=%C3%A9%c3%a9\u00e9\u00e9"), "beyond ASCII"),
        (("ssn=", V("a%26b%3D", "s", text="a&b="), "&a&b=1"), "in bytes that are no field"),
    ):
        both.left(f"in a form, {what}", "Form", *pieces)
    for pieces, what in (
        (("ssn=", _FIELD, "&ssn=", _FIELD), "protected twice"),
        (("ssn=", _FIELD, "&note=078%252D05%252D1120"), "encoded twice"),
        (("ssn=", _FIELD, "&a=078-05-&b=1120"), "over two fields"),
        (("ssn=", V("%3D%26no", "s", text="=&no"), "&note=1"), "over the place of a protected value"),
    ):
        both.none(f"in a form, {what}", "Form", *pieces)
    both.left("in a form, over a field's end", "Form", "x=07&ssn=", V("07%26s", "s", text="07&s"), "&y=1")


def _multipart(file) -> None:
    both = _Both(file, "multipart forms", rule("ssn", "$..ssn"), type=MULTIPART)
    ssn = part("ssn", _FIELD)
    for parts, what in (
        ((part("note", "no. 078-05-1120"), ssn), "in a text part"),
        ((ssn, part("078-05-1120", "1")), "in a part's name"),
        ((ssn, part("a", "1", filename="078-05-1120.png")), "in a file name"),
        ((ssn, part("a", b"\xff078-05-1120\xff", filename="x")), "in a file"),
        ((ssn, part("a", "1", more="X-A: 078-05-1120\r\n")), "in another header"),
        ((ssn, part("a", '{"b":"078-05-1120"}', type=JSON)), "in a JSON part"),
        ((ssn, part("a", '{"b":"\\u003078-05-1120"}', type=JSON)), "in a JSON part with an escape"),
        ((part("a", '{"ssn":', _SSN, "}", type=JSON), part("b", "078-05-1120")), "of a JSON part in a text part"),
    ):
        both.left(f"multipart, {what}", "Multipart", *form(*parts))
    for parts, what in (
        ((ssn, ssn), "protected twice"),
        ((ssn, part("a", '{"ssn":', _SSN, "}", type=JSON)), "protected in a JSON part too"),
        ((ssn, part("a", "078%2D05%2D1120")), "percent-encoded in a text part"),
        ((ssn, part("a", b"\xff\xfe0\x007\x008\x00-\x000\x005\x00", filename="x")), "UTF-16 in a file"),
        ((ssn, part("a", "078-05-"), part("b", "1120")), "over two parts"),
    ):
        both.none(f"multipart, {what}", "Multipart", *form(*parts))


def _parts(file) -> None:
    both = _Both(file, "query string and headers", query_rule("q", "q"), header_rule("h", "h"), rule("ssn", "$.ssn"))
    query, headers = ("q=", V("%61bcd", "s", "q", "abcd")), [("H", V("efgh", "s", "h"))]
    flags = ["Query", "Headers"]
    both.left("a value of the query string in the body", flags, '{"a":"xabcd"}', query=query)
    both.left("a value of the query string in the body, escaped", flags, '{"a":"\\u0061bcd"}', query=query)
    both.left("a value of a header in the body", flags, '{"efgh":1}', headers=headers)
    both.left(
        "values of all parts in the body",
        flags,
        '{"ssn":',
        P('"ijkl"', "s"),
        ',"a":"abcd efgh ijkl"}',
        query=query,
        headers=headers,
        count=3,
    )
    both.left("a value of the query string in a form", ["Query", "Form"], "a=a%62cd", query=query, type=FORM)
    both.left(
        "a value of the query string in a body that passes", ["Query"], b"\xffabcd", query=query, type="text/plain"
    )
    both.none(
        "a value of the query string that is protected in the body too",
        flags,
        '{"ssn":',
        P('"abcd"', "s"),
        "}",
        query=query,
    )
    both.none("a value of the body in the query string", flags, '{"ssn":', P('"abcd"', "s"), "}", query="a=abcd")
    both.none("a value of the body in a header", flags, '{"ssn":', P('"abcd"', "s"), "}", headers=[("a", "abcd")])
    both.none("a value of the query string elsewhere in it", flags, "{}", query=(*query, "&a=abcd"))
    both.none("a value of a header in the query string", flags, query="a=efgh", headers=headers)
    both.none("values of a request without a body", flags, query=(*query, "&abcd=1"), headers=[*headers, ("a", "efgh")])
    limited = _Both(file, "rules that are limited", rule("ssn", "$.ssn", methods=["POST"]))
    limited.none(
        "a value that no rule protects in this request",
        "Methods",
        '{"ssn":"078-05-1120","a":"078-05-1120"}',
        method="PUT",
    )
    limited.left(
        "a value that a rule protects in this request", "Methods", '{"ssn":', _SSN, ',"a":"078-05-1120"}', method="POST"
    )
