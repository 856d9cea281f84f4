"""Tests of one path over one document."""

from . import jsonpath
from .jsontext import parse
from .vectorfile import VectorFile

STORE = (
    '{"store":{"book":[{"title":"A","price":1},{"title":"B","price":2,"isbn":"x"}],'
    '"bicycle":{"colour":"red","price":3}},"price":4}'
)
NESTED = '{"a":{"a":[{"a":1},{"b":{"a":2}}],"b":3},"b":[[4,5],{"b":6}]}'


class Paths:
    """Adds tests of one group."""

    def __init__(self, file: VectorFile, comment: str) -> None:
        self._group = file.group(comment)

    def matches(
        self,
        comment: str,
        flags,
        path: str,
        document: str,
        *expected: str,
        match: str = "exact",
        protected: tuple[str, ...] | None = None,
    ) -> None:
        """The path matches at these pointers. `protected` where some of them lie below others."""
        tree = parse(document)
        where = jsonpath.positions(path, match, tree)
        values = jsonpath.pointers(where, tree)
        outer = jsonpath.pointers(jsonpath.outermost(where), tree)
        if values != list(expected) or outer != list(expected if protected is None else protected):
            raise AssertionError(f"{path} matches {values}, outermost {outer}")
        self._group.add(
            comment, flags, path=path, match=match, document=document, values=values, protected=outer, result="valid"
        )

    def refused(self, path: str, code: str) -> None:
        """The path is refused."""
        try:
            jsonpath.parse_path(path)
        except jsonpath.PathRefused:
            flag, verb = (
                ("Syntax", "is not JSONPath") if code == "path_syntax" else ("Unsupported", "is not in the subset")
            )
            shown = path if path.isprintable() else ascii(path)
            self._group.add(f"{shown or 'the empty path'} {verb}", flag, path=path, result="invalid", code=code)
            return
        raise AssertionError(f"{path} is accepted")
