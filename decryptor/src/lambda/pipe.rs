//! EventBridge Pipes: the step that enriches records on their way.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;

use super::Failure;
use super::record::Source;
use super::texts::Texts;

/// The records in their order, each as it came but for its data. A pipe knows no partial answers: all or nothing.
pub(super) async fn answer(records: Vec<Value>, texts: &Texts<'_>, at_once: usize) -> Result<Value, Failure> {
    let asked = records.into_iter().map(|mut record| async move {
        let source = Source::of(&record)?;
        let decrypted = source.decrypt(&record, texts).await?;
        if let Some(data) = record.pointer_mut(source.place(&record)) {
            *data = decrypted;
        }
        Ok::<_, Failure>(record)
    });
    let records: Vec<Value> = stream::iter(asked).buffered(at_once).try_collect().await?;
    Ok(records.into())
}
