"""Encrypt vectors: text in the shape of a token in a request."""

from . import token
from .encrypt_group import NDJSON, EncryptGroup
from .encrypt_values import CLASSIC_KEY
from .encrypting import P, policy, rule
from .rsakey import A, B
from .stream import Stream

_TOKEN = token.direct("k1", "s", A, b"somebody's", Stream("a foreign token"))
_CLASSIC = token.classic("[enc:", ":enc]", A, "somebody's", Stream("a foreign classic tag"))


def add(file) -> None:
    """Adds the groups."""
    _refused(EncryptGroup(file, "foreign tokens are refused", policy(rule("ssn", "$.ssn"))))
    _passing(file)
    _classic(file)
    _allowed(file)


def _refused(group: EncryptGroup) -> None:
    code = "foreign_token"
    for body, what in (
        (f'{{"note":"{_TOKEN}"}}', "in a field that no rule names"),
        (f'{{"ssn":"{_TOKEN}"}}', "in a field that a rule names"),
        (f'{{"note":"see {_TOKEN}, please"}}', "inside a longer string"),
        (f'{{"{_TOKEN}":1}}', "as a name"),
        (f'{{"a":{{"x{_TOKEN}":1}}}}', "inside a nested name"),
        (f'["{_TOKEN}"]', "in an array"),
        (f'"{_TOKEN}"', "as the whole body"),
        (f'{{"ssn":{{"deep":["{_TOKEN}"]}}}}', "inside a value that is encrypted as a whole"),
        (f'{{"note":"{{\\"a\\":\\"{_TOKEN}\\"}}"}}', "in JSON inside a string"),
        ('{"note":"__es1."}', "the prefix alone"),
        ('{"note":"__es1.k1.s.QUJD.__"}', "a damaged token"),
        ('{"note":"__es1.other.z.QUJD.__"}', "an unknown kind"),
        ('{"note":"__es2.k1.s.QUJD.__"}', "version 2"),
        ('{"note":"__es0."}', "version 0"),
        ('{"note":"__es01."}', "version 01"),
        ('{"note":"__es123456789012345678901234567890."}', "a version of thirty digits"),
        ('{"note":"___es1."}', "an underscore before the prefix"),
        ('{"note":"__es__es1."}', "a false start before the prefix"),
        ('{"note":"__es1__es1."}', "a longer false start before the prefix"),
        ('{"note":"\\\\__es1."}', "a reverse solidus before the prefix"),
    ):
        group.invalid(f"a foreign token: {what}", "ForeignToken", code, body)
    prefix = "__es1."
    for at, char in enumerate(prefix):
        spelt = f"{prefix[:at]}\\u{ord(char):04x}{prefix[at + 1 :]}"
        group.invalid(f"a foreign token written {spelt}", ["ForeignToken", "Escapes"], code, f'{{"note":"{spelt}"}}')
    every = "".join(f"\\u{ord(char):04X}" for char in prefix)
    group.invalid(
        "a foreign token, every character of the prefix escaped",
        ["ForeignToken", "Escapes"],
        code,
        f'{{"note":"{every}"}}',
    )
    group.invalid(
        "a foreign token with escapes in a name", ["ForeignToken", "Escapes"], code, '{"\\u005f\\u005fes1.":1}'
    )
    group.invalid(
        "a foreign token on the second line", ["ForeignToken", "Ndjson"], code, '{"a":1}\n{"a":"__es1."}\n', NDJSON
    )
    for text, what in (
        ("__es.", "no version"),
        ("__es1", "no full stop"),
        ("__esx.", "a letter for a version"),
        ("__es1x.", "a letter after the version"),
        ("__ES1.", "capitals"),
        ("_es1.", "one underscore"),
        ("__ es1.", "a space"),
        ("__es-1.", "a minus sign"),
        ("__es\u0661.", "an Arabic digit"),
        ("__es1\\u0000.", "U+0000 before the full stop"),
        ("es1.k1.s.", "no underscores"),
        (".__", "a suffix"),
    ):
        group.valid(f"no foreign token: {what}", "ForeignToken", f'{{"note":"{text}"}}')
    group.valid("no foreign token: the prefix spread over two strings", "ForeignToken", '["__es","1."]')
    group.valid("no foreign token: a classic tag of another policy", "ForeignToken", f'{{"note":"{_CLASSIC}"}}')


