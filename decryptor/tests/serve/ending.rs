//! How the service ends.

use std::net::TcpStream;

use crate::http::{Client, Request};
use crate::service::{Lab, Service};

/// A request under way.
fn held(service: &Service) -> Client<TcpStream> {
    let mut client = service.connect();
    client.send(Request::post("", "text/plain", "x").header("Content-Length", "2").bytes());
    service.reaches("edgeseal_http_requests_in_flight", 1.0);
    client
}

#[test]
fn requests_under_way_are_answered_and_no_others_come_in() {
    for signal in ["TERM", "INT"] {
        let lab = Lab::new();
        let mut service = lab.serve(&[]);
        let mut client = held(&service);
        let mut idle = service.connect();
        assert_eq!(idle.request(&Request::get("/readyz")).text(), "ready\n");
        service.signal(signal);
        service.hears("ending");
        assert!(TcpStream::connect(service.tcp()).is_err());
        assert!(idle.is_closed());
        client.send("y");
        let response = client.response();
        assert_eq!((response.status, response.text()), (200, "xy".to_owned()));
        assert!(client.is_closed());
        let (status, said) = service.ended();
        assert_eq!(status.code(), Some(0), "{said}");
        assert!(!said.contains("were cut"), "{said}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for (signal, exit) in [("TERM", 143), ("INT", 130)] {
        let lab = Lab::new();
        let mut service = lab.serve(&["--shutdown-timeout", "1000"]);
        let mut client = held(&service);
        service.signal("TERM");
        service.hears("ending");
        service.signal(signal);
        assert_eq!(service.ended().0.code(), Some(exit), "{signal}");
        assert!(client.is_closed());
    }
}

#[test]
fn requests_that_take_too_long_are_cut() {
    let lab = Lab::new();
    let mut service = lab.serve(&["--shutdown-timeout", "0.2"]);
    let mut client = held(&service);
    service.signal("TERM");
    let (status, said) = service.ended();
    assert_eq!(status.code(), Some(0));
    assert!(said.contains("warning: requests that took too long were cut"), "{said}");
    assert!(client.is_closed());
}

#[test]
fn a_service_that_cannot_read_its_keys_is_alive_and_not_ready() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    assert_eq!(service.request(&Request::get("/readyz")).status, 200);
    std::fs::remove_file(lab.path().join("b.pem")).unwrap();
    let response = service.request(&Request::get("/readyz"));
    assert_eq!((response.status, response.code()), (503, "not_ready".to_owned()));
    assert!(response.header("retry-after").is_some());
    assert_eq!(service.request(&Request::get("/healthz")).status, 200);
    // A text that needs it cannot be decrypted, and nobody is told where it should be.
    let [_, envelope] = lab.tokens("x");
    let response = service.request(&Request::post("", "text/plain", envelope));
    assert_eq!((response.status, response.code()), (503, "key_unavailable".to_owned()));
    assert!(response.header("retry-after").is_some());
    assert!(!response.text().contains("b.pem"), "{response:?}");
    assert!(service.hears("cannot read the private key").contains("b.pem"));
}

#[test]
fn a_private_key_that_others_can_read_is_told_once() {
    let lab = Lab::new();
    crate::common::set_mode(&lab.path().join("a.pem"), 0o644);
    let mut service = lab.serve(&[]);
    let [token, _] = lab.tokens("x");
    for _ in 0..3 {
        assert_eq!(service.request(&Request::post("", "text/plain", &token)).text(), "x");
    }
    service.signal("TERM");
    let (_, said) = service.ended();
    assert_eq!(
        said.matches("warning: others than its owner can read the private key file").count(),
        1,
        "{said}"
    );
}
