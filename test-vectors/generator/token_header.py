"""Token vectors: the protected header of kind e."""

from . import token
from .decrypting import DecryptGroup, T, keyring
from .token_direct import KEYS
from .token_envelope import framed, sealed

_PARTS = {"alg": '"RSA-OAEP-256"', "cty": '"json"', "ctx": '{"field":"ssn"}', "enc": '"A256GCM"'}


def header(*order: str, **changes: str | None) -> str:
    """The header with members changed, left out (None) or added."""
    parts = {name: value for name, value in (_PARTS | changes).items() if value is not None}
    names = order or tuple(parts)
    return "{" + ",".join(f'"{name}":{parts[name]}' for name in names) + "}"


def add(file) -> None:
    """Adds the groups."""
    group = DecryptGroup(file, "protected headers", keyring(**KEYS), alone=True)
    _valid(group)
    _members(group)
    _context(group)
    _texts(group)


def _opens(group: DecryptGroup, what: str, text: str) -> None:
    group.opens(f"header: {what}", ["Header", "Envelope"], T(framed(sealed("header " + what, header=text)), "123"))


def _fails(group: DecryptGroup, what: str, text: str | bytes) -> None:
    group.fails(f"header: {what}", ["Header", "Envelope"], framed(sealed("header " + what, header=text)))


def _valid(group: DecryptGroup) -> None:
    assert header() == token.header("ssn")
    _opens(group, "as an encryptor writes it", header())
    _opens(group, "members in another order", header("enc", "ctx", "cty", "alg"))
    _opens(group, "members in yet another order", header("ctx", "alg", "enc", "cty"))
    _opens(
        group,
        "white space",
        ' {\n"alg" : "RSA-OAEP-256",\t"cty":"json" , "ctx":{ "field" : "ssn" },"enc":"A256GCM"}\r\n',
    )
    _opens(
        group,
        "escapes in a name and a value",
        '{"\\u0061lg":"RSA-OAEP-\\u003256","cty":"json","ctx":{"field":"ssn"},"enc":"A256GCM"}',
    )
    _opens(group, "field is not the first of the context", header(ctx='{"a":"1","field":"ssn"}'))
    _opens(group, "context values of every kind of text", header(ctx='{"field":"","a":"\u00e9\\n\\u0041","":"x"}'))
    longest = header(ctx='{"field":"ssn","a":"' + "x" * (3072 - len(header()) - 7) + '"}')
    assert len(longest) == 3072
    _opens(group, "4,096 characters", longest)


def _members(group: DecryptGroup) -> None:
    for name in _PARTS:
        _fails(group, f"no {name}", header(**{name: None}))
        _fails(group, f"{name} is null", header(**{name: "null"}))
        _fails(group, f"{name} is a number", header(**{name: "1"}))
        _fails(group, f"{name} is an array", header(**{name: "[]"}))
        _fails(group, f"{name} twice", header()[:-1] + f',"{name}":{_PARTS[name]}}}')
    for name in ("alg", "cty", "enc"):
        _fails(group, f"{name} is an object", header(**{name: "{}"}))
        _fails(group, f"{name} is empty", header(**{name: '""'}))
        _fails(group, f"{name} in another case", header(**{name: _PARTS[name].swapcase()}))
    _fails(group, "alg twice, once with an escape", header()[:-1] + ',"\\u0061lg":"RSA-OAEP-256"}')
    for name, value in (
        ("typ", '"JOSE"'),
        ("kid", '"k1"'),
        ("zip", '"DEF"'),
        ("crit", '["exp"]'),
        ("jku", '"x"'),
        ("jwk", "{}"),
        ("apu", '""'),
        ("exp", "1"),
        ("", '""'),
        ("Alg", '"RSA-OAEP-256"'),
    ):
        _fails(group, f"another member: {name!r}", header(**{name: value}))
    for value in (
        "RSA-OAEP",
        "RSA1_5",
        "RSA-OAEP-384",
        "RSA-OAEP-512",
        "dir",
        "A256KW",
        "A256GCMKW",
        "none",
        "RSA-OAEP-256 ",
        "RSAES_OAEP_SHA_256",
        "ECDH-ES",
    ):
        _fails(group, f"alg is {value!r}", header(alg=f'"{value}"'))
    for value in ("A128GCM", "A192GCM", "A256CBC-HS512", "A128CBC-HS256", "none", "AES-256-GCM", "A256GCM\\u0000"):
        _fails(group, f"enc is {value!r}", header(enc=f'"{value}"'))
    for value in ("application/json", "JSON", "jwt", "text", "json "):
        _fails(group, f"cty is {value!r}", header(cty=f'"{value}"'))


def _context(group: DecryptGroup) -> None:
    for value, what in (
        ('"ssn"', "a string"),
        ("{}", "empty"),
        ('{"a":"1"}', "without field"),
        ('{"Field":"ssn"}', "with Field for field"),
        ('{"field":1}', "with a number for field"),
        ('{"field":null}', "with null for field"),
        ('{"field":["ssn"]}', "with an array for field"),
        ('{"field":"ssn","a":1}', "with a number"),
        ('{"field":"ssn","a":true}', "with true"),
        ('{"field":"ssn","a":null}', "with null"),
        ('{"field":"ssn","a":{}}', "with an object"),
        ('{"field":"ssn","a":[]}', "with an array"),
        ('{"field":"ssn","field":"ssn"}', "with field twice"),
        ('{"field":"ssn","a":"1","a":"2"}', "with a name twice"),
        ('{"field":"ssn","a":"1","\\u0061":"2"}', "with a name twice, once escaped"),
        ("true", "true"),
    ):
        _fails(group, f"ctx is {what}", header(ctx=value))


def _texts(group: DecryptGroup) -> None:
    good = header()
    for text, what in (
        (good[:-1], "not closed"),
        (good + "}", "one brace too many"),
        (good + good, "two objects"),
        (f"[{good}]", "an array"),
        ('"' + "x" * 20 + '"', "a string"),
        ("null", "null"),
        ("1", "a number"),
        ("{}", "an empty object"),
        (" ", "white space alone"),
        ("x", "a bare word"),
        (good[:-1] + ",}", "a comma at the end"),
        (good.replace('"', "'"), "single quotes"),
        ("\ufeff" + good, "a byte order mark"),
        (good + "\x00", "U+0000 behind it"),
        (good.replace("ssn", "s\nn"), "LF in a string"),
        (good + "//", "a comment"),
    ):
        _fails(group, f"not a JSON object: {what}", text)
    for data, what in ((b"\xff", "byte FF"), (b"\xed\xa0\x80", "a surrogate"), (b"\xc0\xaf", "an overlong solidus")):
        _fails(group, f"not UTF-8: {what}", good.encode().replace(b"ssn", data))
    _fails(group, "UTF-16", good.encode("utf-16"))
