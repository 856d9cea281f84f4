"""A reference reader of content types: which format a policy reads a body in."""

import re

from .refused import Refused

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_TYPE = re.compile(rf"[ \t]*({_TOKEN}/{_TOKEN})[ \t]*(?=;|$)")
_PARAMETER = re.compile(rf';[ \t]*(?:({_TOKEN})=(?:({_TOKEN})|"((?:[^"\\]|\\.)*)"))?[ \t]*(?=;|$)')
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_DEFAULT = {
    "application/json": "json",
    "application/*+json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
}


class MediaType:
    """A media type, in lower case, and its parameters."""

    def __init__(self, text: str | None) -> None:
        start = _TYPE.match(text or "")
        if not start:
            raise Refused("content_type_unsupported")
        self.name = start[1].lower()
        self.parameters: list[tuple[str, str]] = []
        at = start.end()
        while at < len(text):
            found = _PARAMETER.match(text, at)
            if not found:
                raise Refused("content_type_unsupported")
            name, plain, quoted = found.groups()
            if name:
                value = plain if plain is not None else re.sub(r"\\(.)", r"\1", quoted)
                self.parameters.append((name.lower(), value))
            at = found.end()
        self._text = text
        charsets = self._all("charset")
        if (
            any("*" in name for name, _ in self.parameters)
            or len(charsets) > 1
            or any(value.lower() != "utf-8" for value in charsets)
        ):
            raise Refused("content_type_unsupported")

    def boundary(self) -> str:
        """The boundary of its parts."""
        found = self._all("boundary")
        once = self._text.lower().count("boundary=") == 1
        others = {name for name, _ in self.parameters} - {"boundary", "charset"}
        if (
            not once
            or others
            or "=?" in self._text
            or "\\" in self._text
            or len(found) != 1
            or not _BOUNDARY.fullmatch(found[0])
        ):
            raise Refused("content_type_unsupported")
        return found[0]

    def fits(self, patterns, json_patch: bool = True) -> str | None:
        """The name or pattern that it fits, exact names first."""
        folded = {pattern.lower(): pattern for pattern in patterns}
        if self.name in folded:
            return folded[self.name]
        if self.name == "application/json-patch+json" and not json_patch:
            return None
        kind, _, rest = self.name.partition("/")
        facet, plus, suffix = rest.rpartition("+")
        return folded.get(f"{kind}/*+{suffix}") if plus and facet else None

    def _all(self, name: str) -> list[str]:
        return [value for other, value in self.parameters if other == name]


def format_of(policy: dict, media_type: MediaType) -> str | None:
    """What the policy reads a body of this type as; None where it names none."""
    types = policy.get("content_types", _DEFAULT)
    found = media_type.fits(types, json_patch=False)
    return types[found] if found is not None else None
