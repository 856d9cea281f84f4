//! CloudTrail's records, in the form of the examples in the AWS KMS Developer Guide ("Logging AWS KMS API calls with AWS CloudTrail").

use serde_json::{Value, json};

/// The ARNs of the page.
pub(crate) const OLD: &str = "arn:aws:kms:eu-central-1:111122223333:key/1111aaaa-1111-aaaa-1111-aaaa1111aaaa";
pub(crate) const NEW: &str = "arn:aws:kms:eu-central-1:111122223333:key/2222bbbb-2222-bbbb-2222-bbbb2222bbbb";
pub(crate) const FOREIGN: &str =
    "arn:aws:kms:eu-central-1:999988887777:key/3333cccc-3333-cccc-3333-cccc3333cccc";

/// A call of a session of the role.
pub(crate) fn call(event: &str, role: &str, keys: &[&str]) -> Value {
    let resource = |arn: &&str| json!({ "accountId": "111122223333", "type": "AWS::KMS::Key", "ARN": arn });
    let resources: Vec<Value> = keys.iter().map(resource).collect();
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:session",
            "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/session"),
            "accountId": "111122223333",
            "accessKeyId": format!("ASIA-{role}"),
            "sessionContext": {
                "sessionIssuer": { "type": "Role", "principalId": "AROAEXAMPLE", "accountId": "111122223333",
                                   "arn": format!("arn:aws:iam::111122223333:role/{role}"), "userName": role },
                "attributes": { "creationDate": "2026-11-21T08:00:00Z", "mfaAuthenticated": "false" }
            }
        },
        "eventTime": "2026-11-21T10:00:00Z",
        "eventSource": "kms.amazonaws.com",
        "eventName": event,
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "192.0.2.10",
        "userAgent": "aws-sdk-rust/1.3",
        "requestParameters": { "encryptionAlgorithm": "RSAES_OAEP_SHA_256", "keyId": keys.first() },
        "responseElements": null,
        "requestID": "12345126-30d5-4b28-98b9-9153da559963",
        "eventID": "abcde202-ba1a-467c-b4ba-f729d45ae521",
        "readOnly": (event == "Decrypt" || event == "ReEncrypt"),
        "resources": resources,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management"
    })
}

/// The same of a user, who has no session.
pub(crate) fn call_of_user(event: &str, user: &str, keys: &[&str]) -> Value {
    let identity = json!({
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLE",
        "arn": format!("arn:aws:iam::111122223333:user/{user}"),
        "accountId": "111122223333",
        "accessKeyId": format!("AKIA-{user}"),
        "userName": user
    });
    with(call(event, user, keys), "userIdentity", identity)
}

pub(crate) fn denied(call: Value) -> Value {
    with(call, "errorCode", json!("AccessDenied"))
}

pub(crate) fn at(call: Value, time: &str) -> Value {
    with(call, "eventTime", json!(time))
}

pub(crate) fn with(mut call: Value, member: &str, value: Value) -> Value {
    call[member] = value;
    call
}

/// As EventBridge passes it on.
pub(crate) fn passed_on(call: &Value) -> Value {
    let source = call["eventSource"].as_str().unwrap().trim_end_matches(".amazonaws.com");
    json!({
        "version": "0",
        "id": call["eventID"],
        "detail-type": "AWS API Call via CloudTrail",
        "source": format!("aws.{source}"),
        "account": call["recipientAccountId"],
        "time": call["eventTime"],
        "region": call["awsRegion"],
        "resources": [],
        "detail": call
    })
}

/// What `lookup-events` prints.
pub(crate) fn looked_up(calls: &[Value]) -> String {
    let event = |call: &Value| json!({ "EventName": call["eventName"], "CloudTrailEvent": call.to_string() });
    json!({ "Events": calls.iter().map(event).collect::<Vec<_>>() }).to_string()
}
