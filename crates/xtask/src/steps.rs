//! The steps of a long task: each named, timed and counted.

use std::time::Instant;

use anyhow::{Result, bail};

#[derive(Default)]
pub(crate) struct Steps {
    passed: u32,
    failed: Vec<&'static str>,
}

impl Steps {
    /// Runs one step. A step that fails does not keep the next from running.
    pub(crate) fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) {
        println!("==> {name}");
        let start = Instant::now();
        let result = work();
        let seconds = start.elapsed().as_secs_f64();
        match result {
            Ok(()) => {
                self.passed = self.passed.saturating_add(1);
                println!("    ok: {name} ({seconds:.1} s)");
            }
            Err(error) => {
                self.failed.push(name);
                println!("    FAILED: {name} ({seconds:.1} s): {error:#}");
            }
        }
    }

    /// Says how it went. The count is the last line.
    pub(crate) fn finish(self) -> Result<()> {
        for name in &self.failed {
            println!("failed: {name}");
        }
        println!("{} passed, {} failed", self.passed, self.failed.len());
        if self.failed.is_empty() { Ok(()) } else { bail!("not every step passed") }
    }
}
