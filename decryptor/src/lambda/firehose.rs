//! Amazon Data Firehose: records to transform.

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::Failure;
use super::batch::Answered;
use super::record::text;
use super::texts::Texts;

/// Decrypts each record on its own. One that fails is given back as it came, for Firehose to put aside.
pub(super) async fn answer(
    records: Vec<Value>,
    texts: &Texts<'_>,
    at_once: usize,
) -> Result<Answered, Failure> {
    let mut known = Vec::with_capacity(records.len());
    for record in &records {
        let (Some(id), Some(data)) = (text(record, "/recordId"), text(record, "/data")) else {
            return Err(Failure::event("`records` of which one has no `recordId` or no `data`"));
        };
        known.push((id, data));
    }
    let asked = known.into_iter().map(|(id, data)| async move { (id, data, texts.base64(data).await) });
    let mut asked = stream::iter(asked).buffered(at_once);
    let mut answers = Vec::new();
    let mut failure = None;
    while let Some((id, data, decrypted)) = asked.next().await {
        let (result, data) = match decrypted {
            Ok(decrypted) => ("Ok", decrypted),
            Err(failed) => {
                failure = failure.or(Some(failed));
                ("ProcessingFailed", data.to_owned())
            }
        };
        answers.push(json!({ "recordId": id, "result": result, "data": data }));
    }
    Ok(Answered { answer: json!({ "records": answers }), failure })
}
