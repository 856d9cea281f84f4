"""Which events the emulator's EventBridge says that a pattern matches: ENDPOINT < {"patterns": {name: pattern}, "events": {name: event}}."""

import json
import sys

import boto3

root = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
events = boto3.client("events", region_name="eu-central-1", endpoint_url=sys.argv[1], **root)
asked = json.load(sys.stdin)
matched = {}
for name, pattern in asked["patterns"].items():
    answers = {
        event: events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(text))["Result"]
        for event, text in asked["events"].items()
    }
    matched[name] = sorted(event for event, matches in answers.items() if matches)
json.dump(matched, sys.stdout)