def _passing(file) -> None:
    group = EncryptGroup(
        file,
        "bodies that pass are searched too",
        policy(rule("ssn", "$.ssn"), content_types={"text/plain": "pass", "application/octet-stream": "pass"}),
    )
    for body, what in (
        (_TOKEN, "a token"),
        ("a __es1. b", "the prefix"),
        ("__es7.", "another version"),
        (b"\xff__es1.\xff", "amid bytes that are not UTF-8"),
    ):
        group.invalid(
            f"a body that passes holds {what}",
            ["ForeignToken", "ContentType"],
            "foreign_token",
            body,
            "application/octet-stream",
        )
    group.passed("a body that passes holds no token", ["ForeignToken", "ContentType"], "__es x __es1", "text/plain")


def _classic(file) -> None:
    group = EncryptGroup(
        file,
        "classic prefixes are foreign tokens under a policy that declares them",
        policy(rule("ssn", "$.ssn"), rule("b", "$.b", "k2"), keys={"k1": CLASSIC_KEY, "k2": B}),
    )
    flags = ["ForeignToken", "Classic"]
    for body, what in (
        (f'{{"note":"{_CLASSIC}"}}', "a whole tag"),
        ('{"note":"a [enc: b"}', "the prefix alone"),
        ('{"[enc:":1}', "the prefix as a name"),
        ('{"ssn":"[enc:"}', "the prefix in its own field"),
        ('{"note":"\\u005benc\\u003a"}', "the prefix, escaped"),
        ('{"note":"[[enc:"}', "the prefix behind its first character"),
    ):
        group.invalid(f"a classic foreign token: {what}", flags, "foreign_token", body)
    group.invalid("a token beside classic tags", flags, "foreign_token", '{"note":"__es1."}')
    for text, what in (("[ENC:", "capitals"), ("[enc", "a cut prefix"), (":enc]", "the suffix")):
        group.valid(f"no classic foreign token: {what}", flags, f'{{"note":"{text}"}}')
    allowed = EncryptGroup(
        file,
        "classic prefixes are allowed",
        policy(rule("ssn", "$.ssn"), keys={"k1": CLASSIC_KEY}, foreign_tokens="allow"),
    )
    allowed.valid(
        "a classic tag is encrypted again", flags, f'{{"note":"{_CLASSIC}","ssn":', P('"[enc:x:enc]"', "c"), "}"
    )


def _allowed(file) -> None:
    group = EncryptGroup(file, "foreign tokens are allowed", policy(rule("ssn", "$.ssn"), foreign_tokens="allow"))
    group.valid(
        "a value is never left alone because it looks encrypted", "ForeignToken", '{"ssn":', P(f'"{_TOKEN}"', "e"), "}"
    )
    group.valid("a short lookalike is encrypted again", "ForeignToken", '{"ssn":', P('"__es1.k1.s.QUJD.__"', "s"), "}")
    group.valid(
        "a lookalike with escapes is encrypted again",
        ["ForeignToken", "Escapes"],
        '{"ssn":',
        P('"\\u005f_es1."', "v"),
        "}",
    )
    group.valid("a token where no rule looks stays", "ForeignToken", f'{{"{_TOKEN}":"{_TOKEN}"}}')
    group.valid("another version is allowed too", "ForeignToken", '{"note":"__es2."}')
    passing = EncryptGroup(
        file,
        "foreign tokens are allowed, bodies pass",
        policy(rule("ssn", "$.ssn"), foreign_tokens="allow", content_types={"text/plain": "pass"}),
    )
    passing.passed("a token in a body that passes is allowed", ["ForeignToken", "ContentType"], _TOKEN, "text/plain")
