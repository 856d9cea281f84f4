"""Policy vectors: the context and the content types."""

from . import encrypt_envelopes
from .encoding import pointer
from .loading import LoadGroup, changed
from .policy_members import BASE


def add(file) -> None:
    """Adds the groups."""
    _context(LoadGroup(file, "the context"))
    _content_types(LoadGroup(file, "content types"))


def _context(group: LoadGroup) -> None:
    code = "config_value_invalid"
    sixteen = {f"n{number}": "v" for number in range(16)}
    for context, what in (
        ({}, "empty"),
        (sixteen, "16 pairs"),
        ({"n" * 64: "v"}, "a name of 64 characters"),
        ({"A-Za.z0_9": "v"}, "every kind of character"),
        ({"n": ""}, "an empty value"),
        ({"n": "v" * 128}, "a value of 128 bytes"),
        ({"n": "\u00e9" * 64}, "128 bytes in 64 characters"),
        ({"n": '"\\\n\u0000\U0001f600'}, "any characters in a value"),
        ({"Field": "x"}, "Field with a capital"),
    ):
        group.valid(f"context: {what}", "Context", changed(BASE, ["context"], context))
    group.invalid(
        "context: 17 pairs", ["Context", "Limits"], code, "/context", changed(BASE, ["context"], sixteen | {"x": "v"})
    )
    for name, what in (
        ("field", "field"),
        ("", "the empty name"),
        ("n" * 65, "65 characters"),
        ("a b", "a space"),
        ("a/b", "a solidus"),
        ("a~b", "a tilde"),
        ("\u00e9", "a letter beyond ASCII"),
        ("a\u0000", "U+0000"),
    ):
        group.invalid(
            f"context: a name that is not allowed: {what}",
            "Context",
            code,
            pointer("context", name),
            changed(BASE, ["context"], {name: "v"}),
        )
    group.invalid(
        "context: a value of 129 bytes",
        ["Context", "Limits"],
        code,
        "/context/n",
        changed(BASE, ["context"], {"n": "v" * 129}),
    )
    group.invalid(
        "context: 129 bytes in 65 characters",
        ["Context", "Limits"],
        code,
        "/context/n",
        changed(BASE, ["context"], {"n": "\u00e9" * 64 + "x"}),
    )
    named = changed(BASE, ["fields", 0, "name"], "n" * 64)
    fits = encrypt_envelopes.full_context(encrypt_envelopes.HEADER_BYTES)
    group.valid(
        "context: the header of the longest field name has 4,096 characters",
        ["Context", "Limits"],
        changed(named, ["context"], fits),
    )
    over = encrypt_envelopes.full_context(encrypt_envelopes.HEADER_BYTES + 1)
    group.invalid(
        "context: the header of the longest field name would have 4,098 characters, which no reader takes",
        ["Context", "Limits"],
        code,
        "/context",
        changed(named, ["context"], over),
    )


def _content_types(group: LoadGroup) -> None:
    code = "config_value_invalid"
    for name in (
        "application/json",
        "a/b",
        "application/*+json",
        "application/vnd.x-y_z.1+json",
        "text/*+x",
        "application/x!#$&^",
    ):
        group.valid(f"content type {name}", "ContentTypes", changed(BASE, ["content_types"], {name: "json"}))
    for name in (
        "",
        "json",
        "/",
        "application/",
        "/json",
        "*/*",
        "*",
        "application/*",
        "*/json",
        "application/*json",
        "application/x*+json",
        "application/*+",
        "*/*+json",
        "application/json; charset=utf-8",
        "application/json;",
        " application/json",
        "application/json ",
        "application /json",
        "application/json,text/plain",
        "a/b/c",
        "application/j\u00e9son",
    ):
        group.invalid(
            f"content type {name!r}",
            "ContentTypes",
            code,
            pointer("content_types", name),
            changed(BASE, ["content_types"], {name: "json"}),
        )
    for value in ("json", "ndjson", "form", "multipart", "pass"):
        group.valid(
            f"a content type is read as {value}",
            ["ContentTypes", "Value"],
            changed(BASE, ["content_types"], {"application/json": value}),
        )
    for value in ("", "JSON", "xml", "encrypt", "json ", "Form", "form-data", "urlencoded"):
        group.invalid(
            f"a content type is read as {value!r}",
            ["ContentTypes", "Value"],
            code,
            "/content_types/application~1json",
            changed(BASE, ["content_types"], {"application/json": value}),
        )
