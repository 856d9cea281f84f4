//! How texts are read: as the arguments say, else as their names do.

use std::path::Path;

use edgeseal::{Delimiter, TextFormat};

use super::compression::Compression;
use super::inputs::Inputs;
use super::text::wide;
use crate::command::arguments::{DelimiterChoice, Format, FormatArguments};
use crate::command::failure::Failure;

const JSON_ONLY: &str =
    "--path and --policy are for JSON and NDJSON: other texts have no places that they could name";

/// What a compressed input unpacks to at most, if the arguments say nothing else: 1 TiB.
const MAX_UNPACKED_BYTES: u64 = 1 << 40;

pub(crate) struct Formats {
    said: Option<Format>,
    delimiter: Option<DelimiterChoice>,
    needs_json: bool,
    /// The most bytes that a compressed input may unpack to.
    pub(crate) max_unpacked: u64,
}

impl Formats {
    /// `needs_json` says whether a text without places that a path could name is refused.
    pub(crate) fn new(
        arguments: FormatArguments,
        needs_json: bool,
        inputs: &Inputs,
    ) -> Result<Self, Failure> {
        let FormatArguments { format: said, delimiter, max_unpacked } = arguments;
        let max_unpacked = max_unpacked.map_or(MAX_UNPACKED_BYTES, wide);
        let formats = Self { said, delimiter, needs_json, max_unpacked };
        let mut paths = inputs.jobs.iter().filter_map(|job| job.source.path());
        let has_csv = match said {
            Some(format) => format == Format::Csv,
            None => paths.any(|path| delimiter_of_name(path).is_some()),
        };
        if delimiter.is_some() && !has_csv {
            return Err(Failure::usage(
                "--delimiter needs `--format csv`, or a name that ends in .csv or .tsv",
            ));
        }
        for job in &inputs.jobs {
            if let Some(format) = formats.told(job.source.path()) {
                formats.check(format)?;
            }
        }
        Ok(formats)
    }

    /// The format, as far as it is told without the content.
    pub(crate) fn told(&self, path: Option<&Path>) -> Option<TextFormat> {
        Some(match (self.said, path) {
            (Some(Format::Json), _) => TextFormat::Json,
            (Some(Format::Ndjson), _) => TextFormat::NdJson,
            (Some(Format::Form), _) => TextFormat::Form,
            (Some(Format::Text), _) => TextFormat::Text,
            (Some(Format::Csv), path) => self.csv(path.and_then(delimiter_of_name)),
            (None, Some(path)) => match extension(path)?.as_str() {
                "json" => TextFormat::Json,
                "ndjson" | "jsonl" => TextFormat::NdJson,
                "csv" | "tsv" => self.csv(delimiter_of_name(path)),
                _ => return None,
            },
            (None, None) => return None,
        })
    }

    /// Whether texts of this format have what the selection asks for.
    pub(crate) fn check(&self, format: TextFormat) -> Result<(), Failure> {
        let is_json = matches!(format, TextFormat::Json | TextFormat::NdJson);
        if self.needs_json && !is_json { Err(Failure::usage(JSON_ONLY)) } else { Ok(()) }
    }

    fn csv(&self, named: Option<DelimiterChoice>) -> TextFormat {
        TextFormat::Csv(match self.delimiter.or(named).unwrap_or(DelimiterChoice::Comma) {
            DelimiterChoice::Comma => Delimiter::Comma,
            DelimiterChoice::Semicolon => Delimiter::Semicolon,
            DelimiterChoice::Tab => Delimiter::Tab,
            DelimiterChoice::Pipe => Delimiter::Pipe,
        })
    }
}

fn delimiter_of_name(path: &Path) -> Option<DelimiterChoice> {
    match extension(path)?.as_str() {
        "csv" => Some(DelimiterChoice::Comma),
        "tsv" => Some(DelimiterChoice::Tab),
        _ => None,
    }
}

/// The extension in lower case; beneath that of a compression.
fn extension(path: &Path) -> Option<String> {
    let stem = match Compression::of_name(path) {
        Some(_) => Path::new(path.file_stem()?),
        None => path,
    };
    Some(stem.extension()?.to_str()?.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_at_beneath_their_compression() {
        for (name, expected) in [
            ("x.json", Some("json")),
            ("x.NDJSON.GZ", Some("ndjson")),
            ("a.b/x.csv.zst", Some("csv")),
            ("x.gz", None),
            ("x.json/y", None),
            (".json", None),
            ("x.json.gz.zst", Some("gz")),
        ] {
            assert_eq!(extension(Path::new(name)).as_deref(), expected, "{name}");
        }
    }
}
