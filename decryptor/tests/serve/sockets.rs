//! Unix sockets.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::PathBuf;

use crate::common::mode;
use crate::http::{Client, Request};
use crate::service::{Lab, Service};

fn socket(lab: &Lab) -> (PathBuf, String) {
    let path = lab.path().join("s.sock");
    let listen = format!("unix:{}", path.display());
    (path, listen)
}

fn answers(lab: &Lab) -> bool {
    let mut client = Client::unix(&socket(lab).0);
    client.request(&Request::post("", "text/plain", "x").without_host().header("Host", "whatever")).text()
        == "x"
}

fn end(service: &mut Service) {
    service.signal("TERM");
    assert_eq!(service.ended().0.code(), Some(0));
}

#[test]
fn a_socket_is_its_owners_alone_unless_something_else_is_said() {
    for (arguments, expected) in
        [(&[][..], 0o600), (&["--socket-mode", "0660"], 0o660), (&["--socket-mode", "666"], 0o666)]
    {
        let lab = Lab::new();
        let (path, listen) = socket(&lab);
        let before = fs::read_dir(lab.path()).unwrap().count();
        let mut service = lab.serve_at(&listen, arguments);
        assert_eq!(service.address, listen);
        assert_eq!(mode(&path), expected);
        assert_eq!(service.said().contains("warning: no authentication"), expected & 0o002 != 0);
        assert!(answers(&lab));
        // The audit knows whose the request was.
        service.hears("uid:");
        end(&mut service);
        // The socket has gone, and so has what it was made with.
        assert_eq!(fs::read_dir(lab.path()).unwrap().count(), before);
    }
}

#[test]
fn a_socket_that_was_left_is_replaced_and_one_in_use_is_not() {
    let lab = Lab::new();
    let (path, listen) = socket(&lab);
    let mut killed = lab.serve_at(&listen, &[]);
    killed.signal("KILL");
    killed.ended();
    assert!(fs::symlink_metadata(&path).unwrap().file_type().is_socket());

    let mut service = lab.serve_at(&listen, &[]);
    assert!(answers(&lab));
    let (exit, said) = lab.refuses(&listen, &[]);
    assert_eq!(exit, 1);
    assert!(said.contains("another service listens there"), "{said}");
    assert!(answers(&lab));
    // Somebody else's socket is not removed at the end.
    fs::remove_file(&path).unwrap();
    let _other = std::os::unix::net::UnixListener::bind(&path).unwrap();
    end(&mut service);
    assert!(path.exists());
}

#[test]
fn what_is_no_socket_is_left_alone() {
    let lab = Lab::new();
    let (path, listen) = socket(&lab);
    fs::write(&path, "precious").unwrap();
    let (exit, said) = lab.refuses(&listen, &[]);
    assert_eq!(exit, 1);
    assert!(said.contains("something else than a socket is there"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), b"precious");
}
