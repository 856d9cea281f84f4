//! What stands in a token as it is, and is looked for wherever no token was found around it.

use std::collections::BTreeSet;

use edgeseal::{Delimiter, KeyId, Keyring, TextFormat};
use memchr::memmem::Finder;

/// So many may wait for the tokens around them to be found; more count as outside of any.
const MOST_WAITING: usize = 1 << 20;
/// How far behind a token's beginning `es1.` stands: behind two characters, or behind `\u005f\u005f`, which JSON undoes.
const BEHIND_MARKS: (u64, u64) = (2, 12);

/// What is sought, and waits to be covered by a token.
pub(super) struct Plain {
    sought: Vec<Sought>,
    waiting: BTreeSet<(u64, usize)>,
}

pub(super) struct Sought {
    pub(super) encoding: &'static str,
    pub(super) finder: Finder<'static>,
    key_id: KeyId,
    behind: (u64, u64),
}

impl Plain {
    /// For each key that is asked about, what its tokens hold behind `__`, and the same in capital letters, which no token has; and in CSV, classic prefixes
    /// that its delimiter divides.
    pub(super) fn new(format: TextFormat, keyring: &Keyring, asked: &[KeyId]) -> Self {
        let asked = asked.iter().flat_map(|key_id| {
            let held = format!("es1.{key_id}.");
            [held.to_uppercase(), held].map(|held| Sought {
                encoding: "altered",
                finder: Finder::new(held.as_bytes()).into_owned(),
                key_id: key_id.clone(),
                behind: BEHIND_MARKS,
            })
        });
        let delimiter = match format {
            TextFormat::Csv(delimiter) => Some(Delimiter::byte(delimiter)),
            _ => None,
        };
        let divided = keyring.iter().filter_map(|(key_id, entry)| {
            let prefix = entry.tags()?.prefix().as_bytes();
            prefix.contains(&delimiter?).then(|| Sought {
                encoding: "delimiter",
                finder: Finder::new(prefix).into_owned(),
                key_id: key_id.clone(),
                behind: (0, 0),
            })
        });
        Self { sought: asked.chain(divided).collect(), waiting: BTreeSet::new() }
    }

    pub(super) fn sought(&self) -> &[Sought] {
        &self.sought
    }

    /// Something sought is here. False if it cannot wait.
    pub(super) fn waits(&mut self, offset: u64, number: usize) -> bool {
        self.waiting.len() < MOST_WAITING && {
            self.waiting.insert((offset, number));
            true
        }
    }

    /// A token begins here: the first that is sought in it is found.
    pub(super) fn cover(&mut self, offset: u64, key_id: &KeyId) {
        let end = offset.saturating_add(BEHIND_MARKS.1);
        let covered = self.waiting.range((offset, 0)..=(end, usize::MAX)).copied().find(|(at, number)| {
            self.sought.get(*number).is_some_and(|sought| {
                let behind = at.saturating_sub(offset);
                sought.key_id == *key_id && (sought.behind.0..=sought.behind.1).contains(&behind)
            })
        });
        if let Some(covered) = covered {
            self.waiting.remove(&covered);
        }
    }

    /// Every token up to here is told: what is sought and not covered by one is outside of all.
    pub(super) fn uncovered(&mut self, until: u64) -> Vec<(&'static str, u64)> {
        let later = self.waiting.split_off(&(until, 0));
        let outside = core::mem::replace(&mut self.waiting, later);
        let encoding = |number: usize| self.sought.get(number).map_or("altered", |sought| sought.encoding);
        outside.into_iter().map(|(offset, number)| (encoding(number), offset)).collect()
    }
}
