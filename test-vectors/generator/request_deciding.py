"""A reference of which rule decides about which value of a request."""

import json

from . import form_names, jsonpath, jsontext
from .encrypting import KEYS
from .refused import Refused


class Deciding:
    """What is decided about the parts of one request, in the order in which they are read."""

    def __init__(self, policy: dict) -> None:
        self._policy = policy
        self.values: list[tuple[str, object]] = []
        """Rule name and value of what is encrypted."""
        self.reported: dict[str, int] = {}
        self.would_refuse: dict[str, int] = {}
        self.strings: list[str] = []
        """The strings and names of the body that stay."""

    def headers(self, rules: list[dict], fields) -> None:
        """The headers: an object with a member for each value."""
        self.document(named(rules, "header"), jsontext.Pairs(fields), "header")

    def document(self, rules: list[dict], document, place: str) -> None:
        """One JSON text, or what is read as one."""
        where = {rule["name"]: _positions(rule, document) for rule in rules}
        self._required(rules, self._decide(rules, where, document, place))

    def form(self, rules: list[dict], fields, place: str) -> None:
        """A form: name and value of each field. A value is a text, a JSON document, or bytes for what has no text."""
        encrypting, reporting = _by_action(rules)
        whole = [rule for rule in encrypting + reporting if () in _positions(rule, jsontext.Pairs())]
        used = {rule["name"] for rule in whole[:1]}
        for rule in whole[:1]:
            self.refuse(rule, "value_not_string")
        # Of nested values that are reported the outermost counts: that is all of the form.
        asked = encrypting if whole else rules
        for name, value in fields:
            where = form_names.positions(asked, name, value, _positions)
            used |= self._decide(asked, where, value, place)
            self.strings += [] if place == "query" else [name]
        self._required(rules, used)

    def _decide(self, rules: list[dict], where: dict[str, set], document, place: str) -> set[str]:
        """Decides about the values at these positions of a document. Gives the rules that decided."""
        encrypting, reporting = _by_action(rules)
        decided = jsonpath.outermost(set().union(*(where[rule["name"]] for rule in encrypting)))
        counted = set().union(*(where[rule["name"]] for rule in reporting))
        counted = jsonpath.outermost({at for at in counted if not _is_in(at, decided)})
        used = set()
        for at in sorted(decided | counted):
            rule = next(rule for rule in (encrypting if at in decided else reporting) if at in where[rule["name"]])
            used.add(rule["name"])
            self._value(rule, jsonpath.value_at(at, document), place)
        if place not in ("query", "header"):
            self.strings += jsonpath.strings(document, decided)
        return used

    def _required(self, rules: list[dict], used: set[str]) -> None:
        for rule in rules:
            if rule.get("required") and rule["name"] not in used:
                self.refuse(rule, "field_missing")

    def refuse(self, rule: dict, code: str) -> None:
        """Refuses, or counts that a rule would have refused."""
        if rule.get("action") != "report":
            raise Refused(code)
        self.would_refuse[rule["name"]] = self.would_refuse.get(rule["name"], 0) + 1

    def _value(self, rule: dict, value, place: str) -> None:
        if value is None and not rule.get("encrypt_null"):
            return
        code = self._fault(rule, value, place)
        if code:
            self.refuse(rule, code)
        elif rule.get("action") == "report":
            self.reported[rule["name"]] = self.reported.get(rule["name"], 0) + 1
        else:
            self.values.append((rule["name"], value))

    def _fault(self, rule: dict, value, place: str) -> str | None:
        entry = self._policy["keys"][rule["key"]]
        is_text = isinstance(value, str) and not isinstance(value, jsontext.Number) and not jsontext.is_lone(value)
        if isinstance(value, bytes) or ("prefix" in entry and (place == "form" or not is_text)):
            return "value_not_string"
        too_long = is_text and len(value.encode("utf-8")) > KEYS[entry["public_key"]].longest
        rejects = rule.get("oversize") == "reject" or "prefix" in entry
        return "value_too_long" if too_long and rejects and rule.get("mode") != "envelope" else None


def named(rules: list[dict], member: str) -> list[dict]:
    """Rules by a name, as rules by a path."""
    return [rule | {"path": f"$[{json.dumps(rule[member])}]"} for rule in rules]


def _by_action(rules: list[dict]) -> tuple[list[dict], list[dict]]:
    reporting = [rule for rule in rules if rule.get("action") == "report"]
    return [rule for rule in rules if rule not in reporting], reporting


def _positions(rule: dict, document) -> set:
    return jsonpath.positions(rule["path"], rule.get("match", "exact"), document)


def _is_in(at, decided) -> bool:
    """Whether a position is one of these, or below one."""
    return any(at[:length] in decided for length in range(len(at) + 1))
