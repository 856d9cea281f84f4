"""Vectors of classic tags: the same for a policy and for a keyring."""

from .loading import LoadGroup, changed

_MARKS = "!#$%()*,-.:;@[]^_{|}~"


def add(group: LoadGroup, base: dict, entry: dict, kids: tuple[str, str]) -> None:
    """`base` has one key; `entry` is a good entry without tags."""
    one, two = kids
    code = "config_value_invalid"

    def tagged(prefix=..., suffix=..., **more) -> dict:
        tags = {name: value for name, value in (("prefix", prefix), ("suffix", suffix)) if value is not ...}
        return changed(base, ["keys"], {one: entry | tags} | more)

    for char in _MARKS:
        group.valid(f"tags of one character: {char}", "Tags", tagged("[" if char == "_" else char, char))
    for prefix, suffix, what in (
        ("A" * 31 + ":", ":" + "z" * 31, "32 characters"),
        ("enc[", "]", "letters, then a bracket"),
        ("aZ09" + _MARKS, _MARKS + "aZ09", "every character"),
        ("_:", "_", "an underscore"),
    ):
        group.valid(f"tags: {what}", "Tags", tagged(prefix, suffix))
    for name, near in (("prefix", lambda text, char: text + char), ("suffix", lambda text, char: char + text)):

        def with_(value, name=name):
            return tagged(**({"prefix": "[", "suffix": "]"} | {name: value}))

        where = f"/keys/{one}/{name}"
        for value, what in (
            ("", "empty"),
            (":" * 33, "33 characters"),
            (":\u00e9:", "a letter beyond ASCII"),
            (": :", "a space"),
            (':":', "a quotation mark"),
            (":\\:", "a reverse solidus"),
            (":<:", "a less-than sign"),
            (":>:", "a greater-than sign"),
            (":&:", "an ampersand"),
            (":':", "an apostrophe"),
            (":?:", "a question mark"),
            (":`:", "a grave accent"),
            (":\n:", "a line feed"),
            (":\u0000:", "U+0000"),
            (":\u007f:", "U+007F"),
            (":+:", "a plus sign"),
            (":/:", "a solidus"),
            (":=:", "an equals sign"),
        ):
            group.invalid(f"{name}: {what}", "Tags", code, where, with_(value))
        for char in "AZaz09":
            group.invalid(
                f"{name}: {char}, a base64 character, next to the ciphertext",
                "Tags",
                code,
                where,
                with_(near("[", char)),
            )
    ambiguous = "config_tags_ambiguous"
    group.invalid("a prefix without a suffix", "Tags", ambiguous, f"/keys/{one}", tagged(prefix="["))
    group.invalid("a suffix without a prefix", "Tags", ambiguous, f"/keys/{one}", tagged(suffix="]"))
    for first, second, what in (
        ("[a:", "[a:", "equal"),
        ("[a:", "[a:[", "the first begins the second"),
        ("[a:[", "[a:", "the second begins the first"),
        ("a:", "xa:", "the first ends the second"),
        ("a:", "[a:[", "the first is inside the second"),
        ("[a:[", "a:", "the second is inside the first"),
    ):
        group.invalid(
            f"two prefixes: {what}",
            "Tags",
            ambiguous,
            f"/keys/{two}/prefix",
            tagged(first, "]", **{two: entry | {"prefix": second, "suffix": "]"}}),
        )
    for first, second, what in (
        ("[a:", "[b:", "different"),
        ("[a:", "[A:", "different in case"),
        ("a:b:", "b:c:", "the end of one is the beginning of the other"),
    ):
        group.valid(
            f"two prefixes: {what}", "Tags", tagged(first, "]", **{two: entry | {"prefix": second, "suffix": "]"}})
        )
    group.valid(
        "a suffix that is another key's prefix",
        "Tags",
        tagged("[", "]", **{two: entry | {"prefix": "]", "suffix": "["}}),
    )
    for prefix, what in (
        ("__es1.", "the token prefix"),
        ("x__es.", "__es inside"),
        ("__es:", "__es at the start"),
        ("_", "an underscore, which occurs in __es"),
        ("__", "two underscores, which occur in __es"),
    ):
        group.invalid(f"prefix: {what}", "Tags", ambiguous, f"/keys/{one}/prefix", tagged(prefix, "]"))
    group.valid("__es in a suffix", "Tags", tagged("[", "]__es1."))
