//! Records of streams, queues, Firehose and pipes.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::runtime_api::{Function, audits};
use crate::task_root;
use crate::tokens::{assert_silent, relabelled, token};

const A: &str = "rsa2048-a";

fn good(number: usize) -> String {
    token(A, &json!(format!("SENTINEL-{number}")))
}

fn bad() -> String {
    relabelled("rsa2048-b", A, &json!("SENTINEL"))
}

fn kinesis(number: usize, data: &str) -> Value {
    json!({
        "eventSource": "aws:kinesis",
        "eventID": "shardId-000000000006:1",
        "kinesis": { "sequenceNumber": format!("4959{number}"), "partitionKey": "1", "data": STANDARD.encode(data) },
    })
}

fn sqs(number: usize, group: Option<&str>, body: &str) -> Value {
    let queue = if group.is_some() { "queue.fifo" } else { "queue" };
    // A queue that is not FIFO may have groups too, which then are about fairness.
    json!({
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:eu-central-1:111122223333:{queue}"),
        "messageId": format!("m{number}"),
        "attributes": { "MessageGroupId": group.unwrap_or("fair") },
        "body": body,
    })
}

fn failures(identifiers: &[&str]) -> Value {
    identifiers.iter().map(|identifier| json!({ "itemIdentifier": identifier })).collect()
}

#[test]
fn kinesis_goes_on_from_the_first_record_that_failed() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[("EDGESEAL_CONCURRENCY", "2")]);
    let all: Vec<Value> = (0..20).map(|n| kinesis(n, &format!("{{\"v\":\"{}\"}}\n", good(n)))).collect();
    let answer = function.answer(&json!({ "Records": all }));
    assert_eq!(answer["batchItemFailures"], json!([]));
    let records = answer["records"].as_array().unwrap();
    assert_eq!(records.len(), 20);
    for (number, record) in records.iter().enumerate() {
        assert_eq!(record["itemIdentifier"], format!("4959{number}"));
        let data = STANDARD.decode(record["data"].as_str().unwrap()).unwrap();
        assert_eq!(String::from_utf8(data).unwrap(), format!("{{\"v\":\"SENTINEL-{number}\"}}\n"));
    }
    let mixed = [kinesis(0, "nothing"), kinesis(1, &bad()), kinesis(2, &good(2)), kinesis(3, &bad())];
    let answer = function.answer(&json!({ "Records": mixed }));
    assert_eq!(answer["batchItemFailures"], failures(&["49591"]));
    assert_eq!(answer["records"], json!([{ "itemIdentifier": "49590", "data": STANDARD.encode("nothing") }]));
    let log = function.stop();
    assert_silent(&log, &[]);
    let audits = audits(&log);
    assert_eq!((audits.len(), &audits[0]["decrypted"]), (2, &json!(20)));
    assert_eq!((&audits[1]["outcome"], &audits[1]["code"]), (&json!("failed"), &json!("decryption_failed")));
}

#[test]
fn a_record_that_a_producer_put_together_is_not_taken_apart_in_silence() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let mut record = kinesis(7, "");
    record["kinesis"]["data"] = STANDARD.encode([b"\xf3\x89\x9a\xc2", good(1).as_bytes()].concat()).into();
    let answer = function.answer(&json!({ "Records": [record] }));
    assert_eq!(answer, json!({ "batchItemFailures": failures(&["49597"]), "records": [] }));
    assert_eq!(audits(&function.stop())[0]["code"], "record_aggregated");
}

#[test]
fn each_message_of_a_queue_fails_for_itself() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let batch = [sqs(0, None, &good(0)), sqs(1, None, &bad()), sqs(2, None, &format!("[\"{}\"]", good(2)))];
    let answer = function.answer(&json!({ "Records": batch }));
    assert_eq!(answer["batchItemFailures"], failures(&["m1"]));
    let expected = json!([{ "itemIdentifier": "m0", "body": "SENTINEL-0" }, { "itemIdentifier": "m2", "body": "[\"SENTINEL-2\"]" }]);
    assert_eq!(answer["records"], expected);
    assert_silent(&function.stop(), &[]);
}

#[test]
fn messages_of_a_fifo_queue_do_not_overtake_one_of_their_group_that_failed() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let batch = [
        sqs(0, Some("x"), &good(0)),
        sqs(1, Some("x"), &bad()),
        sqs(2, Some("y"), &good(2)),
        sqs(3, Some("x"), &good(3)),
    ];
    let answer = function.answer(&json!({ "Records": batch }));
    assert_eq!(answer["batchItemFailures"], failures(&["m1", "m3"]));
    let done: Vec<_> =
        answer["records"].as_array().unwrap().iter().map(|r| r["itemIdentifier"].as_str().unwrap()).collect();
    assert_eq!(done, ["m0", "m2"]);
    assert_silent(&function.stop(), &[]);
}

