//! The shapes of events. The first that fits counts, in the order of `docs/LAMBDA.md`.

use serde_json::Value;

use super::Failure;

pub(super) enum Event {
    /// EventBridge Pipes: an array of records.
    Pipe(Vec<Value>),
    /// An event source mapping: `Records` of a stream or a queue.
    Batch(Vec<Value>),
    /// Amazon Data Firehose: `records` to transform.
    Firehose(Vec<Value>),
    /// API Gateway, a function URL or an Application Load Balancer: `requestContext`.
    Http(Value),
    /// Nothing but a `body`.
    Body(String),
}

const EXPECTED: &str = "the event has none of the shapes that are known: an HTTP request with `requestContext`, `Records` of Kinesis, SQS or \
    DynamoDB, `records` of Firehose, an array of records of a pipe, or an object with a `body`";

impl Event {
    pub(super) fn recognise(event: Value) -> Result<Self, Failure> {
        let mut members = match event {
            Value::Array(records) => return Ok(Self::Pipe(records)),
            Value::Object(members) => members,
            _ => return Err(Failure::event(EXPECTED)),
        };
        if let Some(Value::Array(records)) = members.get_mut("Records") {
            return Ok(Self::Batch(core::mem::take(records)));
        }
        if let Some(Value::Array(records)) = members.get_mut("records") {
            return Ok(Self::Firehose(core::mem::take(records)));
        }
        if members.get("requestContext").is_some_and(Value::is_object) {
            return Ok(Self::Http(Value::Object(members)));
        }
        match members.remove("body") {
            Some(Value::String(body)) => Ok(Self::Body(body)),
            _ => Err(Failure::event(EXPECTED)),
        }
    }
}
