//! `edgeseal encrypt`.

use std::path::Path;
use std::process::ExitCode;

use edgeseal::{EncryptError, Encrypted, Encryptor, Request};
use getrandom::SysRng;

use super::arguments::{BodyFormat, EncryptArguments, named};
use super::failure::Failure;
use super::output::{Output, Readers};
use super::{config, input};

pub(crate) const JSON: &str = "application/json";
pub(crate) const NDJSON: &str = "application/x-ndjson";
const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) fn run(arguments: &EncryptArguments) -> Result<ExitCode, Failure> {
    let encryptor = Encryptor::new(config::policy(&arguments.policy)?);
    let files = &arguments.files;
    let output =
        files.output().map_or_else(|| Ok(Output::stdout()), |path| Output::file(path, Readers::AsBefore))?;
    let report = open_report(arguments.report.as_deref(), &output)?;
    let body = input::read(files.input())?;

    let request = Request {
        method: arguments.method.as_deref(),
        path: arguments.path.as_deref(),
        content_type: content_type(arguments),
        body: Some(&body),
        ..Request::default()
    };
    let encrypted = match request.content_type {
        Some(_) => encryptor.encrypt_body(&request, &mut SysRng),
        None => encrypt_guessing(&encryptor, &request),
    };
    let encrypted = encrypted.map_err(|error| Failure::new(error.code(), error))?;

    let line = format!("{}\n", encrypted.report.to_json());
    let report = report.map(|report| report.stage(line.as_bytes())).transpose()?;
    let output = output.stage(&encrypted.body)?;
    // The body last: if it is there, everything is.
    report.map_or(Ok(()), |report| report.commit())?;
    output.commit()?;
    Ok(ExitCode::SUCCESS)
}

/// Where a report goes, if one is wanted. `-` is standard error: standard output has the body.
pub(crate) fn open_report(path: Option<&Path>, output: &Output) -> Result<Option<Output>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let report = named(Some(path))
        .map_or_else(|| Ok(Output::stderr()), |path| Output::file(path, Readers::AsBefore))?;
    if report.is_same_file(output) {
        return Err(Failure::usage("--report and --output name the same file"));
    }
    Ok(Some(report))
}

/// The content type, if the arguments say it.
fn content_type(arguments: &EncryptArguments) -> Option<&str> {
    if let Some(content_type) = &arguments.content_type {
        return Some(content_type);
    }
    match arguments.format {
        Some(BodyFormat::Json) => return Some(JSON),
        Some(BodyFormat::Ndjson) => return Some(NDJSON),
        Some(BodyFormat::Form) => return Some(FORM),
        None => {}
    }
    type_of_name(arguments.files.input()?)
}

/// The content type that a file's name says.
pub(crate) fn type_of_name(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "json" => Some(JSON),
        "ndjson" | "jsonl" => Some(NDJSON),
        _ => None,
    }
}

/// Encrypts a body as what it parses as. If it is neither, the error is that of JSON.
fn encrypt_guessing<'b>(encryptor: &Encryptor, request: &Request<'b>) -> Result<Encrypted<'b>, EncryptError> {
    let json = Request { content_type: Some(JSON), ..*request };
    let refused = match encryptor.encrypt_body(&json, &mut SysRng) {
        Err(error @ EncryptError::JsonInvalid { .. }) => error,
        encrypted => return encrypted,
    };
    let ndjson = Request { content_type: Some(NDJSON), ..*request };
    match encryptor.encrypt_body(&ndjson, &mut SysRng) {
        Err(EncryptError::JsonInvalid { .. }) => Err(refused),
        encrypted => encrypted,
    }
}
