//! `--plan`: what it would take.

use std::process::ExitCode;

use edgeseal::{Keyring, Selection};
use edgeseal_decryptor::{DecryptError, Plan, PlannedKey, RewrapFailure, Rewrapper};
use serde::Serialize;

use crate::command::arguments::PlanForm;
use crate::command::failure::Failure;
use crate::command::output::Output;
use crate::command::table::{Column, Table};
use crate::command::texts::{Formats, Inputs, Job, Progress, Text};

#[derive(Serialize)]
struct Whole<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    keys: Vec<Row<'a>>,
    found: u64,
    skipped: u64,
    kept: u64,
    calls: u64,
    usd: f64,
    seconds: f64,
}

#[derive(Serialize)]
struct Row<'a> {
    key: &'a str,
    location: &'a str,
    bits: usize,
    tokens: u64,
    calls: u64,
    usd: f64,
}

/// What is planned over.
pub(crate) struct Planning<'a> {
    pub(crate) form: PlanForm,
    pub(crate) keyring: &'a Keyring,
    pub(crate) inputs: &'a Inputs,
    pub(crate) formats: &'a Formats,
    pub(crate) rate: Option<f64>,
}

impl Planning<'_> {
    /// What it would take to decrypt the tokens.
    pub(crate) fn of_decrypt(&self, selection: Selection) -> Result<ExitCode, Failure> {
        self.run(Plan::new(self.keyring, selection), None)
    }

    /// What it would take to move the tokens.
    pub(crate) fn of_rewrap(&self, rewrapper: &Rewrapper, selection: Selection) -> Result<ExitCode, Failure> {
        let selection = rewrapper.from().iter().cloned().fold(selection, Selection::key);
        let plan = Plan::new(self.keyring, selection).moving_to(rewrapper.to().clone());
        self.run(plan, Some(rewrapper.to().key_id().as_str()))
    }

    fn run(&self, mut plan: Plan, to: Option<&str>) -> Result<ExitCode, Failure> {
        let inputs = self.inputs;
        let progress = Progress::new(inputs, false);
        for job in &inputs.jobs {
            let added = self.add(&mut plan, job, &progress);
            added.map_err(|failure| if inputs.several { failure.of_input(&job.name()) } else { failure })?;
        }
        let keys: Vec<PlannedKey> = plan.keys().collect();
        let time = plan.least_time(self.rate);
        let whole = Whole {
            to,
            keys: keys.iter().map(row).collect(),
            found: plan.found(),
            skipped: plan.skipped(),
            kept: plan.kept(),
            calls: keys.iter().fold(0, |sum, key| sum.saturating_add(key.calls)),
            usd: dollars(keys.iter().fold(0, |sum, key| sum.saturating_add(key.microdollars))),
            seconds: time.as_secs_f64(),
        };
        let text = match self.form {
            // Names and numbers always have a JSON text.
            PlanForm::Json => format!("{}\n", serde_json::to_string(&whole).unwrap_or_default()),
            PlanForm::Table => table(&whole, self.rate),
        };
        Output::stdout().stage(text.as_bytes())?.commit()?;
        Ok(ExitCode::SUCCESS)
    }

    fn add(&self, plan: &mut Plan, job: &Job, progress: &Progress) -> Result<(), Failure> {
        let told = self.formats.told(job.source.path());
        let mut text =
            Text::open(&job.source, told, false, self.keyring, progress)?.at_most(self.formats.max_unpacked);
        self.formats.check(text.format)?;
        let mut counted = plan.text(text.format);
        while let Some(piece) = text.next()? {
            counted.add(piece).map_err(DecryptError::from)?;
        }
        counted.end().map_err(DecryptError::from)?;
        plan.refusal().map_or(Ok(()), |error| Err(RewrapFailure::from(error.clone()).into()))
    }
}

fn row(key: &PlannedKey) -> Row<'_> {
    Row {
        key: key.key_id.as_str(),
        location: key.kms.as_ref().map_or("file", |(_, region)| region.as_str()),
        bits: key.key_bits,
        tokens: key.tokens,
        calls: key.calls,
        usd: dollars(key.microdollars),
    }
}

/// Exact up to nine thousand million dollars.
fn dollars(microdollars: u64) -> f64 {
    let (whole, rest) = (microdollars / 1_000_000, microdollars % 1_000_000);
    let number = |number: u64| u32::try_from(number).map_or(f64::INFINITY, f64::from);
    number(whole) + number(rest) / 1e6
}

fn table(whole: &Whole<'_>, rate: Option<f64>) -> String {
    let [key, location] = ["key", "location"].map(Column::Left);
    let [bits, tokens, calls, usd] = ["bits", "tokens", "calls", "USD"].map(Column::Right);
    let mut table = Table::new([key, location, bits, tokens, calls, usd]);
    for row in &whole.keys {
        table.row([
            row.key.to_owned(),
            row.location.to_owned(),
            row.bits.to_string(),
            row.tokens.to_string(),
            row.calls.to_string(),
            format!("{:.6}", row.usd),
        ]);
    }
    let tokens = whole.keys.iter().fold(0_u64, |sum, row| sum.saturating_add(row.tokens));
    table.row([
        "total".to_owned(),
        String::new(),
        String::new(),
        tokens.to_string(),
        whole.calls.to_string(),
        format!("{:.6}", whole.usd),
    ]);
    let mut text = table.to_string();
    if whole.skipped > 0 || whole.kept > 0 {
        let (skipped, kept) = (whole.skipped, whole.kept);
        text.push_str(&format!(
            "{skipped} tokens outside the selection, {kept} that no key can be asked for\n"
        ));
    }
    let how = match rate {
        Some(rate) => format!("at {rate} calls per second"),
        None => "at the quota of AWS KMS, 1,000 calls per second for an account in a Region".to_owned(),
    };
    if let Some(to) = whole.to.filter(|_| whole.usd > 0.0) {
        text.push_str(&format!(
            "a call is priced as one request under each key, `{to}` too; AWS may count it once\n"
        ));
    }
    text.push_str(&format!("at least {:.1} seconds {how}\n", whole.seconds));
    text
}
