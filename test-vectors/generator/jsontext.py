"""JSON text: minimal escapes, the kind a value takes, what a value is as text."""

import json

_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def escape(text: str) -> str:
    """The characters of `text` as RFC 8785, section 3.2.2.2 writes them inside a JSON string."""
    return "".join(_SHORT.get(char) or (f"\\u{ord(char):04x}" if char < " " else char) for char in text)


def quote(text: str) -> str:
    """The minimal JSON text of a string."""
    return '"' + escape(text) + '"'


def parse(text: str):
    """The value of one JSON text. Objects become lists of `(name, value)`, numbers stay text."""
    return json.loads(text, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number, parse_constant=_refuse)


def text_of(json_text: str) -> str | None:
    """The text of a string value; None for every other value, and for a string with a lone surrogate."""
    value = parse(json_text)
    if not isinstance(value, str) or isinstance(value, Number) or is_lone(value):
        return None
    return value


def is_lone(text: str) -> bool:
    """Whether the string holds a surrogate without its other half."""
    return any("\ud800" <= char <= "\udfff" for char in text)


def kind_of(json_text: str) -> str:
    """The kind of direct mode: `s` for a string in minimal JSON text, `v` for everything else."""
    text = text_of(json_text)
    return "s" if text is not None and quote(text) == json_text else "v"


class Pairs(list):
    """An object: its members in order, duplicates kept."""


class Number(str):
    """A number as it is written."""


def _refuse(text: str):
    raise ValueError(f"{text} is not JSON")
