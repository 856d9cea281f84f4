"""A reference of which rules are for a request: by method, by path, by content type."""

import re

from .media_type import MediaType

_PLAIN = re.compile(r"[A-Za-z0-9._~!$&'()*+,=:@/-]+")


def rules_for(
    policy: dict, member: str, method: str | None, path: str | None, body: MediaType | None = None
) -> list[dict]:
    """The rules with this member (`path`, `query`, `header`) that the request is under, in the order of the file."""
    return [
        rule
        for rule in policy["fields"]
        if member in rule
        and _method_fits(rule, method)
        and _path_fits(rule, path)
        and (body is None or "content_types" not in rule or body.fits(rule["content_types"]) is not None)
    ]


def _method_fits(rule: dict, method: str | None) -> bool:
    return "methods" not in rule or method is None or method.upper() in rule["methods"]


def _path_fits(rule: dict, path: str | None) -> bool:
    if "paths" not in rule or path is None or not _is_plain(path):
        return True
    spellings = {path.rstrip("/") or "/", path.rstrip("/") + "/"}
    return any(_pattern(pattern).fullmatch(spelling) for pattern in rule["paths"] for spelling in spellings)


def _is_plain(path: str) -> bool:
    if not path.startswith("/") or not _PLAIN.fullmatch(path):
        return False
    segments = path[1:].split("/")
    if segments[-1] == "":
        segments.pop()  # a `/` at the end, or the path `/`
    return not {"", ".", ".."} & set(segments)


def _pattern(pattern: str) -> re.Pattern:
    text = pattern.rstrip("/") or "/"
    spelt = "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text)
    return re.compile(spelt + "/?", re.IGNORECASE | re.ASCII | re.DOTALL)
