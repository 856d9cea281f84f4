//! How much, how many, how long.

use std::net::TcpStream;

use crate::http::{Client, Request};
use crate::service::{Lab, Service};

/// A request that is let in and stays: its body lacks a byte.
fn held(service: &Service) -> Client<TcpStream> {
    let mut client = service.connect();
    let request = Request::post("", "text/plain", "x").header("Content-Length", "2");
    client.send(request.bytes());
    client
}

fn chunked(pieces: &[&[u8]]) -> Vec<u8> {
    let head = Request::post("", "text/plain", "").header("Transfer-Encoding", "chunked").bytes();
    let chunks = pieces
        .iter()
        .flat_map(|piece| [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat());
    head.into_iter().chain(chunks).chain(*b"0\r\n\r\n").collect()
}

#[test]
fn a_body_may_be_as_long_as_the_limit_and_not_a_byte_longer() {
    let lab = Lab::new();
    let service = lab.serve(&["--max-body", "100000"]);
    for (length, status) in [(0, 200), (99_999, 200), (100_000, 200), (100_001, 413)] {
        let text = vec![b'x'; length];
        let response = service.request(&Request::post("", "text/plain", &text));
        assert_eq!(response.status, status, "{length}");
        if status == 200 {
            assert!(response.body == text, "{length}");
        } else {
            assert_eq!(response.code(), "body_too_large");
        }
        // The same without a length that is told beforehand.
        let (first, second) = text.split_at(length / 3);
        let pieces: Vec<&[u8]> = [first, second].into_iter().filter(|piece| !piece.is_empty()).collect();
        let mut client = service.connect();
        client.send(chunked(&pieces));
        assert_eq!(client.response().status, status, "{length} in chunks");
    }
}

#[test]
fn a_length_that_is_too_large_is_refused_before_the_body_is_sent() {
    let lab = Lab::new();
    let service = lab.serve(&["--max-body", "10"]);
    for length in ["11", "99999999999", "9223372036854775807"] {
        let mut client = service.connect();
        let request = Request::post("", "text/plain", "")
            .header("Expect", "100-continue")
            .header("Content-Length", length);
        let response = client.request(&request);
        assert_eq!((response.status, response.code()), (413, "body_too_large".to_owned()), "{length}");
    }
    let mut client = service.connect();
    client.send(
        Request::post("", "text/plain", "")
            .header("Expect", "100-continue")
            .header("Content-Length", "10")
            .bytes(),
    );
    assert_eq!(client.response().status, 100);
    client.send("0123456789");
    assert_eq!(client.response().text(), "0123456789");
}

#[test]
fn an_answer_reaches_a_client_that_is_still_sending() {
    let lab = Lab::new();
    let service = lab.serve(&["--max-body", "10"]);
    let mut client = service.connect();
    client.send(Request::post("", "text/plain", vec![b'x'; 300_000]).bytes());
    assert_eq!(client.response().status, 413);
    assert!(client.is_closed());
}

#[test]
fn so_many_requests_work_as_many_wait_and_the_next_is_refused() {
    let lab = Lab::new();
    let service = lab.serve(&["--max-requests", "2"]);
    let mut clients: Vec<_> = (0..4).map(|_| held(&service)).collect();
    service.reaches("edgeseal_http_requests_in_flight", 2.0);
    service.reaches("edgeseal_http_requests_waiting", 2.0);
    let response = service.request(&Request::post("", "text/plain", "x"));
    assert_eq!((response.status, response.code()), (503, "overloaded".to_owned()));
    assert!(response.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
    // What keeps the service alive does not wait.
    assert_eq!(service.request(&Request::get("/healthz")).status, 200);
    for client in &mut clients {
        client.send("y");
    }
    for client in &mut clients {
        assert_eq!(client.response().text(), "xy");
    }
    service.reaches("edgeseal_http_requests_in_flight", 0.0);
    assert_eq!(service.request(&Request::post("", "text/plain", "x")).status, 200);
}

#[test]
fn further_connections_wait_until_one_ends() {
    let lab = Lab::new();
    let service = lab.serve(&["--max-connections", "1"]);
    let mut first = service.connect();
    assert_eq!(first.request(&Request::get("/healthz")).status, 200);
    let mut second = service.connect();
    second.send(Request::get("/metrics").bytes());
    // The first one is served all the same, and the second once it has gone.
    assert_eq!(first.request(&Request::get("/healthz")).status, 200);
    drop(first);
    let metrics = second.response().text();
    assert!(metrics.contains("\nedgeseal_http_connections 1\n"), "{metrics}");
}

#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    let lab = Lab::new();
    let service = lab.serve(&["--head-timeout", "0.3", "--idle-timeout", "1000"]);
    // Nothing at all, and a part of a head.
    for sent in ["", "GET /healthz HTTP/1.1\r\nHost: loc"] {
        let mut client = service.connect();
        client.send(sent);
        assert!(client.is_closed(), "{sent:?}");
    }
    // A byte now and then does not help.
    let mut client = service.connect();
    client.send("GET / HTTP/1.1\r\nX: ");
    let mut trickle = client.0.get_ref().try_clone().unwrap();
    let trickling = std::thread::spawn(move || {
        while std::io::Write::write_all(&mut trickle, b"x").is_ok() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    });
    assert!(client.is_closed());
    drop(client);
    trickling.join().unwrap();
    // Nor after a request that was answered: the part of a head that has come is no idleness.
    let mut client = service.connect();
    assert_eq!(client.request(&Request::get("/healthz")).status, 200);
    client.send("GET ");
    assert!(client.is_closed());
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let lab = Lab::new();
    let service = lab.serve(&["--body-timeout", "0.3"]);
    let response = held(&service).response();
    assert_eq!((response.status, response.code()), (408, "body_timeout".to_owned()));
    // The whole has a time, too.
    let service = lab.serve(&["--request-timeout", "0.3"]);
    let response = held(&service).response();
    assert_eq!((response.status, response.code()), (408, "body_timeout".to_owned()));
}

#[test]
fn a_connection_without_a_request_is_closed() {
    let lab = Lab::new();
    let service = lab.serve(&["--idle-timeout", "0.3", "--head-timeout", "1000"]);
    let mut client = service.connect();
    assert_eq!(client.request(&Request::get("/healthz")).status, 200);
    assert!(client.is_closed());
}

#[test]
fn an_answer_that_nobody_takes_is_not_held_for_ever() {
    let lab = Lab::new();
    let service = lab.serve(&["--body-timeout", "0.3", "--max-body", "100000000"]);
    let mut client = service.connect();
    // More than the buffers of the operating system take.
    client.send(Request::post("", "text/plain", vec![b'x'; 64 << 20]).bytes());
    // This one, and the one that asks.
    service.reaches(r#"edgeseal_http_requests_total{status="200",code="ok"}"#, 2.0);
    service.reaches("edgeseal_http_connections", 1.0);
    assert_eq!(service.metric("edgeseal_http_requests_in_flight"), Some(0.0));
}

#[test]
fn what_is_not_http_is_refused() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    let long = "x".repeat(80_000);
    let many: String = (0..101).map(|number| format!("X-{number}: y\r\n")).collect();
    for (sent, status) in [
        ("no http at all\r\n\r\n".to_owned(), 400),
        ("POST /v1/decrypt HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n".to_owned(), 400),
        (format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: {long}\r\n\r\n"), 431),
        (format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"), 431),
    ] {
        let mut client = service.connect();
        client.send(&sent);
        assert_eq!(client.response().status, status, "{}", &sent[..20]);
        assert!(client.is_closed());
    }
    // A body that is not framed as it says.
    let mut client = service.connect();
    client.send(Request::post("", "text/plain", "zz\r\n").header("Transfer-Encoding", "chunked").bytes());
    let response = client.response();
    assert_eq!((response.status, response.code()), (400, "body_incomplete".to_owned()));
    // HTTP/2 is not spoken.
    let mut client = service.connect();
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert!(client.is_closed());
}

#[test]
fn a_head_may_have_a_hundred_fields_and_32_kib_and_more_is_refused() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    // With the host.
    for (fields, status) in [(99, 200), (100, 200), (101, 431)] {
        let many: String = (1..fields).map(|number| format!("X-{number}: y\r\n")).collect();
        let mut client = service.connect();
        client.send(format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"));
        assert_eq!(client.response().status, status, "{fields} fields");
    }
    // What is read at once may be a little more than is kept.
    for (length, status) in [(32_000, 200), (66_000, 431)] {
        let mut client = service.connect();
        client.send(format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(length)));
        assert_eq!(client.response().status, status, "{length} bytes");
    }
}
