//! Something that `policy check` says.

use std::fmt::{self, Display};

use edgeseal::PolicyWarning;
use serde::Serialize;

/// A warning or a note, and what it is about: a member of the policy, or a sample.
#[derive(Serialize)]
pub(super) struct Finding {
    pub(super) code: &'static str,
    /// The member of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pointer: Option<String>,
    /// The sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sample: Option<String>,
    pub(super) message: String,
}

impl Finding {
    pub(super) fn of_policy(warning: &PolicyWarning) -> Self {
        let pointer = Some(warning.pointer().to_owned());
        Self { code: warning.code(), pointer, sample: None, message: warning.message() }
    }

    pub(super) fn of_sample(code: &'static str, sample: &str, message: String) -> Self {
        Self { code, pointer: None, sample: Some(sample.to_owned()), message }
    }
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]: ", self.code)?;
        if let Some(place) = self.pointer.as_ref().or(self.sample.as_ref()) {
            write!(f, "`{place}`: ")?;
        }
        f.write_str(&self.message)
    }
}
