//! Whether a request is for this service.
//!
//! A page in a browser on this host can send requests to loopback addresses, and by DNS rebinding (a name of its own that turns out to be 127.0.0.1) read
//! the answers as well. Such a request names the page's host, and where it could change or read something the browser adds an Origin header. Programs do
//! neither.

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;

use super::listen::{Listen, is_loopback_name};
use super::problem::Problem;

pub(super) struct Hosts {
    /// Of a listener on a loopback address.
    loopback: bool,
    /// In lower case, without a port.
    names: Vec<String>,
    /// No browser speaks to a Unix socket.
    any: bool,
    origins: Vec<String>,
}

impl Hosts {
    pub(super) fn new(listen: &Listen, names: &[String], origins: &[String]) -> Self {
        let loopback = listen.is_loopback();
        let any = matches!(listen, Listen::Unix(_)) || (!loopback && names.is_empty());
        Self { loopback, names: names.to_vec(), any, origins: origins.to_vec() }
    }

    pub(super) fn check(&self, head: &Parts) -> Result<(), Problem> {
        let mut origins = head.headers.get_all(ORIGIN).iter();
        if !origins.all(|origin| self.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())) {
            return Err(Problem::new("origin_refused", "requests with an Origin header are not served"));
        }
        if self.any {
            return Ok(());
        }
        let mut hosts = head.headers.get_all(HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return Err(Problem::new("host_refused", "exactly one Host header is needed"));
        };
        let host = host.to_str().unwrap_or_default();
        // A target with an authority of its own counts instead of the header (RFC 9112, section 3.2.2): both have to be right.
        let target = head.uri.authority().map(|authority| authority.as_str());
        if [Some(host), target].into_iter().flatten().all(|host| self.allows(host)) {
            return Ok(());
        }
        Err(Problem::new("host_refused", "the request is for another host than those that are served"))
    }

    fn allows(&self, host: &str) -> bool {
        let Some(name) = without_port(host) else { return false };
        (self.loopback && is_loopback_name(name))
            || self.names.iter().any(|allowed| name.eq_ignore_ascii_case(allowed))
    }
}

fn without_port(host: &str) -> Option<&str> {
    let name_ends = if host.starts_with('[') {
        host.find(']')?.checked_add(1)?
    } else {
        host.find(':').unwrap_or(host.len())
    };
    let (name, port) = host.split_at_checked(name_ends)?;
    let port = if port.is_empty() { Some("") } else { port.strip_prefix(':') };
    port.filter(|port| port.bytes().all(|byte| byte.is_ascii_digit())).map(|_| name)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn code(hosts: &Hosts, uri: &str, headers: &[(&str, &str)]) -> &'static str {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).expect("a request").into_parts();
        hosts.check(&head).err().map_or("", |problem| problem.code())
    }

    #[test]
    fn a_loopback_service_serves_names_of_this_host_and_those_that_are_allowed() {
        let listen = Listen::parse("127.0.0.1:0").expect("an address");
        let hosts = Hosts::new(&listen, &["edge.test".to_owned()], &[]);
        for host in
            ["localhost", "127.0.0.1:8787", "[::1]", "[::1]:1", "LocalHost:80", "Edge.test", "edge.test:80"]
        {
            assert_eq!(code(&hosts, "/", &[("host", host)]), "", "{host}");
        }
        for host in [
            "",
            "evil.test",
            "127.0.0.1.evil.test",
            "localhost:80@evil.test",
            "[::1",
            "[::1]x",
            "localhost:x",
            "127.0.0.1:80:80",
        ] {
            assert_eq!(code(&hosts, "/", &[("host", host)]), "host_refused", "{host}");
        }
        assert_eq!(code(&hosts, "/", &[]), "host_refused");
        assert_eq!(code(&hosts, "/", &[("host", "localhost"), ("host", "localhost")]), "host_refused");
        assert_eq!(code(&hosts, "http://evil.test/", &[("host", "localhost")]), "host_refused");
        assert_eq!(code(&hosts, "http://localhost/", &[("host", "localhost")]), "");
    }

    #[test]
    fn other_listeners_check_names_only_where_some_are_given() {
        let socket = Hosts::new(&Listen::parse("unix:/s").expect("a path"), &["x.test".to_owned()], &[]);
        let open = Listen::parse("192.0.2.1:80").expect("an address");
        assert_eq!(code(&socket, "/", &[]), "");
        assert_eq!(code(&Hosts::new(&open, &[], &[]), "/", &[("host", "x.test")]), "");
        let named = Hosts::new(&open, &["x.test".to_owned()], &[]);
        assert_eq!(code(&named, "/", &[("host", "x.test")]), "");
        assert_eq!(code(&named, "/", &[("host", "localhost")]), "host_refused");
    }

    #[test]
    fn an_origin_is_refused_unless_it_is_allowed() {
        let listen = Listen::parse("unix:/s").expect("a path");
        let hosts = Hosts::new(&listen, &[], &["https://app.test".to_owned()]);
        assert_eq!(code(&hosts, "/", &[("origin", "https://app.test")]), "");
        for origin in ["null", "https://app.test.evil.test", "http://app.test", ""] {
            assert_eq!(code(&hosts, "/", &[("origin", origin)]), "origin_refused", "{origin}");
        }
        assert_eq!(
            code(&hosts, "/", &[("origin", "https://app.test"), ("origin", "null")]),
            "origin_refused"
        );
    }
}
