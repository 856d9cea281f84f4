//! Whether the owner of the private key has a key that tokens can be decrypted under, and lets this caller do it.

use edgeseal_decryptor::Unavailability;

use super::super::facts::{Canary, CanaryFacts, Description, KeyFacts, OwnerFacts, Trouble};
use super::super::finding::{Findings, Severity};
use super::fingerprints::owner_name;
use super::{Demands, if_used};

pub(super) fn check(facts: &KeyFacts<'_>, owner: &OwnerFacts, findings: &mut Findings) {
    match &owner.description {
        Some(Ok(description)) => describe(facts, description, findings),
        Some(Err(trouble)) => tell(facts, trouble, &DESCRIBE, findings),
        None => {}
    }
    // Of a key that is none of ours, enough has been said.
    let unfit = facts.description().is_some_and(|description| !description.is_fit());
    match owner.public_key.as_ref().filter(|_| !unfit) {
        Some(Err(trouble)) => tell(facts, trouble, &PUBLIC_KEY, findings),
        Some(Ok(Err(error))) => findings.push(
            Severity::Error,
            "public_key_refused",
            format_args!(
                "the public key of {} is none that EdgeSeal encrypts under: {error}",
                owner_name(facts)
            ),
            "make another key: `edgeseal keys create`",
        ),
        Some(Ok(Ok(_))) | None => {}
    }
    if owner.readable_by_others {
        findings.push(
            Severity::Warning,
            "key_file_readable",
            "others than its owner can read the private key file",
            "`chmod 600` on the file; whoever has read it can decrypt",
        );
    }
    for canary in &owner.canaries {
        sing(facts, canary, findings);
    }
}

/// What is not known if a call is denied, and what it takes.
struct Call {
    permission: &'static str,
    name: &'static str,
    tells: &'static str,
}

const DESCRIBE: Call =
    Call { permission: "kms:DescribeKey", name: "DescribeKey", tells: "state, usage, spec and expiry" };
const PUBLIC_KEY: Call = Call {
    permission: "kms:GetPublicKey",
    name: "GetPublicKey",
    tells: "whether the public key is the policy's",
};

fn describe(facts: &KeyFacts<'_>, key: &Description, findings: &mut Findings) {
    const OTHER: &str = "what a key is for never changes: make another one, `edgeseal keys create`";
    if key.usage != "ENCRYPT_DECRYPT" {
        findings.push(
            Severity::Error,
            "usage_wrong",
            format_args!("the key is for `{}`, and not for `ENCRYPT_DECRYPT`", key.usage),
            OTHER,
        );
    }
    if !key.is_rsa() {
        findings.push(
            Severity::Error,
            "spec_wrong",
            format_args!("the key is of spec `{}`; expected `RSA_2048`, `RSA_3072` or `RSA_4096`", key.spec),
            OTHER,
        );
    }
    if key.usage == "ENCRYPT_DECRYPT" && key.is_rsa() && !key.has_algorithm() {
        findings.push(
            Severity::Error,
            "algorithm_missing",
            "`RSAES_OAEP_SHA_256` is not among the key's algorithms",
            OTHER,
        );
    }
    state(facts, key, findings);
    if let Some(date) = &key.valid_to {
        findings.push(
            Severity::Warning,
            "material_expires",
            format_args!("the key's material was imported, and expires at {date}: then nothing opens until it is imported again"),
            "keep the material where it can be imported from again, or import it anew without an expiry",
        );
    }
}

fn state(facts: &KeyFacts<'_>, key: &Description, findings: &mut Findings) {
    if key.is_enabled() {
        return;
    }
    let used = facts.is_used();
    let (code, message, next) = match key.state.as_str() {
        "Disabled" => disabled(used),
        "PendingDeletion" | "PendingReplicaDeletion" => (
            "deletion_pending",
            match &key.deletion_date {
                Some(date) => format!(
                    "the key is scheduled for deletion at {date}: from then on no token under it can ever be opened"
                ),
                None => {
                    "the key is scheduled for deletion: from then on no token under it can ever be opened"
                        .to_owned()
                }
            },
            if used {
                "`aws kms cancel-key-deletion`, then `aws kms enable-key`, at once"
            } else {
                "before that date, `edgeseal inspect` on all that is stored is the evidence that it may go; else `aws kms cancel-key-deletion`"
            },
        ),
        "PendingImport" => (
            "import_pending",
            "the key has no material: it was never imported, or has expired".to_owned(),
            "import the key material: `aws kms import-key-material`",
        ),
        state => (
            "state_wrong",
            format!("the key is in the state `{state}`; expected `Enabled`"),
            "AWS KMS Developer Guide, \"Key states\", says what leads out of it",
        ),
    };
    findings.push(if_used(facts), code, message, next);
}

fn disabled(used: bool) -> (&'static str, String, &'static str) {
    let next = if used {
        "`aws kms enable-key`, or point the rules at another key: `edgeseal rotate`"
    } else {
        "for retirement, `edgeseal inspect` on all that is stored is the evidence that it may go; else `aws kms enable-key`"
    };
    ("key_disabled", "the key is disabled: nothing under it opens".to_owned(), next)
}

