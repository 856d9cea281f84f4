//! Where the service listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Where the service listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listen {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl Listen {
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if let Some(path) = text.strip_prefix("unix:") {
            let unix = cfg!(unix) && !path.is_empty();
            return unix.then(|| Self::Unix(path.into())).ok_or("expected `unix:` and the path of a socket");
        }
        if let Some(port) = text.strip_prefix("localhost:").and_then(|port| port.parse().ok()) {
            return Ok(Self::Tcp((Ipv4Addr::LOCALHOST, port).into()));
        }
        text.parse().map(Self::Tcp).map_err(|_| "expected `ADDRESS:PORT` or `unix:PATH`")
    }

    /// Whether only programs of this host can connect.
    pub(crate) fn is_of_this_host(&self) -> bool {
        match self {
            // An IPv4 address in IPv6 clothes is not taken for loopback: nobody needs it.
            Self::Tcp(address) => address.ip().is_loopback(),
            Self::Unix(_) => true,
        }
    }

    pub(crate) fn is_loopback(&self) -> bool {
        matches!(self, Self::Tcp(address) if address.ip().is_loopback())
    }
}

/// Whether a name in a Host header is this host, without asking anybody.
pub(crate) fn is_loopback_name(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_and_sockets_are_of_this_host() {
        for (text, ours) in [
            ("127.0.0.1:0", true),
            ("127.9.9.9:80", true),
            ("[::1]:80", true),
            ("localhost:80", true),
            ("unix:/run/x.sock", true),
            ("0.0.0.0:80", false),
            ("[::]:80", false),
            ("192.0.2.1:80", false),
            ("[::ffff:127.0.0.1]:80", false),
        ] {
            assert_eq!(Listen::parse(text).expect(text).is_of_this_host(), ours, "{text}");
        }
        for text in ["", "unix:", "127.0.0.1", "8787", ":80", "example.com:80", "127.0.0.1:65536"] {
            Listen::parse(text).expect_err(text);
        }
    }

    #[test]
    fn names_of_this_host_need_no_resolver() {
        for name in ["localhost", "LOCALHOST", "127.0.0.1", "[::1]", "127.1.2.3"] {
            assert!(is_loopback_name(name), "{name}");
        }
        for name in ["", "localhost.", "localhost.evil.test", "evil.test", "0.0.0.0", "[::]", "10.0.0.1"] {
            assert!(!is_loopback_name(name), "{name}");
        }
    }
}
