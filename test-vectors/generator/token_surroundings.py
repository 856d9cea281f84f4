"""Token vectors: tokens with text around them, tokens side by side, and what is no token."""

from . import token
from .decrypting import DecryptGroup, K, T, keyring
from .encoding import b64url
from .rsakey import A
from .stream import Stream
from .token_direct import KEYS, direct
from .token_envelope import framed, sealed

_FLAG = "Surroundings"
_GOOD = direct("k1", "s", "good", "a token amid text")
_OTHER = direct("k2", "v", "42", "another token amid text")
_SEALED = framed(sealed("an envelope amid text"))
_BODY = _GOOD.split(".")[3]
DAMAGED = "token_damaged"


def add(file) -> None:
    """Adds the groups."""
    _beside(DecryptGroup(file, "tokens amid text", keyring(**KEYS), alone=True))
    _damaged(DecryptGroup(file, "damage beside tokens", keyring(**KEYS), alone=True))
    _none(DecryptGroup(file, "text that holds no token", keyring(**KEYS), alone=True))
    _never_again(DecryptGroup(file, "output is not scanned again", keyring(**KEYS), alone=True))


def _beside(group: DecryptGroup) -> None:
    good, other, sealed_token = T(_GOOD, "good"), T(_OTHER, "42"), T(_SEALED, "123")
    for what, pieces in (
        ("text before and behind", ("a ", good, " b")),
        ("letters right before and behind", ("a", good, "b")),
        ("full stops right before and behind", (".", good, ".")),
        ("underscores around it", ("_", good, "_")),
        ("two underscores before it", ("__", good)),
        ("the beginning of a prefix before it", ("__es", good)),
        ("a longer beginning of a prefix before it", ("__es1", good)),
        ("two tokens back to back", (good, other)),
        ("three tokens back to back", (good, sealed_token, good)),
        ("one token twice", (good, " ", good)),
        ("a suffix before it", (".__", good)),
        ("a suffix behind it", (good, ".__")),
        ("quotation marks", ('"', good, '"')),
        ("lines", (good, "\n", other, "\r\n")),
        ("CSV", ("id,ssn\n1,", good, "\n2,", other, "\n")),
        ("a form body", ("ssn=", good, "&age=", other)),
        ("XML", ("<ssn>", good, "</ssn>")),
        ("bytes that are not UTF-8", (b"\xff\xfe", good, b"\x80")),
        ("U+0000", ("\x00", good, "\x00")),
        ("a byte order mark", ("\ufeff", good)),
    ):
        group.opens(f"amid text: {what}", _FLAG, *pieces)


def _damaged(group: DecryptGroup) -> None:
    good = T(_GOOD, "good")
    short = f"__es1.k1.s.{_BODY[:-1]}.__"
    cases = (
        ("a damaged token, then a good one", (K(short, DAMAGED), good)),
        ("a good token, then a damaged one", (good, K(short, DAMAGED))),
        ("a damaged token between two good ones", (good, K(short, DAMAGED), good)),
        ("a token cut in its body, a good one in the gap", (K(_GOOD[:200], DAMAGED), good)),
        ("a token that lost its suffix, then a good one", (K(_GOOD[:-3], DAMAGED), good)),
        ("a token inside the body of another", (K(_GOOD[:150], DAMAGED), good, _GOOD[150:])),
        ("the prefix, then a good token behind a space", (K("__es1. ", DAMAGED), good)),
        ("the prefix at the end", (good, K("__es1.", DAMAGED))),
        ("two damaged tokens", (K(short, DAMAGED), "\u00e9 ", K(short, DAMAGED))),
        ("the prefix and a hyphen in the kind's place", (K("__es1.k-1.s-t.", DAMAGED), good)),
        ("a body that runs into the next token", (K(f"__es1.k1.s.{_BODY}", DAMAGED), good)),
    )
    for what, pieces in cases:
        group.opens(f"damage: {what}", [_FLAG, "Structure"], *pieces)
    group.opens(
        "a prefix right before a token takes its prefix for a key id, and its key id for a kind",
        [_FLAG, "Kind"],
        K("__es1.", "token_kind_unknown"),
        good,
    )
    group.opens("another version, then a good token", [_FLAG, "Version"], K("__es2.", "token_version_unknown"), good)
    group.opens(
        "a good token, then another version", [_FLAG, "Version"], good, K("__es2.k1.s.QQ.__", "token_version_unknown")
    )
    group.opens("an unknown kind, then a good token", [_FLAG, "Kind"], K("__es1.k1.x.", "token_kind_unknown"), good)
    junk = b64url(Stream("does not open").take(256))
    group.fails(
        "one token that does not open fails the whole text",
        [_FLAG, "Oaep"],
        f"{_GOOD} __es1.k1.s.A{junk[1:]}.__ {_OTHER}",
    )


def _none(group: DecryptGroup) -> None:
    for text, what in (
        ("", "nothing"),
        ("plain text", "plain text"),
        ("__es.", "no version"),
        ("__es1", "no full stop"),
        ("__esx.", "a letter for a version"),
        ("__es1x.k1.s.", "a letter behind the version"),
        ("__ES1.k1.s.", "capitals"),
        ("__eS1.", "one capital"),
        ("_es1.k1.s.", "one underscore"),
        ("__ es1.", "a space inside"),
        ("__es 1.", "a space before the version"),
        ("__es1 .", "a space behind it"),
        ("__es-1.", "a minus sign"),
        ("__es+1.", "a plus sign"),
        ("__es1,", "a comma"),
        ("__es\u0661.", "an Arabic digit"),
        ("__es\uff11.", "a full-width digit"),
        ("__es\u00b9.", "a superscript digit"),
        ("\uff3f\uff3fes1.", "full-width underscores"),
        (".__", "a suffix"),
        (f"k1.s.{_BODY}.__", "a token without its prefix"),
        (_GOOD.replace("__es1.", "__es1%2E"), "a full stop as a per cent escape"),
        (_GOOD.lower().replace("__es1", "__ez1"), "another word"),
        ("__es1\x00.", "U+0000 inside"),
        ("__e\u0073\u03011.", "a combining accent inside"),
        ("\\u005f\\u005fes1.", "a JSON escape in plain text"),
    ):
        group.opens(f"no token: {what}", _FLAG, text)


def _never_again(group: DecryptGroup) -> None:
    stream = Stream("tokens in plaintexts")
    inner = "__es1.k1.s.QUJD.__"
    group.opens("a plaintext that looks like a token", _FLAG, T(direct("k1", "s", inner, "lookalike"), inner))
    sealed_token = token.envelope("k1", token.DataKey(A, stream), "ssn", None, f'"{_GOOD}"', stream)
    group.opens("a plaintext that is a good token comes out as text", [_FLAG, "Envelope"], T(sealed_token, _GOOD))
    thirds = (
        direct("k1", "s", _GOOD[:150], "first third"),
        direct("k1", "s", _GOOD[150:300], "second third"),
        direct("k1", "s", _GOOD[300:], "last third"),
    )
    group.opens(
        "plaintexts that together make a token",
        _FLAG,
        *(T(text, part) for text, part in zip(thirds, (_GOOD[:150], _GOOD[150:300], _GOOD[300:]), strict=True)),
    )
    group.opens(
        "a plaintext and the text behind it together make a prefix",
        _FLAG,
        T(direct("k1", "s", "__es", "half a prefix"), "__es"),
        "1.",
    )
