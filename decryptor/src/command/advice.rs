//! The next step after an error, by its code. The library says what is wrong; what to do about it depends on the command.

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
        "json_invalid" | "json_too_deep" | "body_not_utf8" => {
            "nothing was written; --format says how the input is to be read"
        }
        "value_too_long" => {
            "with `\"oversize\": \"envelope\"` in the rule, a long value becomes an envelope token"
        }
        "too_many_values" => "`max_fields` in the policy's `limits` allows more",
        "decryption_failed" => {
            "nothing was written; the token was changed, is for another key of that id, or is bound to another context"
        }
        "key_unavailable" => {
            "nothing was written; this release reads keys from files (`private_key_file`), not from AWS KMS (`kms_key_arn`)"
        }
        "key_file_refused" => {
            "`openssl pkcs8 -topk8 -nocrypt -in KEY` writes PKCS#8; `edgeseal keygen` makes keys for development"
        }
        "file_exists" => {
            "nothing was written; take another key id or folder: a new version of a key is a new key id"
        }
        _ => return None,
    })
}
