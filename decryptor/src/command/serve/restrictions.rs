//! What requests are confined to: by the options of the service, and further by each request.

use std::collections::BTreeMap;

use edgeseal::{FieldName, FieldPath, KeyId, Selection};

use super::problem::Problem;
use crate::command::arguments::RestrictionArguments;
use crate::command::config;
use crate::command::failure::Failure;

/// What every request is confined to.
pub(super) struct Restrictions {
    keys: Vec<KeyId>,
    fields: Vec<FieldName>,
    /// Policies and context.
    selection: Selection,
}

/// What a request confines itself to.
#[derive(Debug, Default)]
pub(super) struct Narrowing {
    pub(super) keys: Vec<KeyId>,
    pub(super) fields: Vec<FieldName>,
    pub(super) paths: Vec<FieldPath>,
    pub(super) context: BTreeMap<String, String>,
}

impl Restrictions {
    pub(super) fn new(arguments: &RestrictionArguments) -> Result<Self, Failure> {
        let mut selection = Selection::default();
        let mut context = BTreeMap::new();
        for (name, value) in &arguments.require_context {
            if context.insert(name, value).is_some() {
                return Err(Failure::usage("--require-context names one pair twice"));
            }
        }
        for (name, value) in context {
            selection = selection.require_context(name, value);
        }
        for path in &arguments.policy {
            selection = selection.policy(config::policy(path)?);
        }
        Ok(Self { keys: arguments.key.clone(), fields: arguments.field.clone(), selection })
    }

    /// Both together. What the service does not give is refused rather than left out: a text that comes back with its tokens would look like a mistake
    /// of somebody else.
    pub(super) fn narrow(&self, narrowing: Narrowing) -> Result<Selection, Problem> {
        let mut selection = self.selection.clone();
        for key in both(&self.keys, narrowing.keys, "key")? {
            selection = selection.key(key);
        }
        for field in both(&self.fields, narrowing.fields, "field")? {
            selection = selection.field(field);
        }
        for path in narrowing.paths {
            let together = selection.path(path);
            selection = together.map_err(|_| {
                Problem::new("parameter_invalid", "`path`: the paths together are too complex")
            })?;
        }
        for (name, value) in narrowing.context {
            let mut required = self.selection.context();
            // Nor may the value that the service requires be replaced.
            if required.any(|pair| pair.0 == name && pair.1 != value) {
                return Err(refused("context."));
            }
            selection = selection.require_context(name, value);
        }
        Ok(selection)
    }
}

/// What is asked for, if it is among what is allowed. No names at all mean all of them.
fn both<T: Clone + PartialEq>(allowed: &[T], asked: Vec<T>, parameter: &str) -> Result<Vec<T>, Problem> {
    if asked.is_empty() {
        return Ok(allowed.to_vec());
    }
    if allowed.is_empty() || asked.iter().all(|one| allowed.contains(one)) {
        return Ok(asked);
    }
    Err(refused(parameter))
}

fn refused(parameter: &str) -> Problem {
    Problem::new(
        "selection_refused",
        format!("the service does not serve the `{parameter}` that is asked for"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_can_only_narrow() {
        let both = |allowed: &[i32], asked: &[i32]| both(allowed, asked.to_vec(), "key").ok();
        assert_eq!(both(&[], &[]), Some(vec![]));
        assert_eq!(both(&[], &[1]), Some(vec![1]));
        assert_eq!(both(&[1, 2], &[]), Some(vec![1, 2]));
        assert_eq!(both(&[1, 2], &[2]), Some(vec![2]));
        assert_eq!(both(&[1, 2], &[2, 3]), None);
        assert_eq!(both(&[1], &[2]), None);
    }
}