/// Why a call told nothing.
fn tell(facts: &KeyFacts<'_>, trouble: &Trouble, call: &Call, findings: &mut Findings) {
    match trouble {
        Trouble::Denied => findings.push(
            Severity::Warning,
            "not_checked",
            format_args!("AWS KMS denies this caller `{}`: {} was not checked", call.name, call.tells),
            format_args!("allow `{}` on the key, or have the check run by who may", call.permission),
        ),
        Trouble::Unavailable(reason) => unavailable(facts, *reason, findings),
        Trouble::FileUnreadable(message) => findings.push(
            Severity::Error,
            "key_file_unreadable",
            message,
            "`private_key_file` names a file that is there, relative to the keyring's folder, and that you may read",
        ),
        Trouble::FileRefused(message) => findings.push(
            Severity::Error,
            "key_file_refused",
            message,
            "`openssl pkcs8 -topk8 -nocrypt -in KEY` writes such a file, `edgeseal keygen` makes a new key for development",
        ),
    }
}

/// Says it once, whichever call it was.
fn unavailable(facts: &KeyFacts<'_>, reason: Unavailability, findings: &mut Findings) {
    let known = facts.description();
    let (severity, code, message, next) = match reason {
        // What `DescribeKey` has said already.
        Unavailability::Disabled | Unavailability::WrongState
            if known.is_some_and(|description| !description.is_enabled()) =>
        {
            return;
        }
        Unavailability::Disabled => {
            let (code, message, next) = disabled(facts.is_used());
            (if_used(facts), code, message, next)
        }
        Unavailability::WrongState => (
            if_used(facts),
            "state_wrong",
            format!("the key cannot be used: {reason}"),
            "`aws kms describe-key` says the key's state; deletion can be cancelled while it is pending",
        ),
        Unavailability::WrongUsage => (
            Severity::Error,
            "usage_wrong",
            format!("the key cannot be used: {reason}"),
            "what a key is for never changes: make another one, `edgeseal keys create`",
        ),
        Unavailability::NotFound => (
            Severity::Error,
            "key_not_found",
            "there is no such key in that account and region".to_owned(),
            "compare the ARN in the keyring with `aws kms list-keys` in its region; a key that was deleted is gone for good",
        ),
        reason => (
            Severity::Error,
            "key_unavailable",
            format!("AWS KMS could not be asked: {reason}"),
            advice(reason),
        ),
    };
    if !findings.has(code) {
        findings.push(severity, code, message, next);
    }
}

fn advice(reason: Unavailability) -> &'static str {
    match reason {
        Unavailability::NoProvider => "take a command that was built with the feature `kms`",
        Unavailability::Credentials => {
            "`aws sts get-caller-identity` says who asks; docs/KMS.md, \"Configuration\""
        }
        Unavailability::Throttled => "check again later, or ask for a higher quota",
        Unavailability::TimedOut | Unavailability::Unreachable => {
            "look at the network, the ARN's region and `AWS_ENDPOINT_URL_KMS`, then check again"
        }
        Unavailability::AnswerInvalid => {
            "what answers is not AWS KMS, or answers about another key: look at `AWS_ENDPOINT_URL_KMS`"
        }
        _ => "check again later; AWS Health says whether the service has a fault",
    }
}

fn sing(facts: &KeyFacts<'_>, canary: &CanaryFacts, findings: &mut Findings) {
    let owner = owner_name(facts);
    let under = match &canary.policy {
        Some(file) => format!("the public key of `{file}`"),
        None => format!("the public key of {owner} itself"),
    };
    match &canary.outcome {
        Canary::Opened | Canary::Allowed | Canary::Denied => {}
        Canary::Failed => findings.push(
            Severity::Error,
            "canary_failed",
            format_args!("a random value that was encrypted under {under} did not come back from {owner}"),
            "do not deploy: what is encrypted under that public key does not open with this keyring",
        ),
        Canary::Unavailable(reason) => unavailable(facts, *reason, findings),
        Canary::NotMade => findings.push(
            Severity::Error,
            "randomness_failed",
            "no canary could be made: the operating system's random number generator failed",
            "nothing should be encrypted on this machine before it works",
        ),
    }
}

/// Whether this caller can decrypt, and has to.
pub(super) fn check_decryption(facts: &KeyFacts<'_>, demands: Demands, findings: &mut Findings) {
    match facts.canary() {
        Some(Canary::Opened | Canary::Allowed) => {}
        Some(Canary::Denied) => findings.push(
            if demands.decrypt { Severity::Error } else { Severity::Note },
            "decrypt_denied",
            "AWS KMS denies this caller `Decrypt`",
            if demands.decrypt {
                "allow `kms:Decrypt` on the key, with the condition of docs/KMS.md, in the caller's policy and in the key's"
            } else {
                "nothing, if this caller is not to read what is under the key; `--require-decrypt` makes it an error"
            },
        ),
        // Whatever the reason: nobody has seen that it works.
        _ if demands.decrypt && !findings.has_error() => findings.push(
            Severity::Error,
            "decrypt_not_shown",
            "it is required that this caller can decrypt, and nothing has shown it",
            "the other findings about the key say what stands against a canary; without --offline, the owner is asked",
        ),
        _ => {}
    }
}
