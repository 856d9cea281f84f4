"""policy_test.json: policies that load, and policies that are refused."""

from . import policy_data_keys, policy_keys, policy_maps, policy_members, policy_requests, policy_rules, policy_targets
from .vectorfile import VectorFile

_NOTES = {
    "Document": "The file as a whole.",
    "Version": "The version member.",
    "Missing": "A required member is not there.",
    "Unknown": "A member that this version does not know.",
    "Duplicate": "A member stands twice.",
    "Type": "A value has another JSON type.",
    "Value": "The type is right and the value is not.",
    "Limits": "A count or a length at its limit, or past it.",
    "KeyId": "What a key id may be.",
    "PublicKey": "Which public keys are accepted.",
    "Tags": "The prefix and suffix of classic tags.",
    "DataKeyReuse": "Whether a data key serves several requests, and within which bounds.",
    "ClassicRule": "What a rule under a key with classic tags cannot use.",
    "Path": "The path of a rule.",
    "Context": "The context.",
    "ContentTypes": "The content types.",
    "Target": "What a rule is for: a path, a query parameter, a header.",
    "Requests": "The methods and paths that a rule is limited to.",
    "DigestHeaders": "What becomes of digests and signatures of a body.",
    "Leftovers": "Whether a protected value may be left elsewhere.",
}


def make() -> VectorFile:
    """The file."""
    file = VectorFile(
        "policy_test", "Loading a policy: what is accepted, and the code and JSON Pointer of what is not.", _NOTES
    )
    for part in (
        policy_members,
        policy_maps,
        policy_rules,
        policy_keys,
        policy_targets,
        policy_requests,
        policy_data_keys,
    ):
        part.add(file)
    return file
