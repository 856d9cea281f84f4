//! How much a data key may serve beyond the request that it was made for.

use core::time::Duration;

use crate::config::{ConfigError, ConfigProblem, Member, Members};
use crate::sizes::{MAX_DATA_KEY_AGE_SECONDS, MAX_DATA_KEY_VALUES};

/// The bounds within which the data key of a key id serves several requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DataKeyReuse {
    /// The most values under one data key.
    pub(crate) max_values: usize,
    /// A request that begins this long after the data key was made, or later, gets another one.
    pub(crate) max_age: Duration,
}

impl DataKeyReuse {
    /// Reads `data_key_reuse` of a key, if it has it. Tokens in classic tags have no data key.
    pub(super) fn read(key: &Members<'_>, is_classic: bool) -> Result<Option<Self>, ConfigError> {
        key.get("data_key_reuse").map(|member| Self::read_member(member, is_classic)).transpose()
    }

    #[inline(never)]
    fn read_member(member: &Member<'_>, is_classic: bool) -> Result<Self, ConfigError> {
        let members = member.object(&["max_values", "max_age_seconds"])?;
        let max_values = members
            .required("max_values")?
            .integer(1..=MAX_DATA_KEY_VALUES, "a whole number from 1 to 1,000,000")?;
        let seconds = members
            .required("max_age_seconds")?
            .integer(1..=MAX_DATA_KEY_AGE_SECONDS, "a whole number from 1 to 3,600")?;
        if is_classic {
            return Err(member.refuse(ConfigProblem::Invalid("no `data_key_reuse` under classic tags")));
        }
        let seconds = u64::try_from(seconds).unwrap_or(0);
        Ok(Self { max_values, max_age: Duration::from_secs(seconds) })
    }
}
