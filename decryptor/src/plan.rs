//! What decrypting texts would take, without a single call.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use edgeseal::{
    Ciphertext, Destination, Fallback, KeyId, KeyLocation, Keyring, NotDecrypted, RewrapError, ScanError,
    Scanner, Selection, TextFormat,
};
use zeroize::Zeroizing;

/// Calls of cryptographic operations with RSA keys that AWS KMS allows per second, for all callers of an account in a Region together, unless the
/// quota was raised (AWS KMS Developer Guide, "Request quotas").
pub const KMS_CALLS_PER_SECOND: f64 = 1_000.0;

/// Prices of AWS KMS in millionths of a US dollar a call (AWS price list, "AWS Key Management Service": asymmetric requests for 10,000 at
/// 0.03 dollars with RSA-2048 keys and at 0.15 with all others). The free tier is not counted.
const KMS_RSA_2048_MICRODOLLARS: u64 = 3;
const KMS_OTHER_RSA_MICRODOLLARS: u64 = 15;

/// Of the SHA-256 of a ciphertext, how much is kept. That two of a thousand million are alike is less likely than 2⁻⁶⁸.
const FINGERPRINT_BYTES: usize = 16;

/// How many tokens texts hold, and what it would take to decrypt them.
///
/// Each distinct ciphertext is counted once, as a run asks for it once, as long as it remembers all answers. Memory grows by about 32 bytes for each.
///
/// ```
/// use edgeseal::{Keyring, Selection, TextFormat};
/// use edgeseal_decryptor::Plan;
///
/// let arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
/// let keyring = format!(r#"{{"version": 1, "keys": {{"pii": {{"kms_key_arn": "{arn}"}}}}}}"#);
/// let mut plan = Plan::new(&Keyring::from_json(keyring.as_bytes())?, Selection::default());
/// let token = format!("__es1.pii.s.{}.__", "A".repeat(342));
/// let mut text = plan.text(TextFormat::Text);
/// text.add(token.as_bytes())?;
/// text.add(format!(" and again {token}").as_bytes())?;
/// text.end()?;
/// let key = plan.keys().next().ok_or("no token")?;
/// assert_eq!((key.key_bits, key.tokens, key.calls, key.microdollars), (2_048, 2, 1, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Plan {
    keyring: Keyring,
    selection: Selection,
    keys: BTreeMap<KeyId, Counts>,
    seen: HashSet<[u8; FINGERPRINT_BYTES]>,
    found: u64,
    skipped: u64,
    kept: u64,
    /// Where the tokens are to be moved to, if they are.
    to: Option<Destination>,
    refusal: Option<RewrapError>,
}

#[derive(Debug, Default)]
struct Counts {
    tokens: u64,
    /// By the length of the ciphertext, in bits.
    calls: BTreeMap<usize, u64>,
}

/// What the tokens under one key would take.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedKey {
    /// The key.
    pub key_id: KeyId,
    /// Its AWS account and Region; none for a local key.
    pub kms: Option<(String, String)>,
    /// Its length, as most of the tokens show it: 2048, 3072 or 4096 bits.
    pub key_bits: usize,
    /// The tokens.
    pub tokens: u64,
    /// Distinct ciphertexts: one call each, unless one has to be repeated.
    pub calls: u64,
    /// What the calls cost, in millionths of a US dollar.
    pub microdollars: u64,
}

/// A text that is counted piece by piece.
#[must_use = "what is left of a text is counted when it ends"]
pub struct PlanText<'p> {
    plan: &'p mut Plan,
    scanner: Scanner,
    waiting: Zeroizing<Vec<u8>>,
}

impl Plan {
    /// A plan of nothing yet.
    pub fn new(keyring: &Keyring, selection: Selection) -> Self {
        Self {
            keyring: keyring.clone(),
            selection,
            keys: BTreeMap::new(),
            seen: HashSet::new(),
            found: 0,
            skipped: 0,
            kept: 0,
            to: None,
            refusal: None,
        }
    }

    /// Plans to move the tokens to another key, rather than to decrypt them. To be called before the first text.
    ///
    /// AWS does not say whether `ReEncrypt` is billed once or for each of its keys: it is priced as one request under each, and in
    /// [`least_time`](Self::least_time) counts once.
    #[must_use]
    pub fn moving_to(mut self, to: Destination) -> Self {
        self.to = Some(to);
        self
    }

    /// The first token that the key does not take, whatever AWS KMS says of it.
    pub fn refusal(&self) -> Option<&RewrapError> {
        self.refusal.as_ref()
    }

