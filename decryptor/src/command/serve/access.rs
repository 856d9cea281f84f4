//! Who may ask: bearer tokens, certificates, and the hosts that requests are for.

mod bearer;

use std::sync::Arc;

use axum::http::HeaderMap;

use super::host::Hosts;
use super::listen::Listen;
use super::problem::Problem;
use super::tls::Tls;
use crate::command::arguments::AccessArguments;
use crate::command::failure::Failure;
use crate::command::terminal;
use bearer::BearerTokens;

/// Who may ask.
pub(super) struct Access {
    pub(super) tls: Option<Tls>,
    bearer: Option<BearerTokens>,
    hosts: Hosts,
    has_client_ca: bool,
}

impl Access {
    pub(super) fn new(listen: &Listen, arguments: &AccessArguments) -> Result<Self, Failure> {
        let has_client_ca = arguments.client_ca.is_some();
        let authenticates = arguments.bearer_token_file.is_some() || has_client_ca;
        let encrypts = arguments.tls_cert.is_some();
        let is_guarded = listen.is_of_this_host() || (authenticates && encrypts);
        if !is_guarded {
            return Err(Failure::usage(
                "--listen on an address that other hosts reach needs --tls-cert and --tls-key, and --bearer-token-file or --client-ca",
            ));
        }
        if encrypts && matches!(listen, Listen::Unix(_)) {
            return Err(Failure::usage("--tls-cert is for addresses, not for a Unix socket"));
        }
        Ok(Self {
            tls: Tls::from_arguments(arguments)?,
            bearer: arguments.bearer_token_file.as_deref().map(BearerTokens::read).transpose()?,
            hosts: Hosts::new(listen, &arguments.allow_host, &arguments.allow_origin),
            has_client_ca,
        })
    }

    /// Whether anybody has to say who they are.
    pub(super) fn authenticates(&self) -> bool {
        self.bearer.is_some() || self.has_client_ca
    }

    /// Whether a request is for this service, and not a browser's on behalf of some page.
    pub(super) fn check_target(&self, head: &axum::http::request::Parts) -> Result<(), Problem> {
        self.hosts.check(head)
    }

    /// Whether a request has a token, if it needs one: which one, for the audit.
    pub(super) fn authenticate(&self, headers: &HeaderMap) -> Result<Option<Arc<str>>, Problem> {
        self.bearer.as_ref().map(|bearer| bearer.check(headers)).transpose()
    }

    /// Reads files again. What cannot be read stays as it was.
    pub(super) fn reload(&self) {
        let reloaded = [self.bearer.as_ref().map(BearerTokens::reload), self.tls.as_ref().map(Tls::reload)];
        for failure in reloaded.into_iter().flatten().filter_map(Result::err) {
            failure.report();
            terminal::note("warning: what was read before stays in use");
        }
        terminal::note("reloaded: tokens and certificates");
    }
}
