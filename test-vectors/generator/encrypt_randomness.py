"""Encrypt vectors: the random number generator gives too little, zeros, or the same again."""

from .encrypt_group import EncryptGroup
from .encrypting import P, policy, rule

_FLAG = "Randomness"


def add(file) -> None:
    """Adds the groups."""
    _short(file)
    _zeros(file)
    _repeats(file)


def _direct(file, what: str) -> EncryptGroup:
    return EncryptGroup(file, f"{what}, direct", policy(rule("ssn", "$[*]")))


def _envelope(file, what: str) -> EncryptGroup:
    return EncryptGroup(file, f"{what}, envelope", policy(rule("ssn", "$[*]", mode="envelope")))


def _mixed(file, what: str) -> EncryptGroup:
    return EncryptGroup(
        file,
        f"{what}, both modes",
        policy(
            rule("d", "$.d"), rule("f", "$.f"), rule("e", "$.e", mode="envelope"), rule("g", "$.g", mode="envelope")
        ),
    )


_TWO_DIRECT = ("[", P('"1"', "s"), ",", P('"2"', "s"), "]")
_TWO_SEALED = ("[", P('"1"', "e"), ",", P('"2"', "e"), "]")
# Draws: d takes 32; e takes 32, 32, 12; f takes 32; g takes 12.
_MIXED = (
    '{"d":',
    P('"1"', "s", "d"),
    ',"e":',
    P('"2"', "e", "e"),
    ',"f":',
    P('"3"', "s", "f"),
    ',"g":',
    P('"4"', "e", "g"),
    "}",
)


def _short(file) -> None:
    what = "the generator gives too few bytes"
    direct, envelope = _direct(file, what), _envelope(file, what)
    for count in (0, 31, 32, 63):
        direct.starved(f"{count} bytes where two seeds need 64", _FLAG, lambda data, n=count: data[:n], *_TWO_DIRECT)
    for count, what in (
        (0, "nothing"),
        (31, "not all of the data key"),
        (32, "only the data key"),
        (63, "not all of the seed"),
        (64, "no IV"),
        (75, "not all of the IV"),
        (76, "no second IV"),
        (87, "not all of the second IV"),
    ):
        envelope.starved(
            f"two envelopes get {count} bytes: {what}", _FLAG, lambda data, n=count: data[:n], *_TWO_SEALED
        )
    large = EncryptGroup(file, "the generator gives too few bytes, oversize", policy(rule("ssn", "$.ssn")))
    large.starved(
        "an oversize value gets only as much as a direct one needs",
        [_FLAG, "Oversize"],
        lambda data: data[:32],
        '{"ssn":',
        P(f'"{"x" * 191}"', "e"),
        "}",
    )


def _zeros(file) -> None:
    what = "the generator gives zeros"
    direct, envelope = _direct(file, what), _envelope(file, what)
    direct.starved("the first seed is zero", _FLAG, _zeros_at(0, 32), *_TWO_DIRECT)
    direct.starved("the second seed is zero", _FLAG, _zeros_at(32, 64), *_TWO_DIRECT)
    envelope.starved("the data key is zero", _FLAG, _zeros_at(0, 32), *_TWO_SEALED)
    envelope.starved("the seed of the wrap is zero", _FLAG, _zeros_at(32, 64), *_TWO_SEALED)
    envelope.starved("the first IV is zero", _FLAG, _zeros_at(64, 76), *_TWO_SEALED)
    envelope.starved("the second IV is zero", _FLAG, _zeros_at(76, 88), *_TWO_SEALED)


def _repeats(file) -> None:
    what = "the generator repeats itself"
    direct, envelope, mixed = _direct(file, what), _envelope(file, what), _mixed(file, what)
    direct.starved("the second seed equals the first", _FLAG, _again(0, 32, 32), *_TWO_DIRECT)
    envelope.starved("the seed of the wrap equals the data key", _FLAG, _again(0, 32, 32), *_TWO_SEALED)
    envelope.starved("the second IV equals the first", _FLAG, _again(64, 76, 12), *_TWO_SEALED)
    mixed.starved("the data key equals the seed before it", _FLAG, _again(0, 32, 32), *_MIXED)
    mixed.starved("a seed equals the one before it, an IV stands between", _FLAG, _again(64, 108, 32), *_MIXED)
    mixed.starved("an IV equals the one before it, a seed stands between", _FLAG, _again(96, 140, 12), *_MIXED)
    mixed.valid("both modes, nothing repeats", _FLAG, *_MIXED)


def _zeros_at(start: int, end: int):
    return lambda data: data[:start] + bytes(end - start) + data[end:]


def _again(source: int, target: int, count: int):
    return lambda data: data[:target] + data[source : source + count] + data[target + count :]
