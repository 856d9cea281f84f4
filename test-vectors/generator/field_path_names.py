"""Path vectors: names, and how they compare."""

from .field_paths import STORE, Paths
from .vectorfile import VectorFile


def add(file: VectorFile) -> None:
    """Adds the groups."""
    _names(Paths(file, "names"))
    _escapes(Paths(file, "escapes"))
    _ignore_case(Paths(file, "names without case"))


def _names(paths: Paths) -> None:
    paths.matches("the whole document, an object", "Root", "$", '{"a":1}', "")
    paths.matches("the whole document, a string", "Root", "$", ' "a" ', "")
    paths.matches("a member", "Name", "$.a", '{"b":1,"a":2}', "/a")
    paths.matches("a member that is not there", "Name", "$.c", '{"b":1,"a":2}')
    paths.matches("a member of a member", "Name", "$.store.bicycle.price", STORE, "/store/bicycle/price")
    paths.matches("a member is not looked for deeper", "Name", "$.price", STORE, "/price")
    paths.matches("a name on an array matches nothing", "Name", "$.a", '[{"a":1}]')
    paths.matches("a name on a string matches nothing", "Name", "$.a.b", '{"a":"b"}')
    paths.matches("a name on a root string matches nothing", "Name", "$.a", '"a"')
    paths.matches("brackets and single quotes", "Name", "$['a']", '{"a":1}', "/a")
    paths.matches("brackets and double quotes", "Name", '$["a"]', '{"a":1}', "/a")
    paths.matches("brackets, then a point", "Name", "$['a'].b", '{"a":{"b":1}}', "/a/b")
    paths.matches("the empty name", "Name", "$['']", '{"":1,"a":2}', "/")
    paths.matches("a name with a space", "Name", "$['a b']", '{"a b":1}', "/a b")
    paths.matches(
        "a name with a solidus and a tilde: the pointer escapes them", "Name", "$['a/b~c']", '{"a/b~c":1}', "/a~1b~0c"
    )
    paths.matches("a name with a full stop", "Name", "$['a.b']", '{"a.b":1,"a":{"b":2}}', "/a.b")
    paths.matches("a name that looks like a path", "Name", "$['$..*']", '{"$..*":1}', "/$..*")
    paths.matches("a name that is an asterisk", "Name", "$['*']", '{"*":1,"a":2}', "/*")
    paths.matches("a name of digits", "Name", "$['0']", '{"0":1}', "/0")
    paths.matches("a name of digits on an array matches nothing", "Name", "$['0']", "[1]")
    for name in (
        "_",
        "_a",
        "a1",
        "A",
        "caf\u00e9",
        "\u00e9",
        "\u263a",
        "\U0001f600",
        "\u0080",
        "\uffff",
        "\U0010ffff",
        "constructor",
        "__proto__",
        "true",
        "null",
    ):
        paths.matches(f"the shorthand name {ascii(name)}", "Name", "$." + name, f'{{"{name}":1,"x":2}}', f"/{name}")
    paths.matches("names compare by code point, composed is not decomposed", "Name", "$.caf\u00e9", '{"cafe\u0301":1}')
    paths.matches("names compare with case", "Name", "$.a", '{"A":1}')
    paths.matches("a name and U+0000 is another name", "Name", "$.a", '{"a\\u0000":1}')
    paths.matches("a name and a space is another name", "Name", "$.a", '{"a ":1," a":2}')
    paths.matches("duplicates both match", ["Name", "DuplicateNames"], "$.a", '{"a":1,"b":2,"a":3}', "/a", "/a")
    paths.matches(
        "a duplicated parent", ["Name", "DuplicateNames"], "$.a.b", '{"a":{"b":1},"a":{"c":1,"b":2}}', "/a/b", "/a/b"
    )
    paths.matches("containers match as they are", "Name", "$.a", '{"a":{"b":[1]}}', "/a")


