//! What is read and where each of it is written.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::text::Source;
use crate::command::arguments::named;
use crate::command::failure::Failure;
use crate::command::output::is_temporary_name;

/// What a command was asked to read and to write.
pub(crate) struct Asked<'a> {
    pub(crate) inputs: &'a [PathBuf],
    pub(crate) output: Option<&'a Path>,
    pub(crate) in_place: Option<&'a OsStr>,
    pub(crate) report: Option<&'a Path>,
    pub(crate) journal: Option<&'a Path>,
    /// Whether the texts are written as they come.
    pub(crate) stream: bool,
    /// Whether the texts are only read.
    pub(crate) reads_only: bool,
}

/// One text to read, and its place.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) source: Source,
    pub(crate) target: Target,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Stdout,
    File(PathBuf),
    /// The input itself, and the name under which the original is kept.
    InPlace {
        backup: Option<PathBuf>,
    },
}

/// All of it, in the order in which it is done.
pub(crate) struct Inputs {
    pub(crate) jobs: Vec<Job>,
    /// Whether more than one text was asked for: then each has a name in messages and reports.
    pub(crate) several: bool,
}

/// A file, and where it stands beneath the folder that was asked for.
struct Found {
    path: PathBuf,
    relative: PathBuf,
}

impl Job {
    /// What messages and reports call it.
    pub(crate) fn name(&self) -> String {
        self.source.path().map_or_else(|| "-".to_owned(), |path| path.display().to_string())
    }

    /// Whether the input itself is replaced.
    pub(crate) fn is_in_place(&self) -> bool {
        matches!(self.target, Target::InPlace { .. })
    }

    /// The file that it replaces or makes.
    pub(crate) fn written(&self) -> Option<&Path> {
        match &self.target {
            Target::Stdout => None,
            Target::File(path) => Some(path),
            Target::InPlace { .. } => self.source.path(),
        }
    }
}

impl Inputs {
    /// Looks at the arguments and the folders they name. Nothing is opened.
    pub(crate) fn find(asked: &Asked<'_>) -> Result<Self, Failure> {
        let found = Self::look(asked)?;
        if asked.stream && found.several {
            return Err(Failure::usage("--stream is for one input"));
        }
        // Nor what would be an input of the next run.
        for (option, path) in [("--report", named(asked.report)), ("--resume", asked.journal)] {
            let Some(real) = path.map(real_path) else { continue };
            if asked.inputs.iter().any(|input| real.starts_with(real_path(input))) {
                return Err(Failure::usage(&format!(
                    "{option} names a file that is read, or one beneath a folder that is"
                )));
            }
        }
        Ok(found)
    }

    fn look(asked: &Asked<'_>) -> Result<Self, Failure> {
        let (output, in_place) = (named(asked.output), asked.in_place);
        let [first, rest @ ..] = asked.inputs else {
            return Self::stdin(output, in_place);
        };
        if rest.is_empty() && named(Some(first)).is_none() {
            return Self::stdin(output, in_place);
        }
        if asked.inputs.iter().any(|path| named(Some(path)).is_none()) {
            return Err(Failure::usage("standard input, `-`, stands alone"));
        }
        let several = !rest.is_empty() || first.is_dir();
        let found = Self::walk(asked.inputs, in_place)?;
        let jobs = match (in_place, output) {
            (Some(suffix), _) => in_their_places(found, suffix)?,
            (None, Some(folder)) if several => beneath(asked.inputs, found, folder)?,
            (None, output) => {
                if several && !asked.reads_only {
                    return Err(Failure::usage("several inputs, or a folder, need `-o DIR` or --in-place"));
                }
                let target = output.map_or(Target::Stdout, |path| Target::File(path.to_owned()));
                let job = |found: Found| Job { source: Source::File(found.path), target: target.clone() };
                found.into_iter().map(job).collect()
            }
        };
        Ok(Self { jobs, several })
    }

    fn stdin(output: Option<&Path>, in_place: Option<&OsStr>) -> Result<Self, Failure> {
        if in_place.is_some() {
            return Err(Failure::usage("--in-place needs files"));
        }
        let target = output.map_or(Target::Stdout, |path| Target::File(path.to_owned()));
        Ok(Self { jobs: vec![Job { source: Source::Stdin, target }], several: false })
    }

