//! How fast texts without tokens are read, in memory: `scanning FILE ROUNDS`. The name of the file says its format.
//!
//! Prints, for each way to read it, its name, the bytes of the text, and the speed of each round in GB/s.

#![allow(clippy::print_stdout, reason = "a benchmark talks to a person")]

use std::error::Error;
use std::time::Instant;

use edgeseal::{Delimiter, Inspector, Keyring, Scan, Scanner, TextFormat};

/// What the command reads at once.
const PIECE_BYTES: usize = 1 << 17;

type Read = fn(&[u8], TextFormat) -> Result<(), Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(rounds)) = (arguments.next(), arguments.next()) else {
        return Err("expected FILE ROUNDS".into());
    };
    let format = match file.rsplit('.').next() {
        Some("json") => TextFormat::Json,
        Some("ndjson") => TextFormat::NdJson,
        Some("csv") => TextFormat::Csv(Delimiter::Comma),
        _ => TextFormat::Text,
    };
    let text = std::fs::read(file)?;
    let rounds: usize = rounds.parse()?;
    let ways: [(&str, Read); 3] = [("Scan", whole), ("Scanner", scan), ("Inspector", inspect)];
    for (name, read) in ways {
        read(&text, format)?;
        print!("{name}\t{}", text.len());
        for _ in 0..rounds {
            let began = Instant::now();
            read(&text, format)?;
            let gigabytes = u32::try_from(text.len()).map_or(f64::NAN, f64::from) / 1e9;
            print!("\t{}", gigabytes / began.elapsed().as_secs_f64());
        }
        println!();
    }
    Ok(())
}

fn whole(text: &[u8], format: TextFormat) -> Result<(), Box<dyn Error>> {
    let scan = Scan::new(text, format, &Keyring::default())?;
    check(scan.is_bare())
}

fn scan(text: &[u8], format: TextFormat) -> Result<(), Box<dyn Error>> {
    let mut scanner = Scanner::new(format).with_positions();
    in_pieces(text, |piece, last| {
        let scan = scanner.scan(piece, last, &Keyring::default())?;
        check(scan.is_bare())?;
        Ok(scan.covered())
    })
}

fn inspect(text: &[u8], format: TextFormat) -> Result<(), Box<dyn Error>> {
    let mut inspector = Inspector::new(format);
    in_pieces(text, |piece, last| {
        let inspected = inspector.inspect(piece, last, &Keyring::default())?;
        check(inspected.tokens().is_empty())?;
        Ok(inspected.covered())
    })
}

/// What is not covered is read again with more behind it.
fn in_pieces(
    text: &[u8],
    mut read: impl FnMut(&[u8], bool) -> Result<usize, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let (mut covered, mut end) = (0_usize, 0_usize);
    while end < text.len() {
        end = end.saturating_add(PIECE_BYTES).min(text.len());
        let piece = text.get(covered..end).unwrap_or_default();
        covered = covered.saturating_add(read(piece, end == text.len())?);
    }
    Ok(())
}

fn check(is_as_expected: bool) -> Result<(), Box<dyn Error>> {
    if is_as_expected { Ok(()) } else { Err("the text has tokens".into()) }
}
