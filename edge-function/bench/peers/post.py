"""What the AWS post "How to protect sensitive data for its entire lifecycle in AWS" does, in Python: `post.py pycryptodome|cryptography FILE`, a public
key in PEM. Reads a line of JSON and answers with one: {"data": base64 of a body} with {"body": what became of it}, {"count": n} with {"milliseconds": of
processor time for n calls of the handler}. The key is loaded once.
"""

import base64
import json
import sys
import time

FIELDS = ["fname", "lname", "email", "ssn", "dob", "phone"]
PREFIX, SUFFIX = "#01#", "#10#"


def pycryptodome(pem):
    from Crypto.Cipher import PKCS1_OAEP
    from Crypto.Hash import SHA256
    from Crypto.PublicKey import RSA

    return PKCS1_OAEP.new(RSA.import_key(pem), SHA256).encrypt


def cryptography(pem):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    key = serialization.load_pem_public_key(pem.encode())
    scheme = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    return lambda plaintext: key.encrypt(plaintext, scheme)


def handler_around(encrypt):
    def handler(event):
        request = event["Records"][0]["cf"]["request"]
        people = json.loads(base64.b64decode(request["body"]["data"]).decode("utf-8"))
        for person in people:
            for field in FIELDS:
                if field in person:
                    ciphertext = encrypt(person[field].encode("utf-8"))
                    person[field] = PREFIX + base64.b64encode(ciphertext).decode() + SUFFIX
        request["body"].update(action="replace", encoding="text", data=json.dumps(people))
        return request

    return handler


def event_of(data):
    body = {"action": "read-only", "data": data, "encoding": "base64", "inputTruncated": False}
    request = {"method": "POST", "uri": "/people", "querystring": "", "headers": {}, "body": body}
    return {"Records": [{"cf": {"config": {"eventType": "origin-request"}, "request": request}}]}


def main():
    _, library, file = sys.argv
    with open(file, encoding="ascii") as pem:
        handler = handler_around({"pycryptodome": pycryptodome, "cryptography": cryptography}[library](pem.read()))
    data = ""
    for line in sys.stdin:
        question = json.loads(line)
        if "data" in question:
            data = question["data"]
            answer = {"body": handler(event_of(data))["body"]["data"]}
        else:
            start = time.process_time()
            for _ in range(question["count"]):
                handler(event_of(data))
            answer = {"milliseconds": (time.process_time() - start) * 1000}
        print(json.dumps(answer), flush=True)


main()