#[test]
fn strings_of_dynamodb_stay_strings() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let (text, number) = (good(1), token(A, &json!(42.50)));
    let record = |sequence: &str, token: &str| {
        json!({
            "eventSource": "aws:dynamodb",
            "eventName": "MODIFY",
            "dynamodb": {
                "SequenceNumber": sequence,
                "Keys": { "id": { "N": "1" }, "who": { "S": text } },
                "NewImage": {
                    "S": { "S": format!("a {token}") },
                    "M": { "M": { "L": { "L": [{ "S": number }, { "BOOL": true }] } } },
                    "SS": { "SS": ["b", text] },
                    "B": { "B": STANDARD.encode(&text) },
                    "json": { "S": format!("{{\"v\":\"{text}\"}}") },
                },
                "OldImage": { "S": { "S": text } },
            },
        })
    };
    let answer = function.answer(&json!({ "Records": [record("1", &text), record("2", &bad())] }));
    assert_eq!(answer["batchItemFailures"], failures(&["2"]));
    let expected = json!({
        "SequenceNumber": "1",
        "Keys": { "id": { "N": "1" }, "who": { "S": "SENTINEL-1" } },
        "NewImage": {
            "S": { "S": "a SENTINEL-1" },
            "M": { "M": { "L": { "L": [{ "S": "42.5" }, { "BOOL": true }] } } },
            "SS": { "SS": ["b", "SENTINEL-1"] },
            "B": { "B": STANDARD.encode(&text) },
            "json": { "S": "{\"v\":\"SENTINEL-1\"}" },
        },
        "OldImage": { "S": { "S": "SENTINEL-1" } },
    });
    assert_eq!(answer["records"], json!([{ "itemIdentifier": "1", "dynamodb": expected }]));
    assert_silent(&function.stop(), &[text, number]);
}

#[test]
fn firehose_gets_back_as_it_was_what_is_not_decrypted() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let (good, bad) = (good(1), bad());
    let record =
        |id: &str, data: &str| json!({ "recordId": id, "approximateArrivalTimestamp": 1, "data": data });
    let (fine, failing) = (STANDARD.encode(format!("\"{good}\"\n")), STANDARD.encode(&bad));
    let records = json!([record("r1", &fine), record("r2", &failing), record("r3", "%")]);
    let answer =
        function.answer(&json!({ "invocationId": "i", "deliveryStreamArn": "arn", "records": records }));
    let expected = json!({ "records": [
        { "recordId": "r1", "result": "Ok", "data": STANDARD.encode("\"SENTINEL-1\"\n") },
        { "recordId": "r2", "result": "ProcessingFailed", "data": failing },
        { "recordId": "r3", "result": "ProcessingFailed", "data": "%" },
    ] });
    assert_eq!(answer, expected);
    assert_silent(&function.stop(), &[good, bad]);
}

#[test]
fn a_pipe_gets_its_records_with_nothing_else_changed_or_none() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let token = good(1);
    let flat = json!({ "eventSource": "aws:kinesis", "sequenceNumber": "1", "data": STANDARD.encode(&token), "partitionKey": "p" });
    let message = sqs(1, None, &token);
    let (mut flat_after, mut message_after) = (flat.clone(), message.clone());
    flat_after["data"] = STANDARD.encode("SENTINEL-1").into();
    message_after["body"] = "SENTINEL-1".into();
    assert_eq!(function.answer(&json!([flat, message])), json!([flat_after, message_after]));
    assert_eq!(function.answer(&json!([])), json!([]));
    let error = function.refuse(&json!([flat, sqs(2, None, &bad())]));
    assert_eq!(error["errorType"], "decryption_failed");
    assert_silent(&error.to_string(), std::slice::from_ref(&token));
    assert_silent(&function.stop(), &[token]);
}

#[test]
fn a_batch_without_time_left_fails_as_a_whole_and_says_so() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let batch = json!({ "Records": [sqs(0, None, &good(0)), sqs(1, None, &good(1))] });
    let posted = function.post(&batch, Duration::ZERO);
    assert_eq!(posted.body, json!({ "batchItemFailures": failures(&["m0", "m1"]), "records": [] }));
    assert_eq!(audits(&function.stop())[0]["code"], "deadline_passed");
}

#[test]
fn events_of_no_known_shape_are_refused_and_not_quoted() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[("EDGESEAL_LOG_LEVEL", "trace")]);
    let secret = "SENTINEL";
    let mut mixed = [sqs(0, None, secret), kinesis(1, secret)];
    let mut nameless = sqs(0, None, secret);
    nameless["messageId"] = json!("");
    let mut other = sqs(0, None, secret);
    other["eventSource"] = json!(format!("aws:{secret}"));
    let mut no_body = sqs(0, None, secret);
    no_body["body"] = json!({ "a": secret });
    for event in [
        json!(secret),
        json!(7),
        json!({}),
        json!({ "detail": secret }),
        json!({ "body": { "a": secret } }),
        json!({ "Records": secret }),
        json!({ "Records": mixed }),
        json!({ "Records": [nameless] }),
        json!({ "Records": [other] }),
        json!({ "records": [{ "recordId": secret }] }),
        json!([secret]),
        json!([no_body]),
    ] {
        let error = function.refuse(&event);
        assert_eq!(error["errorType"], "event_invalid", "{error}");
        assert_silent(&error.to_string(), &[]);
    }
    mixed[1] = sqs(1, None, "fine");
    mixed[0]["body"] = json!(7);
    // A message that is malformed fails for itself.
    assert_eq!(function.answer(&json!({ "Records": mixed }))["batchItemFailures"], failures(&["m0"]));
    assert_silent(&function.stop(), &[]);
}
