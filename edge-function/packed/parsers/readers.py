"""What parsers of the standard library read in a form: a line of JSON in, a line of JSON out."""

import base64
import email
import email.policy
import json
import sys
import urllib.parse


def read_fields(body, _content_type):
    return [([name], value) for name, value in urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)]


def read_parts(policy):
    def read(body, content_type):
        head = f"MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\r\n".encode()
        message = email.message_from_bytes(head + body, policy=policy)
        if not message.is_multipart():
            raise ValueError("no parts")
        return [([name_of(part)], content_of(part)) for part in message.walk() if not part.is_multipart()]

    return read


def name_of(part):
    name = part.get_param("name", "", header="content-disposition")
    return str(name[2] if isinstance(name, tuple) else name)


def content_of(part):
    content = part.get_payload(decode=True) or b""
    # Some parsers count.
    if "content-length" in part and int(part["content-length"]) != len(content):
        raise ValueError("another length")
    return content.decode(errors="replace")


READERS = {
    "urllib.parse": read_fields,
    "email.policy.compat32": read_parts(email.policy.compat32),
    "email.policy.default": read_parts(email.policy.default),
}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        entries = READERS[asked["parser"]](base64.b64decode(asked["body"]), asked["contentType"])
        answer = {"entries": entries}
    except Exception as error:  # noqa: BLE001: a body that it cannot read, in whatever way
        answer = {"error": type(error).__name__}
    print(json.dumps(answer), flush=True)
