"""A reference reader of multipart/form-data, strict where parsers differ. Python's own parser reads what it takes."""

import re
from dataclasses import dataclass
from email import policy as email_policy
from email.message import Message
from email.parser import BytesParser

from .form_names import is_plain
from .media_type import MediaType
from .refused import Refused

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_LINE = re.compile(rf"({_TOKEN}):[ \t]*([^\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]*?)[ \t]*")
_PARAMETER = re.compile(rf';[ \t]*({_TOKEN})=(?:({_TOKEN})|"([^"\\]*)")[ \t]*(?=;|$)')


@dataclass
class Part:
    """One part: its name, what its headers say, and its content."""

    name: str
    filename: str | None
    content_type: str | None
    content: bytes


def parts(data: bytes, boundary: str) -> list[Part]:
    """The parts of a body."""
    mark = b"--" + boundary.encode("ascii")
    chunks = (b"\r\n" + data).split(b"\r\n" + mark)
    before, last = chunks[0], chunks[-1]
    if before or len(chunks) < 2 or last not in (b"--", b"--\r\n") or data.count(mark) != len(chunks) - 1:
        raise Refused("multipart_invalid")
    if any(not chunk.startswith(b"\r\n") for chunk in chunks[1:-1]):
        raise Refused("multipart_invalid")
    found = [_part(chunk[2:]) for chunk in chunks[1:-1]]
    if any(part.name.lower() == "_charset_" and part.content.lower() != b"utf-8" for part in found):
        raise Refused("multipart_invalid")
    _compare(data, boundary, found)
    return found


def _part(chunk: bytes) -> Part:
    head, blank, content = chunk.partition(b"\r\n\r\n")
    if not blank:
        raise Refused("multipart_invalid")
    headers: dict[str, str] = {}
    once = ("content-disposition", "content-type", "content-length")
    try:
        lines = head.decode("utf-8").split("\r\n")
    except UnicodeDecodeError as error:
        raise Refused("multipart_invalid") from error
    for line in lines:
        found = _LINE.fullmatch(line)
        if not found or (found[1].lower() in once and found[1].lower() in headers):
            raise Refused("multipart_invalid")
        headers[found[1].lower()] = found[2]
        if headers.get("content-transfer-encoding", "binary").lower() not in ("7bit", "8bit", "binary"):
            raise Refused("multipart_invalid")
    if headers.get("content-length", str(len(content))) != str(len(content)):
        raise Refused("multipart_invalid")
    disposition = _disposition(headers.get("content-disposition", ""))
    return Part(disposition["name"], disposition.get("filename"), headers.get("content-type"), content)


def _disposition(text: str) -> dict[str, str]:
    start = re.match(r"form-data[ \t]*(?=;|$)", text, re.IGNORECASE)
    if not start:
        raise Refused("multipart_invalid")
    parameters: dict[str, str] = {}
    at = start.end()
    while at < len(text):
        found = _PARAMETER.match(text, at)
        value = found and (found[3] if found[2] is None else found[2])
        if not found or found[1].lower() in parameters or value.startswith("'"):
            raise Refused("multipart_invalid")
        parameters[found[1].lower()] = value
        at = found.end()
    name = parameters.get("name", " ")
    names = text.lower().count("name=")
    if set(parameters) - {"name", "filename"} or names != len(parameters) or not _is_plain(name):
        raise Refused("multipart_invalid")
    return parameters


def _is_plain(name: str) -> bool:
    return is_plain(name) and not re.search(r"%22|%0A|%0D|=\?", name, re.IGNORECASE)


def _compare(data: bytes, boundary: str, found: list[Part]) -> None:
    """Asks Python's parser for names and contents."""
    head = f'Content-Type: multipart/form-data; boundary="{boundary}"\r\n\r\n'.encode("ascii")
    message = BytesParser(policy=email_policy.compat32).parsebytes(head + data)
    other = message.get_payload() if message.is_multipart() else []
    # In a part of that kind it would look for parts again.
    contents = [
        None if part.is_multipart() or "multipart" in part.get_content_type() else part.get_payload(decode=True)
        for part in other
    ]
    same = [part.content if content is not None else None for part, content in zip(found, contents, strict=True)]
    read = [_name(part) for part in other]
    if (read, contents) != ([part.name for part in found], same):
        raise AssertionError(f"another parser finds {read}, this one {found}")


def _name(part: Message) -> str:
    value = next(value for name, value in part.raw_items() if name.lower() == "content-disposition")
    head = Message()
    head["Content-Disposition"] = value.encode("utf-8", "surrogateescape").decode("utf-8")
    return head.get_param("name", header="content-disposition")


def kind_of(part: Part, format_of) -> str:
    """`json`, `ndjson`, `text`, or `file` for a part that passes. `format_of`: what the policy reads a type as."""
    media_type = None if part.content_type is None else MediaType(part.content_type)
    format = None if media_type is None else format_of(media_type)
    if format in ("json", "ndjson"):
        return format
    if part.filename is None and (media_type is None or media_type.name == "text/plain"):
        return "text"
    is_nested = media_type is not None and media_type.name.startswith(("multipart/", "message/"))
    if format == "pass" or (part.filename is not None and format is None and not is_nested):
        return "file"
    raise Refused("content_type_unsupported")