    /// The files, those of a folder sorted by name.
    fn walk(inputs: &[PathBuf], in_place: Option<&OsStr>) -> Result<Vec<Found>, Failure> {
        let backup = in_place.map(OsStr::as_encoded_bytes).filter(|suffix| !suffix.is_empty());
        let is_input = |path: &Path| {
            let name = path.file_name().unwrap_or_default();
            !name.to_str().is_some_and(is_temporary_name)
                && !backup.is_some_and(|suffix| name.as_encoded_bytes().ends_with(suffix))
        };
        let mut found = Vec::new();
        for path in inputs {
            if path.is_dir() {
                walk_folder(path, Path::new(""), &is_input, &mut found)?;
            } else {
                let relative = path.file_name().map_or_else(|| path.clone(), PathBuf::from);
                found.push(Found { path: path.clone(), relative });
            }
        }
        Ok(found)
    }
}

fn walk_folder(
    folder: &Path,
    relative: &Path,
    is_input: &impl Fn(&Path) -> bool,
    found: &mut Vec<Found>,
) -> Result<(), Failure> {
    let unreadable = |error| Failure::reading(format_args!("`{}`", folder.display()), &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        entries.push((entry.file_name(), entry.file_type().map_err(unreadable)?));
    }
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    for (name, kind) in entries {
        let path = folder.join(&name);
        let relative = relative.join(&name);
        if kind.is_dir() {
            walk_folder(&path, &relative, is_input, found)?;
        } else if is_input(&path) && (kind.is_file() || kind.is_symlink() && !is_other_than_file(&path)) {
            found.push(Found { path, relative });
        }
    }
    Ok(())
}

/// Whether a link leads to something, and that is no file. One that leads nowhere fails when it is read.
fn is_other_than_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())
}

fn in_their_places(found: Vec<Found>, suffix: &OsStr) -> Result<Vec<Job>, Failure> {
    if suffix.as_encoded_bytes().contains(&b'/') {
        return Err(Failure::usage("the suffix of --in-place is a part of a name, without `/`"));
    }
    let mut seen = BTreeSet::new();
    let mut jobs = Vec::new();
    for Found { path, .. } in found {
        // The file that a link leads to is replaced, and no file twice: its plaintext might hold a token.
        let path = match fs::canonicalize(&path) {
            Ok(real) if !seen.insert(real.clone()) => continue,
            Ok(real) if path.is_symlink() => real,
            _ => path,
        };
        let backup = (!suffix.is_empty()).then(|| {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            PathBuf::from(name)
        });
        jobs.push(Job { source: Source::File(path), target: Target::InPlace { backup } });
    }
    Ok(jobs)
}

/// Everything beneath a folder, as it stands beneath the folders that were asked for.
fn beneath(inputs: &[PathBuf], found: Vec<Found>, folder: &Path) -> Result<Vec<Job>, Failure> {
    if folder.exists() && !folder.is_dir() {
        return Err(Failure::usage("several inputs, or a folder, need a folder to write to: `-o DIR`"));
    }
    let real = real_path(folder);
    let inside = |input: &PathBuf| input.is_dir() && real.starts_with(real_path(input));
    if inputs.iter().any(inside) {
        return Err(Failure::usage(
            "the folder to write to is in one that is read; --in-place replaces files",
        ));
    }
    let sources: BTreeSet<PathBuf> = found.iter().map(|found| real_path(&found.path)).collect();
    let mut targets = BTreeSet::new();
    let mut jobs = Vec::new();
    for Found { path, relative } in found {
        let target = folder.join(&relative);
        if !targets.insert(target.clone()) {
            let message = format!("two inputs would be written to `{}`", target.display());
            return Err(Failure::usage(&message));
        }
        if sources.contains(&real_path(&target)) {
            let message = format!("`{}` would be written, and is read", target.display());
            return Err(Failure::usage(&message));
        }
        jobs.push(Job { source: Source::File(path), target: Target::File(target) });
    }
    Ok(jobs)
}

/// The path without links, as far as it exists.
pub(crate) fn real_path(path: &Path) -> PathBuf {
    if let Ok(real) = fs::canonicalize(path) {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if parent.as_os_str().is_empty() => real_path(Path::new(".")).join(name),
        (Some(parent), Some(name)) => real_path(parent).join(name),
        _ => path.to_owned(),
    }
}
