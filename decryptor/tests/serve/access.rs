//! Who may ask.

use std::fs;

use crate::common::set_mode;
use crate::http::Request;
use crate::service::Lab;

const ONE: &str = "0123456789abcdef0123456789abcdef";
const TWO: &str = "fedcba9876543210fedcba9876543210";

fn with(token: &str) -> Request {
    Request::post("", "text/plain", "x").header("Authorization", &format!("Bearer {token}"))
}

fn write_tokens(lab: &Lab, text: &str) {
    fs::write(lab.path().join("tokens"), text).unwrap();
    set_mode(&lab.path().join("tokens"), 0o600);
}

#[test]
fn everything_but_health_needs_a_token() {
    let lab = Lab::new();
    write_tokens(&lab, &format!("# tokens\n{ONE}\n{TWO}\n"));
    let service = lab.serve(&["--bearer-token-file", "tokens"]);
    assert!(!service.said().contains("no authentication"));
    for path in ["/healthz", "/readyz"] {
        assert_eq!(service.request(&Request::get(path)).status, 200, "{path}");
    }
    for path in ["/metrics", "/openapi.json", "/elsewhere", "/v1/decrypt"] {
        let response = service.request(&Request::get(path));
        assert_eq!((response.status, response.code()), (401, "unauthorized".to_owned()), "{path}");
        assert_eq!(response.header("www-authenticate"), Some("Bearer"));
    }
    assert_eq!(service.request(&with(ONE)).status, 200);
    assert_eq!(service.request(&with(TWO)).status, 200);
    for wrong in ["", "x", &ONE[..31], &format!("{ONE}0"), &ONE.to_uppercase()] {
        assert_eq!(service.request(&with(wrong)).status, 401, "{wrong}");
    }
    // Who asked is in the audit, as the line of the token; so are those who were sent away.
    assert!(service.hears("token:2").contains(r#""outcome":"decrypted""#));
    assert!(service.hears(r#""code":"unauthorized""#).contains("\"outcome\":\"failed\""));
    assert!(!service.said().contains(&ONE[..16]));
}

#[test]
fn tokens_are_read_again_on_sighup_and_a_mistake_changes_nothing() {
    let lab = Lab::new();
    write_tokens(&lab, ONE);
    let service = lab.serve(&["--bearer-token-file", "tokens"]);
    write_tokens(&lab, TWO);
    assert_eq!(service.request(&with(ONE)).status, 200);
    service.signal("HUP");
    service.hears("reloaded");
    assert_eq!(service.request(&with(ONE)).status, 401);
    assert_eq!(service.request(&with(TWO)).status, 200);
    write_tokens(&lab, "short");
    service.signal("HUP");
    service.hears_so_often("reloaded", 2);
    assert!(service.said().contains("error[token_file_refused]"));
    assert_eq!(service.request(&with(TWO)).status, 200);
}

#[test]
fn token_files_that_others_can_read_or_that_hold_weak_tokens_are_refused() {
    let lab = Lab::new();
    let refused = |text: &str, mode: u32| {
        write_tokens(&lab, text);
        set_mode(&lab.path().join("tokens"), mode);
        let (exit, said) = lab.refuses("127.0.0.1:0", &["--bearer-token-file", "tokens"]);
        assert_eq!(exit, 1);
        assert!(said.contains("error[token_file_refused]"), "{said}");
        assert!(!said.contains(&ONE[..16]), "{said}");
    };
    for mode in [0o644, 0o640, 0o604] {
        refused(ONE, mode);
    }
    for text in ["", "# none\n", &ONE[..31], &format!("{ONE}\nx")] {
        refused(text, 0o600);
    }
}

#[test]
fn what_a_browser_would_send_on_behalf_of_a_page_is_refused() {
    let lab = Lab::new();
    let service = lab.serve(&["--allow-host", "edge.test", "--allow-origin", "app://desk"]);
    let post = || Request::post("", "text/plain", "x");
    for host in ["localhost:8787", "127.0.0.1", "[::1]:80", "edge.test"] {
        assert_eq!(service.request(&post().header("Host", host)).status, 200, "{host}");
    }
    let refused = |request: Request, code: &str| {
        let response = service.request(&request);
        assert_eq!((response.status, response.code()), (403, code.to_owned()));
    };
    for host in ["evil.test", "evil.test:8787", "127.0.0.1.evil.test", ""] {
        refused(post().header("Host", host), "host_refused");
        refused(Request::get("/healthz").header("Host", host), "host_refused");
    }
    refused(post().without_host(), "host_refused");
    refused(Request::new("POST", "http://evil.test/v1/decrypt"), "host_refused");
    refused(post().header("Origin", "http://localhost"), "origin_refused");
    refused(post().header("Origin", "null"), "origin_refused");
    let allowed = service.request(&post().header("Origin", "app://desk"));
    assert_eq!(allowed.status, 200);
    // Not even then may a page read the answer.
    assert!(!allowed.headers.iter().any(|header| header.0.starts_with("access-control-")));
}

#[test]
fn other_hosts_are_served_only_with_encryption_and_authentication() {
    let lab = Lab::new();
    write_tokens(&lab, ONE);
    for arguments in [
        &[][..],
        &["--bearer-token-file", "tokens"],
        &["--tls-cert", "c", "--tls-key", "k"],
        &["--bearer-token-file", "tokens", "--allow-host", "x"],
    ] {
        for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:127.0.0.1]:0"] {
            let (exit, said) = lab.refuses(listen, arguments);
            assert_eq!(exit, 2, "{listen} {arguments:?}");
            assert!(said.starts_with("edgeseal: error[usage]: --listen"), "{said}");
        }
    }
}
