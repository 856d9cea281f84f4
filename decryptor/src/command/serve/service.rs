//! What all requests share.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use edgeseal_decryptor::{Decryptor, Limits};

use super::access::Access;
use super::admission::Admission;
use super::metrics::Metrics;
use super::restrictions::Restrictions;
use crate::command::arguments::ServiceLimitArguments;
use crate::command::terminal;

/// Positions in a report: it is for a person who looks for a mistake.
const MAX_POSITIONS: usize = 100;

/// Answers that are remembered within a request. A run makes room for all of them at once.
const MAX_REMEMBERED_ANSWERS: usize = 4_096;

pub(super) struct Service {
    pub(super) decryptor: Decryptor,
    /// Where relative paths of private keys begin.
    pub(super) folder: PathBuf,
    pub(super) access: Access,
    pub(super) restrictions: Restrictions,
    pub(super) admission: Admission,
    pub(super) metrics: Metrics,
    pub(super) connections: AtomicUsize,
    pub(super) stopping: AtomicBool,
    pub(super) max_body: usize,
    pub(super) request_timeout: Duration,
    pub(super) body_timeout: Duration,
    limits: Limits,
    /// Warnings that were said.
    told: AtomicUsize,
}

impl Service {
    pub(super) fn new(
        decryptor: Decryptor,
        folder: PathBuf,
        access: Access,
        restrictions: Restrictions,
        arguments: &ServiceLimitArguments,
    ) -> Self {
        let mut limits = Limits::default();
        limits.concurrency = usize::from(arguments.concurrency);
        limits.max_calls = Some(arguments.max_calls);
        limits.total = Some(arguments.request_timeout);
        limits.remembered_answers = MAX_REMEMBERED_ANSWERS;
        limits.max_piece_bytes = limits.max_piece_bytes.max(arguments.max_body);
        limits.max_positions = MAX_POSITIONS;
        Self {
            decryptor,
            folder,
            access,
            restrictions,
            admission: Admission::new(usize::from(arguments.max_requests)),
            metrics: Metrics::new(),
            connections: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
            max_body: arguments.max_body,
            request_timeout: arguments.request_timeout,
            body_timeout: arguments.body_timeout,
            limits,
            told: AtomicUsize::new(0),
        }
    }

    /// What one request may take.
    pub(super) fn limits(&self) -> Limits {
        self.limits.clone()
    }

    /// Says what the keys' owner should know, once.
    pub(super) fn tell_warnings(&self) {
        let warnings = self.decryptor.warnings();
        let told = self.told.swap(warnings.len(), Ordering::Relaxed);
        for warning in warnings.iter().skip(told) {
            terminal::note(&format!("warning: {warning}"));
        }
    }
}
