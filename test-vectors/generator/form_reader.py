"""A reference reader of forms and query strings."""

import re
from urllib.parse import parse_qsl, unquote_to_bytes

from .form_names import is_plain
from .refused import Refused

_HALF = re.compile("%(?![0-9A-Fa-f]{2})")
_KEPT = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._"


def fields(data: bytes, code: str) -> list[tuple[str, str | None]]:
    """Name and value of each field, decoded; the value is None without `=`. `code`: that of what is refused."""
    text = utf8(data)
    if ";" in text or text.startswith("?"):
        raise Refused(code)
    found = []
    for field in filter(None, text.split("&")):
        name, equals, value = field.partition("=")
        name, value = _decode(name, code), _decode(value, code) if equals else None
        if (
            not is_plain(name)
            or _is_split_elsewhere(field)
            or (name.lower() == "_charset_" and (value or "").lower() != "utf-8")
        ):
            raise Refused(code)
        found.append((name, value))
    if parse_qsl(text, keep_blank_values=True) != [(name, value or "") for name, value in found]:
        raise AssertionError(f"another reader finds other fields: {text}")
    return found


def utf8(data: bytes) -> str:
    """The text of a body, without a byte order mark."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("body_not_utf8") from error
    if text.startswith("\ufeff"):
        raise Refused("body_not_utf8")
    return text


def leniently(text: str) -> str:
    """What is left of a text that nobody has to be able to read."""
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


def serialise(data: bytes) -> str:
    """WHATWG URL, section 5.2, for one name or value."""
    return "".join("+" if byte == 0x20 else chr(byte) if byte in _KEPT else f"%{byte:02X}" for byte in data)


def _is_split_elsewhere(field: str) -> bool:
    """Whether a parser that knows brackets takes more for the name."""
    name, _, value = field.upper().partition("=")
    return not name.endswith(("]", "%5D")) and ("]=" in value or "%5D=" in value)


def _decode(text: str, code: str) -> str:
    if _HALF.search(text):
        raise Refused(code)
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(code) from error
