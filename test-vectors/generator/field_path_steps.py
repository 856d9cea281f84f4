"""Path vectors: indexes, wildcards, and matches at any depth."""

from .field_paths import NESTED, STORE, Paths
from .vectorfile import VectorFile


def add(file: VectorFile) -> None:
    """Adds the groups."""
    _steps(Paths(file, "indexes and wildcards"))
    _descendants(Paths(file, "at any depth"))


def _steps(paths: Paths) -> None:
    paths.matches("the first element", "Index", "$[0]", "[1,2]", "/0")
    paths.matches("the second element", "Index", "$[1]", "[1,2]", "/1")
    paths.matches("an element past the end", "Index", "$[2]", "[1,2]")
    paths.matches("an element of an empty array", "Index", "$[0]", "[]")
    paths.matches("a large index", "Index", "$[10]", "[0,1,2,3,4,5,6,7,8,9,10]", "/10")
    paths.matches("the largest index that I-JSON has", "Index", "$[9007199254740991]", "[1]")
    paths.matches("an index on an object matches nothing", "Index", "$[0]", '{"0":1}')
    paths.matches("an index on a string matches nothing", "Index", "$[0]", '"ab"')
    paths.matches("an index of an index", "Index", "$[1][0]", "[[1],[2,3]]", "/1/0")
    paths.matches("an index, then a name", "Index", "$.store.book[1].isbn", STORE, "/store/book/1/isbn")
    for path in ("$[*]", "$.*"):
        paths.matches(f"{path} on an array", "Wildcard", path, "[1,[2],3]", "/0", "/1", "/2")
        paths.matches(f"{path} on an object", "Wildcard", path, '{"b":1,"a":{"c":2}}', "/b", "/a")
        paths.matches(f"{path} on an empty array", "Wildcard", path, "[]")
        paths.matches(f"{path} on an empty object", "Wildcard", path, "{}")
        paths.matches(f"{path} on a number", "Wildcard", path, "1")
        paths.matches(f"{path} on duplicates", ["Wildcard", "DuplicateNames"], path, '{"a":1,"a":2}', "/a", "/a")
    paths.matches(
        "a wildcard, then a name", "Wildcard", "$[*].ssn", '[{"ssn":1},{"x":2},{"ssn":3},4]', "/0/ssn", "/2/ssn"
    )
    paths.matches("a name, then a wildcard", "Wildcard", "$.a.*", '{"a":[1,2],"b":[3]}', "/a/0", "/a/1")
    paths.matches("blanks in brackets", "Index", "$[ 0 ][\t*\n]", "[[1],2]", "/0/0")
    paths.matches("blanks between segments", "Name", "$ .a\n['b']\r\n[ 'c' ] ..d", '{"a":{"b":{"c":{"d":1}}}}', "/a/b/c/d")
    paths.matches("two wildcards", "Wildcard", "$[*][*]", '[[1,2],{"a":3},4]', "/0/0", "/0/1", "/1/a")
    paths.matches("a wildcard, then an index", "Wildcard", "$.*[1]", '{"a":[1,2],"b":{"1":3},"c":[4]}', "/a/1")


def _descendants(paths: Paths) -> None:
    for path in ("$..price", "$..['price']", '$..["price"]'):
        paths.matches(
            f"{path}",
            "Descendant",
            path,
            STORE,
            "/store/book/0/price",
            "/store/book/1/price",
            "/store/bicycle/price",
            "/price",
        )
    paths.matches(
        "a name below itself",
        ["Descendant", "Outermost"],
        "$..a",
        NESTED,
        "/a",
        "/a/a",
        "/a/a/0/a",
        "/a/a/1/b/a",
        protected=("/a",),
    )
    paths.matches(
        "below a name",
        "Descendant",
        "$.store..price",
        STORE,
        "/store/book/0/price",
        "/store/book/1/price",
        "/store/bicycle/price",
    )
    paths.matches(
        "the start of the descent is among the parents",
        "Descendant",
        "$.a..b",
        '{"a":{"b":1,"c":{"b":2}},"b":3}',
        "/a/b",
        "/a/c/b",
    )
    paths.matches(
        "two descents: each value once",
        ["Descendant", "Outermost"],
        "$..a..a",
        NESTED,
        "/a/a",
        "/a/a/0/a",
        "/a/a/1/b/a",
        protected=("/a/a",),
    )
    paths.matches("a descent, then a name", "Descendant", "$..b.a", NESTED, "/a/a/1/b/a")
    paths.matches(
        "an index at any depth",
        ["Descendant", "Outermost"],
        "$..[0]",
        '[[1,2],{"a":[[3]]}]',
        "/0",
        "/0/0",
        "/1/a/0",
        "/1/a/0/0",
        protected=("/0", "/1/a/0"),
    )
    for path in ("$..*", "$..[*]"):
        paths.matches(
            f"{path}: everything but the root",
            ["Descendant", "Wildcard", "Outermost"],
            path,
            '{"a":[1,{"b":2}],"c":3}',
            "/a",
            "/a/0",
            "/a/1",
            "/a/1/b",
            "/c",
            protected=("/a", "/c"),
        )
        paths.matches(f"{path} on a string matches nothing", ["Descendant", "Wildcard"], path, '"a"')
    paths.matches(
        "an element of every array",
        "Descendant",
        "$..book[*].title",
        STORE,
        "/store/book/0/title",
        "/store/book/1/title",
    )
    paths.matches(
        "a wildcard, then a descent",
        ["Descendant", "Wildcard"],
        "$.*..a",
        '{"x":{"a":1},"a":{"b":{"a":2}}}',
        "/x/a",
        "/a/b/a",
    )
    paths.matches(
        "a descent, then a wildcard, then a name",
        ["Descendant", "Wildcard"],
        "$..*.a",
        '{"a":1,"b":{"a":2,"c":[{"a":3}]}}',
        "/b/a",
        "/b/c/0/a",
    )
    paths.matches(
        "duplicates at any depth",
        ["Descendant", "DuplicateNames"],
        "$..s",
        '{"s":1,"x":{"s":2,"s":3},"s":4}',
        "/s",
        "/x/s",
        "/x/s",
        "/s",
    )
    paths.matches("a name that is not there", "Descendant", "$..zz", STORE)
    paths.matches("a shorthand name beyond ASCII", "Descendant", "$..\u00e9", '[{"\u00e9":1}]', "/0/\u00e9")
    paths.matches(
        "matches inside matches of different branches",
        ["Descendant", "Outermost"],
        "$..b",
        NESTED,
        "/a/a/1/b",
        "/a/b",
        "/b",
        "/b/1/b",
        protected=("/a/a/1/b", "/a/b", "/b"),
    )
