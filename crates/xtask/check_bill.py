"""Holds software bills of materials to CycloneDX's JSON schema, and to what a reader relies on.

Usage: check_bill.py FILE...
"""

import json
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def faults(text):
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        return [str(error)]
    bill = json.loads(text)
    component = bill["metadata"]["component"]
    references = {component["bom-ref"], *(each["bom-ref"] for each in bill["components"])}
    named = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    found = [f"`{name}` is said to depend on something, and is no component" for name in named.keys() - references]
    found += [f"`{name}` is a component, and it is not said what it depends on" for name in references - named.keys()]
    found += [f"`{other}` is depended on, and is no component" for others in named.values() for other in others if other not in references]
    reached, waiting = set(), [component["bom-ref"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += named.get(name, [])
    found += [f"`{name}` is a component, and nothing depends on it" for name in references - reached]
    for each in bill["components"]:
        is_own = each["name"].startswith("edgeseal") or each["type"] == "platform"
        if not is_own and not each.get("hashes"):
            found.append(f"`{each['name']}` has no digest")
    if not component.get("components"):
        found.append("no file is named")
    for name in ("serialNumber", "timestamp"):
        if name in bill or name in bill["metadata"]:
            found.append(f"`{name}` is another one each time")
    return found


def main():
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            found = faults(file.read())
        if found:
            sys.exit("\n".join(f"{path}: {fault}" for fault in found))
        print(f"{path}: CycloneDX 1.6")


main()
