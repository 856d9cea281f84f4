//! `edgeseal inspect`.

mod evidence;
mod object;
mod tables;
mod time;
mod walk;

use std::fs;
use std::process::ExitCode;
use std::time::SystemTime;

use edgeseal::Keyring;
use edgeseal_decryptor::{DecryptError, Inventory, TextInventory};

use super::arguments::InspectArguments;
use super::config;
use super::decrypt::options::check_known;
use super::failure::Failure;
use super::output::Output;
use super::texts::{Formats, Job, Progress, Text};
use evidence::{Evidence, FileRow, Problem};
use walk::Walk;

/// Done, and there is something to look at.
const EXIT_LOOK: u8 = 3;

pub(crate) fn run(arguments: &InspectArguments) -> Result<ExitCode, Failure> {
    let began = SystemTime::now();
    let keyring = arguments.keyring.as_deref().map(config::keyring).transpose()?;
    check_keys(arguments, keyring.as_ref())?;
    let mut walk = Walk::of(&arguments.inputs)?;
    let formats = Formats::new(arguments.format, false, &walk.inputs)?;
    let mut findings = Findings { keep_going: arguments.keep_going, problems: Vec::new(), files: Vec::new() };
    for (path, failure) in core::mem::take(&mut walk.unreadable) {
        findings.fail(&path.display().to_string(), failure)?;
    }
    for path in &walk.not_followed {
        findings.problem(
            &path.display().to_string(),
            "folder_not_followed",
            "a link to a folder that is not read".into(),
        );
    }
    for path in &walk.to_nothing {
        findings.problem(
            &path.display().to_string(),
            "link_to_nothing",
            "a link to nothing: what it led to is not read".into(),
        );
    }
    let scanned_with = keyring.clone().unwrap_or_default();
    let inventory =
        Inventory::new(&scanned_with).of_keys(&arguments.keys).with_positions(arguments.positions);
    let mut reading = Reading {
        inventory,
        formats: &formats,
        is_strict: arguments.format.format.is_some(),
        several: walk.inputs.several,
        progress: Progress::new(&walk.inputs, !arguments.no_progress),
    };
    for job in &walk.inputs.jobs {
        let read = reading.read(job, &mut findings);
        if read.is_err() {
            reading.progress.end();
        }
        read?;
        let so_far = reading.inventory.found();
        reading.progress.file(|| format!("{so_far} tokens"));
    }
    reading.progress.end();
    let Findings { problems, files, .. } = findings;
    let evidence = Evidence {
        inventory: &reading.inventory,
        keyring: keyring.as_ref(),
        no_classic: arguments.no_classic,
        asked: &arguments.keys,
        several: walk.inputs.several,
        files,
        problems,
        folders: walk.folders,
        skipped: walk.skipped,
        began,
        ended: SystemTime::now(),
    };
    let text = if arguments.json { evidence.to_json() } else { tables::of(&evidence) };
    Output::stdout().stage(text.as_bytes())?.commit()?;
    Ok(if evidence.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_LOOK) })
}

/// What is said of a key is worth something only if its classic tokens, if it can have any, are looked for, and it is not misspelt.
fn check_keys(arguments: &InspectArguments, keyring: Option<&Keyring>) -> Result<(), Failure> {
    match keyring {
        Some(keyring) => arguments.keys.iter().try_for_each(|key_id| check_known("--key", key_id, keyring)),
        None if arguments.keys.is_empty() || arguments.no_classic => Ok(()),
        None => Err(Failure::usage(
            "--key needs -k KEYRING, which says what classic tags the key has; or --no-classic, if no key has ever had any",
        )),
    }
}

/// What was read, and what was not.
struct Findings {
    keep_going: bool,
    problems: Vec<Problem>,
    files: Vec<FileRow>,
}

impl Findings {
    /// Something cannot be read: that ends it all, unless the rest is wanted.
    fn fail(&mut self, file: &str, failure: Failure) -> Result<(), Failure> {
        match failure {
            Failure::Error { code, ref message, .. } if self.keep_going => {
                self.problem(file, code, message.clone());
                Ok(())
            }
            failure => Err(failure),
        }
    }

    fn problem(&mut self, file: &str, code: &'static str, message: String) {
        self.problems.push(Problem { file: file.to_owned(), code, message });
    }

    /// Notes what a text holds, and what of it is not seen.
    fn text(&mut self, job: &Job, row: FileRow, of_text: TextInventory) {
        let name = job.name();
        if let Some(what) = of_text.not_text {
            self.problem(&name, "not_text", format!("it is {what}: tokens in it are not seen"));
        }
        for encoded in &of_text.encoded {
            let what = match encoded.encoding {
                "altered" => {
                    "a key that is asked about is named as in a token, and no token is seen there".into()
                }
                "delimiter" => "classic tokens that the delimiter divides".into(),
                encoding => format!("tokens in an encoding that is not read: {encoding}"),
            };
            let message = format!("{what}, first at byte {}, {} in all", encoded.offset, encoded.count);
            self.problem(&name, "tokens_encoded", message);
        }
        self.files.push(FileRow { file: name, ..row.with(of_text) });
    }
}

struct Reading<'a> {
    inventory: Inventory,
    formats: &'a Formats,
    /// Whether a text has to be of the format that was said.
    is_strict: bool,
    several: bool,
    progress: Progress,
}

impl Reading<'_> {
    /// Reads an input. What of it was read before it failed is counted in any case.
    fn read(&mut self, job: &Job, findings: &mut Findings) -> Result<(), Failure> {
        let name = job.name();
        let fail = |findings: &mut Findings, failure: Failure| {
            let failure = if self.several { failure.of_input(&name) } else { failure };
            findings.fail(&name, failure)
        };
        let told = self.formats.told(job.source.path());
        let modified = job.source.path().and_then(|path| fs::metadata(path).ok()?.modified().ok());
        let mut text = match Text::open_to_inspect(&job.source, told, &self.progress) {
            Ok(text) => text.at_most(self.formats.max_unpacked),
            Err(failure) => return fail(findings, failure),
        };
        let row = FileRow::new(text.format, text.compression, job.source.file_bytes(), modified);
        let mut noted = self.inventory.text(text.format).modified(modified).strict(self.is_strict);
        if self.several {
            noted = noted.named(&name);
        }
        let failure = loop {
            match text.next() {
                Ok(Some(piece)) => {
                    if let Err(error) = noted.add(piece) {
                        break Some(DecryptError::from(error).into());
                    }
                }
                Ok(None) => break None,
                Err(failure) => break Some(failure),
            }
            self.progress.piece(|| format!("{} tokens in this one", noted.found()));
        };
        let failure = failure.or_else(|| Some(DecryptError::from(noted.complete().err()?).into()));
        let whole = failure.is_none();
        findings.text(job, FileRow { whole, ..row }, noted.end());
        failure.map_or(Ok(()), |failure| fail(findings, failure))
    }
}
