//! Batches of an event source mapping, answered with partial failures (`ReportBatchItemFailures`).

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::Failure;
use super::record::{Source, text};
use super::texts::Texts;

pub(super) struct Answered {
    pub(super) answer: Value,
    /// Of the first record that failed.
    pub(super) failure: Option<Failure>,
}

/// Decrypts each record on its own.
///
/// Of an ordered stream, Lambda takes the lowest sequence number that is reported for its checkpoint, and comes again with everything from there
/// on: so the first that fails is reported, and nothing after it is given out. Of a queue, each that fails is reported; of a FIFO queue,
/// those after it in its group too.
pub(super) async fn answer(
    records: Vec<Value>,
    texts: &Texts<'_>,
    at_once: usize,
) -> Result<Answered, Failure> {
    let mut known = Vec::with_capacity(records.len());
    for record in &records {
        let source = Source::of(record)?;
        if known.first().is_some_and(|(first, _, _)| *first != source) {
            return Err(Failure::event("`Records` of more than one `eventSource`"));
        }
        known.push((source, source.identifier(record)?, record));
    }
    let mut answers = Vec::new();
    let mut failures = Vec::new();
    let mut failed_groups = BTreeSet::new();
    let mut failure = None;
    let asked = known.iter().map(|(source, identifier, record)| async move {
        (*source, identifier, group(record), source.decrypt(record, texts).await)
    });
    let mut asked = stream::iter(asked).buffered(at_once);
    while let Some((source, identifier, group, decrypted)) = asked.next().await {
        let held_back = group.is_some_and(|group| failed_groups.contains(group));
        match decrypted {
            Ok(data) if !held_back => answers.push(source.answer(identifier, data)),
            result => {
                failures.push(json!({ "itemIdentifier": identifier }));
                failed_groups.extend(group);
                failure = failure.or(result.err());
            }
        }
        if source.is_ordered() && failure.is_some() {
            break;
        }
    }
    Ok(Answered { answer: json!({ "batchItemFailures": failures, "records": answers }), failure })
}

/// The group of a message of a FIFO queue. Messages of other queues may have one too, which says nothing of their order.
fn group(record: &Value) -> Option<&str> {
    let fifo = text(record, "/eventSourceARN").is_some_and(|arn| arn.ends_with(".fifo"));
    // Without a name, they are all in one.
    fifo.then(|| text(record, "/attributes/MessageGroupId").unwrap_or_default())
}
