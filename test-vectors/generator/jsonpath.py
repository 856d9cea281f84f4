"""A reference evaluator of the path subset, over a parsed document. Slow and plain: sets of positions."""

import re

from .encoding import pointer
from .jsontext import Number, Pairs, parse

_SHORTHAND = r"[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_\u0080-\U0010ffff]*"
_BLANKS = r"[ \t\n\r]*"
_SEGMENT = re.compile(
    rf"{_BLANKS}(?:(?P<deep>\.\.)(?P<name1>{_SHORTHAND}|\*)"
    rf"|\.(?P<name2>{_SHORTHAND}|\*)"
    rf"|(?P<deep2>\.\.)?\[{_BLANKS}(?:(?P<index>0|[1-9][0-9]*)|(?P<star>\*)"
    r"""|'(?P<single>(?:[^'\\\x00-\x1f]|\\(?:['/\\bfnrt]|u[0-9A-Fa-f]{4}))*)'"""
    r"""|"(?P<double>(?:[^"\\\x00-\x1f]|\\(?:["/\\bfnrt]|u[0-9A-Fa-f]{4}))*)")[ \t\n\r]*\])"""
)
_LARGEST_INDEX = 2**53 - 1
_ANY = object()
# Simple case folding (Unicode CaseFolding.txt, status C and S). Python has the full folding only: it is the same
# wherever it gives one character; of the others, these are what the vectors use. And the dotted and the dotless i,
# which Java takes for i.
_SIMPLE = {"\u1e9e": "\u00df", "\u1f88": "\u1f80", "\u0130": "i", "\u0131": "i"}


class PathRefused(ValueError):
    """The path is not in the subset."""


def parse_path(path: str) -> list[tuple[bool, object]]:
    """The segments: (at any depth, name | index | any)."""
    if not path.startswith("$"):
        raise PathRefused(path)
    segments, at = [], 1
    while at < len(path):
        found = _SEGMENT.match(path, at)
        if not found:
            raise PathRefused(path)
        part = found.groupdict()
        name = part["name1"] or part["name2"]
        selector: object = _ANY
        if part["index"] is not None:
            selector = int(part["index"])
            if selector > _LARGEST_INDEX:
                raise PathRefused(path)
        elif name and name != "*":
            selector = name
        elif part["single"] is not None:
            selector = _unescape(part["single"].replace("\\'", "'"))
        elif part["double"] is not None:
            selector = _unescape(part["double"].replace('\\"', '"'))
        segments.append((bool(part["deep"] or part["deep2"]), selector))
        at = found.end()
    return segments


def positions(path: str, match: str, document) -> set[tuple[int, ...]]:
    """Where the path matches: positions in the tree, which sort in document order."""
    found = {(): document}
    for deep, selector in parse_path(path):
        start = {at: node for top, value in found.items() for at, node in _below(top, value)} if deep else found
        found = {
            at: child
            for top, value in start.items()
            for at, step, child in _children(top, value)
            if _selects(selector, step, match)
        }
    return set(found)


def pointers(where: set[tuple[int, ...]], document) -> list[str]:
    """The JSON Pointers of these positions, in document order. A duplicated name repeats its pointer."""
    return [_pointer_of(at, document) for at in sorted(where)]


def outermost(where: set[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """The positions that are below no other."""
    return {at for at in where if not any(at[:length] in where for length in range(len(at)))}


def protected(policy: dict, text: str) -> list[tuple[str, object]]:
    """What a policy encrypts in one JSON text: (rule name, value) in document order."""
    document = parse(text)
    rules = [(rule, positions(rule["path"], rule.get("match", "exact"), document)) for rule in policy["fields"]]
    decided = outermost(set().union(*(where for _, where in rules)))
    out = []
    for at in sorted(decided):
        rule = next(rule for rule, where in rules if at in where)
        value = value_at(at, document)
        if value is not None or rule.get("encrypt_null"):
            out.append((rule["name"], value))
    return out


def value_at(at, document):
    """The value at a position."""
    value = document
    for number in at:
        value = value[number][1] if isinstance(value, Pairs) else value[number]
    return value


def strings(document, decided=frozenset(), at=()) -> list[str]:
    """Every string and name, but for what is at or below these positions."""
    if at in decided:
        return []
    found = [document] if isinstance(document, str) and not isinstance(document, Number) else []
    for place, step, child in _children(at, document):
        found += [step] if isinstance(step, str) else []
        found += strings(child, decided, place)
    return found


def objects(document) -> list[Pairs]:
    """Every object."""
    below = [found for _, _, child in _children((), document) for found in objects(child)]
    return [document, *below] if isinstance(document, Pairs) else below


def fold(name: str) -> str:
    """Simple case folding, and the dotted and the dotless i with i."""
    out = (_SIMPLE.get(char) or char.casefold() for char in name)
    return "".join(folded if len(folded) == 1 else char for folded, char in zip(out, name, strict=True))


def _unescape(text: str) -> str:
    """Resolves escapes. A quotation mark stands for itself here: the caller has resolved the one that needs it."""
    safe = re.sub(r'\\.|"', lambda hit: '\\"' if hit[0] == '"' else hit[0], text)
    value = parse('"' + safe + '"')
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise PathRefused(text)
    return value


def _below(at, value):
    yield at, value
    for place, _, child in _children(at, value):
        yield from _below(place, child)


def _children(at, value):
    if isinstance(value, Pairs):
        for number, (name, child) in enumerate(value):
            yield (*at, number), name, child
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield (*at, number), number, child


def _selects(selector, step, match: str) -> bool:
    if selector is _ANY:
        return True
    if isinstance(selector, str) and isinstance(step, str):
        return fold(selector) == fold(step) if match == "ignore-case" else selector == step
    return isinstance(selector, int) and isinstance(step, int) and selector == step


def _pointer_of(at, document) -> str:
    steps, value = [], document
    for number in at:
        if isinstance(value, Pairs):
            name, value = value[number]
            steps.append(name)
        else:
            value = value[number]
            steps.append(number)
    return pointer(*steps)