def _escapes(paths: Paths) -> None:
    for path, document, pointer, what in (
        (r"$['\'']", '{"\'":1}', "/'", "a single quote in single quotes"),
        ("""$["'"]""", '{"\'":1}', "/'", "a single quote in double quotes"),
        (r"""$['"']""", '{"\\"":1}', '/"', "a double quote in single quotes"),
        (r'$["\""]', '{"\\"":1}', '/"', "a double quote in double quotes"),
        (r"$['\\']", '{"\\\\":1}', "/\\", "a reverse solidus"),
        (r"$['\/']", '{"/":1}', "/~1", "a solidus"),
        (r"$['\b\f\n\r\t']", '{"\\b\\f\\n\\r\\t":1}', "/\b\f\n\r\t", "the short escapes"),
        (r"$['\u0061']", '{"a":1}', "/a", "a letter"),
        (r'$["\u00E9"]', '{"\u00e9":1}', "/\u00e9", "upper-case digits"),
        (r"$['\u0000']", '{"\\u0000":1}', "/\x00", "U+0000"),
        (r"$['\ud83d\uDE00']", '{"\U0001f600":1}', "/\U0001f600", "a surrogate pair"),
        (r"$['\u0027']", '{"\'":1}', "/'", "a quote as an escape"),
        (r"$..['\u0061']", '[{"a":1}]', "/0/a", "a letter, at any depth"),
        ("$['\u007f']", '{"\u007f":1}', "/\u007f", "U+007F as itself"),
        ("$['\U0001f600']", '{"\\ud83d\\ude00":1}', "/\U0001f600", "a surrogate pair in the document"),
        ("$.a", '{"\\u0061":1}', "/a", "a letter in the document"),
        ("$..a", '[{"\\u0061":1}]', "/0/a", "a letter in the document, at any depth"),
        ("$['/']", '{"\\/":1}', "/~1", "a solidus in the document"),
    ):
        paths.matches(f"escape: {what}", ["Name", "Escapes"], path, document, pointer)
    paths.matches(
        "a lone surrogate in the document is no match", ["Name", "Escapes"], "$.a", '{"\\ud800":1,"a\\udc00":2}'
    )


def _ignore_case(paths: Paths) -> None:
    def matches(what: str, path: str, document: str, *expected: str) -> None:
        paths.matches(f"ignore-case: {what}", "IgnoreCase", path, document, *expected, match="ignore-case")

    matches("capitals in the document", "$.ssn", '{"SSN":1,"Ssn":2,"ssn":3,"ss":4}', "/SSN", "/Ssn", "/ssn")
    matches("capitals in the path", "$.SSN", '{"ssn":1}', "/ssn")
    matches("in brackets", "$['Ssn']", '{"sSN":1}', "/sSN")
    matches("at any depth", "$..ssn", '[{"SSN":1},{"a":{"sSn":2}}]', "/0/SSN", "/1/a/sSn")
    matches("in every step", "$.a.b", '{"A":{"B":1}}', "/A/B")
    matches("U+017F folds to s", "$.ssn", '{"\u017fsn":1,"\\u017f\\u017FN":2}', "/\u017fsn", "/\u017f\u017fN")
    matches("U+017F in the path", "$.\u017fsn", '{"ssn":1}', "/ssn")
    matches("U+212A folds to k", "$.key", '{"\u212aey":1,"\\u212AEY":2}', "/\u212aey", "/\u212aEY")
    matches("accents", "$.\u00e9", '{"\u00c9":1,"e":2}', "/\u00c9")
    matches("Greek sigma has three forms", "$.\u03c3", '{"\u03a3":1,"\u03c2":2}', "/\u03a3", "/\u03c2")
    matches("Cyrillic", "$.\u0438", '{"\u0418":1}', "/\u0418")
    matches("beyond the BMP", "$.\U00010400", '{"\U00010428":1}', "/\U00010428")
    matches("capital sharp s folds to sharp s", "$.\u1e9e", '{"\u00df":1}', "/\u00df")
    matches("sharp s is not ss: that is full folding", "$.stra\u00dfe", '{"strasse":1,"STRASSE":2}')
    matches("a ligature is not its letters", "$.\ufb01x", '{"fix":1}')
    matches("dotted capital I is i, as for Java", "$.i", '{"\u0130":1}', "/\u0130")
    matches("dotless i is i, as for Java", "$.i", '{"\u0131":1,"I":2}', "/\u0131", "/I")
    matches("Angstrom sign", "$.\u212b", '{"\u00e5":1,"\u00c5":2}', "/\u00e5", "/\u00c5")
    matches("the ohm sign", "$.\u2126", '{"\u03c9":1}', "/\u03c9")
    matches("micro sign and mu", "$.\u00b5", '{"\u03bc":1}', "/\u03bc")
    matches("a Greek capital with iota", "$.\u1f88", '{"\u1f80":1}', "/\u1f80")
    matches("full-width letters are their own alphabet", "$.\uff41", '{"\uff21":1,"a":2,"A":3}', "/\uff21")
    matches("underscore and hyphen are not letters", "$.a_b", '{"A_B":1,"A-B":2,"AB":3}', "/A_B")
    matches("U+0040 and U+0060 differ by the same bit as letters do", "$['@[']", '{"`{":1,"@[":2}', "/@[")
    paths.matches("exact: U+017F is not s", "Name", "$.ssn", '{"\u017fsn":1}')
