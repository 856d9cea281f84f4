"""Decrypt vectors: CSV."""

from .decrypt_places import CLASSIC, KEYS, make, tag
from .decrypting import DecryptGroup, K, T, keyring

_DAMAGED = "token_damaged"


def add(file) -> None:
    """Adds the groups."""
    group = DecryptGroup(file, "CSV", keyring(**KEYS))
    _quoting(group)
    _values(group)
    _records(group)
    _kept(group)
    _refused(group)
    classic = DecryptGroup(file, "CSV, classic tags", CLASSIC)
    classic.opens("csv: a classic tag", ["Csv", "Classic"], "a,", T(tag("b"), "b"), "\n", format="csv")


def _quoting(group: DecryptGroup) -> None:
    # plaintext; in a field without quotation marks, and in one with
    for text, bare, quoted, what in (
        ("abc", "abc", "abc", "letters"),
        ("", "", "", "the empty text"),
        ("a,b", '"a,b"', "a,b", "a comma"),
        ('a"b', '"a""b"', 'a""b', "a quotation mark"),
        ('"', '""""', '""', "a quotation mark alone"),
        ("a\nb", '"a\nb"', "a\nb", "a line feed"),
        ("a\r\nb", '"a\r\nb"', "a\r\nb", "CR and LF"),
        ("a\rb", '"a\rb"', "a\rb", "a CR"),
        (" a", '" a"', " a", "a space before it"),
        ("a\t", '"a\t"', "a\t", "a tab behind it"),
        ("\u00a0a", '"\u00a0a"', "\u00a0a", "a space that does not break"),
        ("a b", "a b", "a b", "a space inside"),
        ("a;b|c'\\d", "a;b|c'\\d", "a;b|c'\\d", "what other dialects mean something by"),
        ("=1+1", "=1+1", "=1+1", "what a spreadsheet computes"),
        ("\u00e9\U0001f600", "\u00e9\U0001f600", "\u00e9\U0001f600", "letters beyond ASCII"),
    ):
        token = make("s", text)
        group.opens(f"csv: {what}, without quotation marks", "Csv", "1,", T(token, bare), ",2\n", format="csv")
        group.opens(
            f"csv: {what}, with quotation marks", "Csv", '1,"', T(token, quoted), '",2\n', format="csv"
        )
    comma = make("s", "a,b")
    group.opens(
        "csv: the other text of the field comes between the quotation marks",
        "Csv",
        "1,",
        T(f" x{comma}y", '" xa,by"'),
        ",2\n",
        format="csv",
        tokens=1,
    )
    group.opens(
        "csv: two tokens in a field, the second of which has to be quoted",
        "Csv",
        T(f"{make('s', '1')}-{comma}", '"1-a,b"'),
        "\n",
        format="csv",
        tokens=2,
    )
    group.opens(
        "csv: a field that is empty now and all of its record", "Csv", "a\n", T(make("s", ""), '""'), "\nb\n", format="csv"
    )
    for name, delimiter, other in (("semicolon", ";", ","), ("tab", "\t", ","), ("pipe", "|", ";")):
        token, another = make("s", f"a{delimiter}b"), make("s", f"a{other}b")
        group.opens(
            f"csv: between fields a {name}",
            "Csv",
            T(token, f'"a{delimiter}b"'),
            delimiter,
            T(another, f"a{other}b"),
            f'{delimiter}"',
            T(token, f"a{delimiter}b"),
            f'"\n{other}\n',
            format=f"csv-{name}",
        )


