//! An interrupted command removes what it began.

use std::sync::Once;

use super::temporary;

/// From now on, a signal that ends the command removes its temporary files first; the exit status is 128 and the signal's number.
pub(super) fn watch() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(start);
}

#[cfg(unix)]
fn start() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    // A signal that whoever started us had ignored (`nohup`, `&` in a script) stays ignored.
    let ignored = ignored_signals();
    let heeded = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !ignored.contains(signal));
    // Without it the temporary files stay, until a later run removes them.
    let Ok(mut signals) = Signals::new(heeded) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            temporary::remove_all_and(|| std::process::exit(signal.saturating_add(128)));
        }
    });
}

#[cfg(not(unix))]
fn start() {}

/// Nothing but the kernel's own table tells it without unsafe code. Where there is none, no signal counts as ignored.
#[cfg(unix)]
fn ignored_signals() -> Vec<i32> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let digits = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    let mask = u64::from_str_radix(digits.trim(), 16).unwrap_or(0);
    (1..=64_i32)
        .zip(0_u32..)
        .filter(|(_, bit)| mask.checked_shr(*bit).unwrap_or(0) & 1 == 1)
        .map(|(signal, _)| signal)
        .collect()
}
