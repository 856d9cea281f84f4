"""A reference of how the name of a form's field is read: as it is, and as a path."""

import itertools
import re

from .jsontext import Pairs

_BLANK = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_NOT_PLAIN = re.compile(f"^[{_BLANK}]|[{_BLANK}]$|\0")
_PATH = re.compile(r"(?!\[)[^\[\]]*(\[[^\[\]]*\](\.[^\[\]]*)?)*", re.DOTALL)


def is_plain(name: str) -> bool:
    """Whether every parser takes the name for the same."""
    return bool(_PATH.fullmatch(name)) and not _NOT_PLAIN.search(name)


def positions(rules: list[dict], name: str, value, find) -> dict[str, set]:
    """By rule name the positions in a field's value that the rule matches; what is around the value is all of it."""
    found = {rule["name"]: set() for rule in rules}
    for action in ("encrypt", "report"):
        asked = [rule for rule in rules if rule.get("action", "encrypt") == action]
        matches = [
            # The name as it is goes before what is around the value, and the outermost before the others.
            (len(at) if number else 0, rule["name"], at[len(leaf) :])
            for number, (document, leaf) in enumerate(_readings(name, value))
            for rule in asked
            for at in find(rule, document)
            if at and (at == leaf[: len(at)] or at[: len(leaf)] == leaf)
        ]
        outermost = min((depth for depth, _, at in matches if at == ()), default=0)
        for depth, rule_name, at in matches:
            if at != () or depth == outermost:
                found[rule_name].add(at)
    return found


def _readings(name: str, value):
    """A document with the field in it, and where in it the value stands."""
    yield Pairs([(name, value)]), (0,)
    if "[" not in name and "." not in name:
        return
    # Each dot separates, or is a letter; or it is one in brackets.
    for separator in (r"[\[.]", r"\[|\.(?![^\[\]]*\])", r"\["):
        first, *steps = (step.removesuffix("]").strip("\"'") for step in re.split(separator, name))
        # A number is an element to some parsers, and to others the name of a member: each number for itself.
        for indices in itertools.product(*map(_indices, steps)):
            around, leaf = value, []
            for step, index in reversed(list(zip(steps, indices, strict=True))):
                around = Pairs([(step, around)]) if index is None else [None] * index + [around]
                leaf.insert(0, index or 0)
            yield Pairs([(first, around)]), (0, *leaf)


def _indices(step: str) -> list[int | None]:
    """What a step may be the index of; none if it is a name."""
    if step == "":
        return [0]
    return [int(step), None] if re.fullmatch("[0-9]+", step) else [None]
