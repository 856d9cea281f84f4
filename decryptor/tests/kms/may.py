"""Asks the emulator's IAM simulation whether the owner of an access key may do something: ENDPOINT ACCESS_KEY_ID ACTION ARN."""

import sys

import boto3

endpoint, access_key_id, action, arn = sys.argv[1:]
root = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
iam = boto3.client("iam", region_name="us-east-1", endpoint_url=endpoint, **root)
for user in iam.list_users()["Users"]:
    keys = iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]
    if any(key["AccessKeyId"] == access_key_id for key in keys):
        simulated = iam.simulate_principal_policy(
            PolicySourceArn=user["Arn"], ActionNames=[action], ResourceArns=[arn]
        )
        print(simulated["EvaluationResults"][0]["EvalDecision"])
