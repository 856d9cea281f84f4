//! One record of a stream or a queue.

use serde_json::{Value, json};

use super::texts::Texts;
use super::{Failure, attributes};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Kinesis,
    Sqs,
    DynamoDb,
}

impl Source {
    /// By `eventSource`, which every record has.
    pub(super) fn of(record: &Value) -> Result<Self, Failure> {
        match text(record, "/eventSource") {
            Some("aws:kinesis") => Ok(Self::Kinesis),
            Some("aws:sqs") => Ok(Self::Sqs),
            Some("aws:dynamodb") => Ok(Self::DynamoDb),
            _ => Err(Failure::event(
                "a record whose `eventSource` is not `aws:kinesis`, `aws:sqs` or `aws:dynamodb`",
            )),
        }
    }

    /// Where a record of this source has its data: in a pipe, Kinesis's stands at the top.
    pub(super) fn place(self, record: &Value) -> &'static str {
        match self {
            Self::Kinesis if record.get("kinesis").is_none() => "/data",
            Self::Kinesis => "/kinesis/data",
            Self::Sqs => "/body",
            Self::DynamoDb => "/dynamodb",
        }
    }

    /// What a batch's answer calls the record.
    pub(super) fn identifier(self, record: &Value) -> Result<String, Failure> {
        let place = match self {
            Self::Kinesis => "/kinesis/sequenceNumber",
            Self::Sqs => "/messageId",
            Self::DynamoDb => "/dynamodb/SequenceNumber",
        };
        let found = text(record, place).filter(|identifier| !identifier.is_empty());
        found.map(str::to_owned).ok_or_else(|| Failure::event(format!("a record without `{place}`")))
    }

    /// The records of a batch come in an order that has to be kept, so that none is done before one that failed.
    pub(super) fn is_ordered(self) -> bool {
        self != Self::Sqs
    }

    /// The member of an answer that has the data.
    pub(super) fn answer(self, identifier: &str, data: Value) -> Value {
        let name = match self {
            Self::Kinesis => "data",
            Self::Sqs => "body",
            Self::DynamoDb => "dynamodb",
        };
        json!({ "itemIdentifier": identifier, name: data })
    }

    /// The data of a record, decrypted.
    pub(super) async fn decrypt(self, record: &Value, texts: &Texts<'_>) -> Result<Value, Failure> {
        let place = self.place(record);
        match (self, record.pointer(place)) {
            (Self::Kinesis, Some(Value::String(data))) => Ok(texts.base64(data).await?.into()),
            (Self::Sqs, Some(Value::String(body))) => Ok(texts.string(body).await?.into()),
            (Self::DynamoDb, Some(images @ Value::Object(_))) => {
                let mut images = images.clone();
                attributes::decrypt(&mut images, texts).await?;
                Ok(images)
            }
            _ => Err(Failure::event(format!("a record without `{place}`"))),
        }
    }
}

pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}
