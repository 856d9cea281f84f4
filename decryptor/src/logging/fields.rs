//! The fields of an event, as JSON.

use core::fmt;

use serde_json::Value;
use tracing::field::{Field, Visit};

/// Fields in the order in which they are recorded.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) message: String,
    pub(super) others: Vec<(&'static str, Value)>,
    /// Whether text in some fields is JSON: see [`crate::audit`].
    pub(super) of_audit: bool,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        self.others.push((field.name(), value));
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let json = self.of_audit && crate::audit::JSON_FIELDS.contains(&field.name());
        let parsed = if json { serde_json::from_str(value).ok() } else { None };
        self.put(field, parsed.unwrap_or_else(|| value.into()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        if field.name() == "message" {
            self.message = text;
        } else {
            self.put(field, text.into());
        }
    }
}
