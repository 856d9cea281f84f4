//! The next step after an error, by its code. The library says what is wrong; what to do about it depends on the command.

/// On a private key file that is not the one `spki_sha256` means.
pub(crate) const ON_FINGERPRINT: &str = "the file and `spki_sha256` belong to different keys; take the one whose public key the edge's policy has";

/// On a folder that has something else in it than a bundle.
#[cfg(feature = "bundle")]
pub(crate) const ON_FOLDER: &str = "nothing was written; take another folder, or a file that ends in `.zip`";

/// On a call of AWS KMS that the caller may not make.
pub(crate) const ON_PERMISSIONS: &str = "docs/KEYS.md has the statements of an IAM policy";

pub(crate) fn on(code: &str) -> Option<&'static str> {
    Some(match code {
        "config_too_large"
        | "config_not_json"
        | "config_version_unsupported"
        | "config_member_missing"
        | "config_member_unknown"
        | "config_member_duplicate"
        | "config_type_wrong"
        | "config_value_invalid"
        | "config_name_duplicate"
        | "config_key_unknown"
        | "config_tags_ambiguous"
        | "path_syntax"
        | "path_unsupported" => "docs/CONFIGURATION.md describes every member",
        "public_key_not_pem" | "public_key_not_spki" => {
            "`openssl pkey -pubin -in KEY -pubout` writes such a block; for the DER that a KMS gives, add `-inform DER`"
        }
        "content_type_unsupported" => {
            "name it with --content-type, and what to do with it in the policy's `content_types`"
        }
        "foreign_token" => {
            "is the body encrypted already? `\"foreign_tokens\": \"allow\"` in the policy lets tokens pass"
        }
        "json_invalid" | "csv_invalid" => "--format says how the input is to be read",
        "json_too_deep" => {
            "`max_depth` in the policy's `limits` says how many arrays and objects may be open, 1,024 at most"
        }
        "body_not_utf8" => {
            "JSON is UTF-8 without a byte order mark: convert the input, for example with `iconv`"
        }
        "value_too_long" => {
            "with `\"oversize\": \"envelope\"` in the rule, a long value becomes an envelope token"
        }
        "too_many_values" => "`max_fields` in the policy's `limits` allows more",
        "decryption_failed" => {
            "the token was changed, is for another key of that id, or is not what is required; `--on-failed keep` leaves such tokens in place"
        }
        "key_unavailable" => "`--on-unavailable keep` leaves such tokens in place",
        "key_file_refused" => {
            "`openssl pkcs8 -topk8 -nocrypt -in KEY` writes such a file, `edgeseal keygen` makes a new key for development"
        }
        "file_exists" => {
            "nothing was written; take another key id or folder: a new version of a key is a new key id"
        }
        "alias_exists" => "nothing was made; take another alias: one that is there stays with its key",
        "edit_failed" => "nothing was written; enter the change by hand",
        "key_exists" => {
            "nothing was written; a new version of a key is a new key id: take another, and then `edgeseal rotate`"
        }
        "key_unfit" => "docs/KEYS.md says what a key has to be; `edgeseal keys create` makes one",
        "kms_region_missing" => "--region says it, or AWS_REGION, or the profile",
        "rotation_refused" => "nothing was written; docs/KEYS.md says what has to be in place",
        "output_held_back" => "`-o FILE` writes a file, `--stream` writes each piece as soon as it is done",
        "calls_exhausted" => "--max-calls allows more; `--plan` says how many calls it takes",
        "deadline_passed" => "--timeout allows more",
        "unpacked_too_long" => "--max-unpacked allows more",
        "piece_too_long" => "--max-piece allows longer ones; --format says how the input is to be read",
        "rewrap_too_long" => {
            "a key of the old one's size takes it; `--on-failed keep` leaves such tokens in place"
        }
        "rewrap_kind_refused" => {
            "the new key's `mode` in the keyring says which it takes; a key with classic tags takes text alone"
        }
        "rewrap_place_refused" => {
            "a key without classic tags can take it; they cannot stand in a form, nor everywhere in CSV"
        }
        "rewrap_mismatch" => "nothing was written; was the input changed meanwhile? If not, please report it",
        "journal_refused" => "take another file for another run",
        "sample_refused" => "the report says with which code; docs/ERRORS.md explains it",
        "policy_warnings" => "docs/ERRORS.md says of each warning what to do about it",
        "protection_lost" => "--allow-loss FIELD acknowledges it; docs/POLICY.md says how it is told",
        "key_replaced" => {
            "a new version of a key is a new key id; --allow-key-change ID acknowledges that no token of the older one is left"
        }
        "policy_weaker" => "--allow-weaker CODE-OR-POINTER acknowledges it; without --strict it is only said",
        "keyring_mismatch" => {
            "nothing was written; `edgeseal keys check` tells all that is wrong, and asks AWS KMS too"
        }
        "bundle_unavailable" => "`cargo xtask build` builds a command that has them: target/release/edgeseal",
        "bundle_invalid" => {
            "`edgeseal bundle` makes it anew from its policy; a bundle that was packed anew can be verified as a folder"
        }
        "bundle_foreign" => {
            "the command of the version that made it can vouch for its code; else make it anew from its policy"
        }
        _ => return None,
    })
}
