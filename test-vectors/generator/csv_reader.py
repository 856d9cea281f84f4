"""A reference reader of CSV (RFC 4180): a pattern for a field, and Python's own parser for what comes out."""

import csv
import io
import re

DELIMITERS = {"csv": ",", "csv-semicolon": ";", "csv-tab": "\t", "csv-pipe": "|"}
_UNIT = re.compile(r'""|.', re.DOTALL)
_MARK = "\u00ef\u00bb\u00bf"  # a byte order mark, read as Latin-1


def replace(text: str, format: str, put) -> str:
    """Replaces what fields hold. `put(content, offsets)` gives the new content, and every text that was put into it; `offsets` say
    where its characters stand, if it is to be counted.

    All of it is Latin-1: a text may hold any bytes. ValueError for what is no CSV.
    """
    delimiter = DELIMITERS[format]
    mark = _MARK if text.startswith(_MARK) else ""
    field = re.compile(
        rf'(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<bare>[^"\r\n{re.escape(delimiter)}]*))'
        rf"(?P<end>{re.escape(delimiter)}|\r\n|\n|\Z)"
    )
    output, at, begins = mark, len(mark), True
    while at < len(text) or not begins:
        found = field.match(text, at)
        if not found:
            raise ValueError
        ends = found["end"] != delimiter
        output += _field(found, delimiter, begins and ends, put) + found["end"]
        at, begins = found.end(), ends
        if found["end"] == "":
            break
    _ask_python(text[len(mark) :], output[len(mark) :], delimiter, put)
    return output


def _field(found, delimiter: str, alone: bool, put) -> str:
    if found["quoted"] is not None:
        units = list(_UNIT.finditer(found["quoted"]))
        content, _ = put(
            "".join(unit[0][0] for unit in units), [found.start("quoted") + unit.start() for unit in units]
        )
        return '"' + content.replace('"', '""') + '"'
    content, plaintexts = put(found["bare"], range(*found.span("bare")))
    if any(_has_to_quote(text, delimiter) for text in plaintexts) or (alone and plaintexts and not content):
        return '"' + content.replace('"', '""') + '"'
    return content


def _has_to_quote(text: str, delimiter: str) -> bool:
    decoded = text.encode("latin-1").decode("utf-8")
    trimmed = decoded.strip().strip("\ufeff")
    return any(mark in text for mark in (delimiter, '"', "\r", "\n")) or trimmed != decoded


def _ask_python(source: str, output: str, delimiter: str, put) -> None:
    """Python's parser reads the same fields in both, but for what was replaced."""

    def rows(text: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))

    expected = [[put(field, None)[0] for field in row] for row in rows(source)]
    if rows(output) != expected:
        raise AssertionError(f"another reader finds other fields: {output!r}")