def _values(group: DecryptGroup) -> None:
    for kind, plaintext, out, what in (
        ("v", "42", "42", "a number"),
        ("v", "null", "null", "null"),
        ("v", '{"a": [1]}', '"{""a"": [1]}"', "an object"),
        ("v", '"a\\u002cb"', '"a,b"', "a string with other escapes"),
        ("v", '"\\ud800"', '"""\\ud800"""', "a lone surrogate"),
        ("e", '"a\\nb"', '"a\nb"', "a text with a line end"),
        ("e", "[1, 2]", '"[1, 2]"', "an array"),
        ("e", "[\n1]", '"[\n1]"', "an array with a line end"),
    ):
        lone = ["LoneSurrogate"] if "lone" in what else []
        group.opens(f"csv, kind {kind}: {what}", ["Csv", *lone], "x,", T(make(kind, plaintext), out), "\r\n", format="csv")
    group.opens(
        "csv: a plaintext adds no field and no record",
        ["Csv", "Injection"],
        "a,",
        T(make("s", '1",x\n"y'), '"1"",x\n""y"'),
        ",b\n",
        format="csv",
    )
    inside = make("e", f'"{make("v", "1")}"')
    group.opens(
        "csv: a token inside a plaintext comes out as text",
        ["Csv", "NotAgain"],
        T(inside, make("v", "1")),
        "\n",
        format="csv",
    )


def _records(group: DecryptGroup) -> None:
    one, number = make("s", "1"), make("v", "2")
    for what, pieces in (
        ("records of several lengths, blank lines", ("a,b\n\n", T(one, "1"), "\n,,\r\n\r\n", T(number, "2"), ",x")),
        ("the last record has no line end", ("a,b\n1,", T(one, "1"))),
        ("a byte order mark", (b"\xef\xbb\xbf", T(one, "1"), ",2\n")),
        ("a byte order mark before a quotation mark", (b'\xef\xbb\xbf"', T(one, "1"), '",2\n')),
        ("a byte order mark inside", ("a,\ufeff", T(one, "1"), "\n")),
        ("line ends and doubled quotation marks in a field", ('"a\r\n""b""\n', T(one, "1"), '",\r\n', T(number, "2"))),
        ("bytes that are not UTF-8", (b"\xff\xfe,", T(one, "1"), b",\xe9\n")),
        ("a token in the header", (T(one, "1"), ",b\n")),
        ("spaces around fields stay", (" a , ", T(one, "1"), " ,b \n")),
    ):
        group.opens(f"csv: {what}", "Csv", *pieces, format="csv")
    group.opens("csv: no token", ["Csv", "NoToken"], 'a,"b"\r\n,__es1\n', format="csv")
    group.opens("csv: an empty text", ["Csv", "NoToken"], "", format="csv")


def _kept(group: DecryptGroup) -> None:
    one = make("s", "a,b")
    for text, code, what in (
        ("__es1.", _DAMAGED, "the prefix alone"),
        (one[:-1], _DAMAGED, "a token that is cut"),
        (one.replace("__es1", "__es2"), "token_version_unknown", "another version"),
    ):
        group.opens(
            f"csv, kept: {what}", ["Csv", "Kept"], "\u00e9,", K(text, code), ',"', K(text, code), '"\n', format="csv"
        )
    group.opens(
        "csv, kept: in a field that is quoted for another token",
        ["Csv", "Kept"],
        "x,",
        T("", '"'),
        T(one, "a,b"),
        " ",
        K("__es1.", _DAMAGED),
        T("", '"'),
        "\n",
        format="csv",
        tokens=1,
    )
    group.opens(
        "csv, kept: a delimiter in the middle of a token",
        ["Csv", "Kept"],
        K(one[:100], _DAMAGED),
        "," + one[100:] + "\n",
        format="csv",
    )
    wrong = make("s", "1", "k2").replace(".k2.", ".k1.")
    group.fails("csv: a token that does not open", ["Csv", "AllOrNothing"], f"a,{make('s', '1')},{wrong}\n", "csv")


def _refused(group: DecryptGroup) -> None:
    one = make("s", "1")
    for text, what in (
        (f'a"b,{one}\n', "a quotation mark inside a field without any"),
        (f'{one}"\n', "a quotation mark behind a token"),
        (f'"a"b,{one}\n', "text behind a closing quotation mark"),
        (f'"a" ,{one}\n', "a space behind a closing quotation mark"),
        (f' "a",{one}\n', "a space before an opening quotation mark"),
        (f'{one},"a\n', "a quoted field that does not end"),
        (f'{one},"a""\n', "a quoted field that ends in a doubled quotation mark"),
        (f"{one}\ra\n", "a CR alone"),
        (f"{one}\r", "a CR at the end"),
    ):
        group.fails(f"csv: {what}", ["Csv", "NotCsv"], text, "csv", "csv_invalid")
