"""Policy vectors: data keys that serve several requests."""

from .encoding import pointer
from .loading import LoadGroup, Members, Raw, changed
from .policy_members import BASE


def add(file) -> None:
    """Adds the group."""
    group = LoadGroup(file, "reuse of data keys")
    path = ["keys", "k1", "data_key_reuse"]
    where = pointer(*path)
    good = {"max_values": 1000, "max_age_seconds": 60}
    code = "config_value_invalid"
    group.valid("both bounds of reuse", "DataKeyReuse", changed(BASE, path, good))
    for name, most in (("max_values", 1_000_000), ("max_age_seconds", 3_600)):
        for value in (1, 2, most - 1, most):
            group.valid(
                f"{name} is {value}", ["DataKeyReuse", "Limits"], changed(BASE, path, good | {name: value})
            )
        for value in (0, -1, most + 1, 1.5, Raw("99999999999999999999999")):
            shown = value.text if isinstance(value, Raw) else value
            document = changed(changed(BASE, path, good), [*path, name], value)
            group.invalid(f"{name} is {shown}", ["DataKeyReuse", "Limits"], code, f"{where}/{name}", document)
        for what, value in {"null": None, "a string": "60", "true": True, "an array": [], "an object": {}}.items():
            document = changed(BASE, path, good | {name: value})
            group.invalid(f"{name} is {what}", "DataKeyReuse", "config_type_wrong", f"{where}/{name}", document)
        document = changed(changed(BASE, path, good), [*path, name], ...)
        group.invalid(f"reuse without {name}", "DataKeyReuse", "config_member_missing", f"{where}/{name}", document)
    for what, value in {"null": None, "a string": "on", "a number": 60, "true": True, "an array": []}.items():
        group.invalid(f"reuse is {what}", "DataKeyReuse", "config_type_wrong", where, changed(BASE, path, value))
    unknown = changed(BASE, path, good | {"max_bytes": 1})
    group.invalid("an unknown bound of reuse", "DataKeyReuse", "config_member_unknown", f"{where}/max_bytes", unknown)
    twice = changed(BASE, path, Members(*good.items(), ("max_values", 1)))
    group.invalid("a bound that stands twice", "DataKeyReuse", "config_member_duplicate", f"{where}/max_values", twice)
    classic = changed(BASE, ["keys", "k1"], BASE["keys"]["k1"] | {"prefix": "[", "suffix": "]", "data_key_reuse": good})
    group.invalid("reuse under classic tags, which have no data key", "DataKeyReuse", code, where, classic)
