//! Reading policies and keyrings: JSON, strictly, with the place of every fault.

mod document;
mod error;
mod member;
mod number;

pub use error::{ConfigError, ConfigProblem};
pub(crate) use member::{Member, Members, child_pointer, parse};
