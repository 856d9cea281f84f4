//! `docs/OPERATIONS.md`: its JSON is loaded, its commands are run as the roles that they speak of, its SQL is run over events in the form that AWS documents.
//!
//! In place of AWS there is the emulator. It differs, and so do the tests: users stand for roles, since its `aws:PrincipalArn` of a role's session is the session's; it has no MFA,
//! no condition keys `kms:…` and no tags of keys, so that conditions on these are left out of what it is given ([`office::emulated`]); its CloudTrail has no resources, no errors and no sessions, so
//! that lookups are run against it and then their answers replaced by events as AWS documents them.

#[path = "operations/office.rs"]
pub(crate) mod office;
#[path = "operations/page.rs"]
mod page;
#[path = "operations/roles.rs"]
mod roles;
#[path = "operations/runbooks.rs"]
mod runbooks;
#[path = "operations/trail.rs"]
mod trail;
#[path = "operations/watching.rs"]
mod watching;

use std::collections::BTreeSet;

use page::Page;

/// The sections whose commands a test runs.
const SECTIONS: [&str; 16] = [
    "Settings",
    "A new key for a field",
    "Scheduled rotation",
    "Retiring a key",
    "The last 90 days",
    "Joined with EdgeSeal's own line",
    "In the log group: Logs Insights",
    "Alarms",
    "Emergency rotation",
    "A key was disabled or is to be deleted",
    "The edge refuses requests",
    "Decryption is denied",
    "Data under an unknown key id",
    "A public key that is not the key's",
    "Throttling",
    "From classic tags to tokens",
];

#[test]
fn every_command_is_in_a_section_that_a_test_runs() {
    let page = Page::read();
    let with_commands: BTreeSet<&str> = page
        .blocks
        .iter()
        .filter(|block| block.language == "sh")
        .map(|block| block.section.as_str())
        .collect();
    assert_eq!(with_commands, SECTIONS.into_iter().collect());
}

#[test]
fn every_block_is_of_a_language_that_a_test_reads() {
    for block in Page::read().blocks {
        assert!(
            ["sh", "json", "sql"].contains(&block.language.as_str()),
            "{}: {}",
            block.section,
            block.language
        );
        // What others are to be called is said before them.
        assert_eq!(block.name.is_some(), block.language == "json", "{}", block.section);
    }
}
