//! `edgeseal keys create`.

use std::path::Path;
use std::process::ExitCode;

use edgeseal_decryptor::{KeyDescription, KmsKeys, NewKey};

use super::entry::{Entry, spec_name};
use super::files::{Edited, Files, say};
use super::{Failure, call_failed, kms_keys, wait};
use crate::command::arguments::KeysCreateArguments;
use crate::command::input::read_at_most;
use crate::command::output::Output;
use crate::command::terminal;

/// Longest key policy (AWS KMS Developer Guide, "Resource quotas"), in bytes.
const MAX_KEY_POLICY_BYTES: usize = 32 << 10;
/// Most tags of a key (the same).
const MAX_TAGS: usize = 50;

pub(super) fn run(arguments: &KeysCreateArguments) -> Result<ExitCode, Failure> {
    check_tags(&arguments.tags)?;
    let mut files = Files::open(&arguments.files)?;
    files.check_new(&arguments.key_id)?;
    let new = NewKey {
        size: arguments.spec.into(),
        description: arguments
            .description
            .clone()
            .unwrap_or_else(|| format!("EdgeSeal {}", arguments.key_id.as_str())),
        tags: arguments.tags.clone(),
        policy: arguments.key_policy.as_deref().map(read_key_policy).transpose()?,
        multi_region: arguments.multi_region,
    };
    wait(async {
        let kms = kms_keys(arguments.region.as_deref()).await;
        let region = kms.region("", arguments.region.as_deref()).ok_or_else(|| {
            Failure::new("kms_region_missing", "nothing says which region the key is to be made in")
        })?;
        if let Some(alias) = &arguments.alias {
            check_alias(&kms, alias, &region).await?;
        }
        if arguments.dry_run {
            return say_plan(arguments, &new, &region);
        }
        files.reserve()?;
        let made = kms.create(&new, Some(&region)).await.map_err(|error| {
            if error.may_be_done() { call_failed(&error).with_help(MAY_BE_MADE) } else { call_failed(&error) }
        })?;
        terminal::note(&format!("made the key `{}`", made.arn));
        let edited = finish(&kms, arguments, &made, files).await.inspect_err(|_| {
            terminal::note(&format!(
                "note: the key `{}` stays; once what failed is put right, this enters it: {}",
                made.arn,
                completion(arguments, &made)
            ));
        })?;
        say(&edited, false)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// On a call that nobody knows the outcome of.
const MAY_BE_MADE: &str = "a key may have been made all the same: look for its description, or for `CreateKey` in CloudTrail, before trying again";

/// What comes after the key has been made. The files last: if it fails, they are as they were.
async fn finish(
    kms: &KmsKeys,
    arguments: &KeysCreateArguments,
    made: &KeyDescription,
    files: Files,
) -> Result<Edited, Failure> {
    if let Some(alias) = &arguments.alias {
        kms.create_alias(alias, &made.arn).await.map_err(|error| call_failed(&error).without_help())?;
    }
    let public = kms.public_key_of_new(&made.arn).await.map_err(|error| call_failed(&error))?;
    let entry = Entry::new(&arguments.key_id, made, &public).map_err(|unfit| unfit.failure(&made.arn))?;
    if files.are_none() {
        entry.print()?;
        return Ok(Edited::default());
    }
    let edited = files.enter(&entry)?;
    files.write(&edited)?;
    Ok(edited)
}

/// The command that enters a key which has been made.
fn completion(arguments: &KeysCreateArguments, made: &KeyDescription) -> String {
    let mut command = format!("edgeseal keys fetch {} {}", arguments.key_id.as_str(), made.arn);
    let files = [("-p", &arguments.files.policy), ("-k", &arguments.files.keyring)];
    for (option, path) in files {
        if let Some(path) = path {
            command.push_str(&format!(" {option} {}", shell_word(&path.to_string_lossy())));
        }
    }
    command
}

/// A word as a shell has to be given it.
fn shell_word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:@%,".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn check_tags(tags: &[(String, String)]) -> Result<(), Failure> {
    let mut names: Vec<&str> = tags.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
        return Err(Failure::usage("--tag has one name twice"));
    }
    if tags.len() > MAX_TAGS {
        return Err(Failure::usage("a key has at most 50 tags"));
    }
    Ok(())
}

/// AWS KMS checks what a key policy says; that it is JSON is seen here, before anything is asked.
fn read_key_policy(path: &Path) -> Result<String, Failure> {
    let refuse = |why: &str| {
        Failure::new("key_policy_refused", format_args!("the key policy `{}` {why}", path.display()))
    };
    let bytes = read_at_most(path, MAX_KEY_POLICY_BYTES)?;
    if bytes.len() > MAX_KEY_POLICY_BYTES {
        return Err(refuse("is longer than 32 KiB"));
    }
    let is_object = serde_json::from_slice::<serde_json::Value>(&bytes).is_ok_and(|json| json.is_object());
    let text = std::str::from_utf8(&bytes).ok().filter(|_| is_object);
    text.map(str::to_owned).ok_or_else(|| refuse("is not a JSON object"))
}

/// Refuses an alias that is there, before the key is made that is to have it.
async fn check_alias(kms: &KmsKeys, alias: &str, region: &str) -> Result<(), Failure> {
    match kms.describe(alias, Some(region)).await {
        Ok(key) => {
            let message = format_args!("there is an alias `{alias}` in {region}, of the key `{}`", key.arn);
            Err(Failure::new("alias_exists", message))
        }
        Err(error) if error.is_not_found() => Ok(()),
        // Whoever may make keys need not be allowed to describe all of them. Then `CreateAlias` will tell.
        Err(error) if error.code() == "access_denied" => Ok(()),
        Err(error) => Err(call_failed(&error)),
    }
}

fn say_plan(arguments: &KeysCreateArguments, new: &NewKey, region: &str) -> Result<(), Failure> {
    let mut lines = format!("would make an {} key in {region}, `{}`\n", spec_name(new.size), new.description);
    let mut line = |text: String| lines.push_str(&format!("  {text}\n"));
    if new.multi_region {
        line("the primary key of a multi-Region key".to_owned());
    }
    if let Some(alias) = &arguments.alias {
        line(format!("with the alias `{alias}`"));
    }
    for (name, value) in &new.tags {
        line(format!("with the tag `{name}`=`{value}`"));
    }
    line(match &arguments.key_policy {
        Some(path) => format!("under the key policy `{}`", path.display()),
        None => "under AWS KMS's default key policy".to_owned(),
    });
    for path in [&arguments.files.keyring, &arguments.files.policy].into_iter().flatten() {
        lines.push_str(&format!("would add to {}: key `{}`\n", path.display(), arguments.key_id.as_str()));
    }
    Output::stdout().stage(lines.as_bytes())?.commit()
}