    /// Adds a text that comes in pieces.
    pub fn text(&mut self, format: TextFormat) -> PlanText<'_> {
        let scanner = Scanner::new(format).with_selection(self.selection.clone());
        PlanText { plan: self, scanner, waiting: Zeroizing::default() }
    }

    /// Everything that begins like a token.
    pub fn found(&self) -> u64 {
        self.found
    }

    /// Tokens outside the selection.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Tokens that no key would be asked for: damaged, of an unknown version, kind or key id, or not what is required.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// What each key would be asked, sorted by key id.
    pub fn keys(&self) -> impl Iterator<Item = PlannedKey> {
        self.keys.iter().map(|(key_id, counts)| {
            let entry = self.keyring.get(key_id);
            let kms = entry.and_then(|entry| match entry.location() {
                KeyLocation::Kms(arn) => account_and_region(arn),
                _ => None,
            });
            let of_bits = |bits| match bits {
                2_048 => KMS_RSA_2048_MICRODOLLARS,
                _ => KMS_OTHER_RSA_MICRODOLLARS,
            };
            // A size that the keyring does not tell may be the dearer one.
            let bits_of =
                |to: &Destination| to.key_spec().map_or(0, |size| size.modulus_bytes().saturating_mul(8));
            let of_destination = self.to.as_ref().map_or(0, |to| of_bits(bits_of(to)));
            let price =
                |bits: usize| kms.as_ref().map_or(0, |_| of_bits(bits).saturating_add(of_destination));
            // Of as many, the shorter.
            let usual =
                counts.calls.iter().rev().max_by_key(|(_, calls)| **calls).map_or(0, |(bits, _)| *bits);
            let cost = |(bits, calls): (&usize, &u64)| calls.saturating_mul(price(*bits));
            PlannedKey {
                key_id: key_id.clone(),
                key_bits: usual,
                tokens: counts.tokens,
                calls: counts.calls.values().copied().fold(0, u64::saturating_add),
                microdollars: counts.calls.iter().map(cost).fold(0, u64::saturating_add),
                kms,
            }
        })
    }

    /// The least time it takes: at this many calls per second, else at the quota of AWS KMS, which each account has in each Region.
    pub fn least_time(&self, calls_per_second: Option<f64>) -> Duration {
        let mut calls: BTreeMap<Option<(String, String)>, u64> = BTreeMap::new();
        for key in self.keys() {
            // A limit of the run counts every call, a quota those of its account and Region.
            let place = key.kms.filter(|_| calls_per_second.is_none());
            let counted = place.is_some() || calls_per_second.is_some();
            let sum = calls.entry(place).or_default();
            *sum = sum.saturating_add(if counted { key.calls } else { 0 });
        }
        let most = calls.into_values().max().unwrap_or(0);
        let rate = calls_per_second.unwrap_or(KMS_CALLS_PER_SECOND);
        // The first begins at once. A number of calls that a double cannot tell exactly takes longer than anybody waits.
        let seconds = u32::try_from(most.saturating_sub(1)).map_or(f64::MAX, f64::from) / rate;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    fn ask_for(&mut self, ciphertext: &Ciphertext) {
        let key_id = ciphertext.key_id();
        let mut context = Context::new(&SHA256);
        context.update(key_id.as_str().as_bytes());
        context.update(&[0]);
        context.update(ciphertext.bytes());
        let digest = context.finish();
        if digest.as_ref().first_chunk().is_none_or(|fingerprint| self.seen.insert(*fingerprint)) {
            let bits = ciphertext.bytes().len().saturating_mul(8);
            let calls = self.keys.entry(key_id.clone()).or_default().calls.entry(bits).or_default();
            *calls = calls.saturating_add(1);
        }
    }
}

impl PlanText<'_> {
    /// Takes the next piece.
    ///
    /// # Errors
    /// [`ScanError`] if the text is not of its format.
    pub fn add(&mut self, piece: &[u8]) -> Result<(), ScanError> {
        self.count(piece, false)
    }

    /// Ends the text.
    ///
    /// # Errors
    /// [`ScanError`] if the text is not of its format.
    pub fn end(mut self) -> Result<(), ScanError> {
        self.count(&[], true)
    }

    fn count(&mut self, piece: &[u8], last: bool) -> Result<(), ScanError> {
        self.waiting.extend_from_slice(piece);
        let plan = &mut *self.plan;
        let scan = self.scanner.scan(&self.waiting, last, &plan.keyring)?;
        if let Some(to) = plan.to.as_ref().filter(|_| plan.refusal.is_none()) {
            plan.refusal = scan.check_rewrap(to).err();
        }
        for ciphertext in scan.ciphertexts() {
            plan.ask_for(ciphertext);
        }
        // Without an answer every token stays, and the report says under which key.
        if let Ok(spliced) = scan.splice_with(&[], |_, _| Fallback::Keep) {
            let report = spliced.report;
            let more = |to: &mut u64, count: usize| {
                *to = to.saturating_add(u64::try_from(count).unwrap_or(u64::MAX))
            };
            more(&mut plan.found, report.found());
            more(&mut plan.skipped, report.skipped());
            for kept in report.kept() {
                match kept.key_id() {
                    Some(key_id) if kept.code() == NotDecrypted::Unavailable.code() => {
                        more(&mut plan.keys.entry(key_id.clone()).or_default().tokens, 1);
                    }
                    _ => more(&mut plan.kept, 1),
                }
            }
        }
        let covered = scan.covered();
        self.waiting.drain(..covered);
        Ok(())
    }
}

impl core::fmt::Debug for PlanText<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PlanText").field("scanner", &self.scanner).finish_non_exhaustive()
    }
}

/// Of a key's ARN, which a keyring has checked.
fn account_and_region(arn: &str) -> Option<(String, String)> {
    let mut parts = arn.split(':').skip(3);
    let region = parts.next()?;
    Some((parts.next()?.to_owned(), region.to_owned()))
}
