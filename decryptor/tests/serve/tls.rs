//! TLS, and certificates of clients.

use std::fs;
use std::io::BufReader;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::common::set_mode;
use crate::http::{Client, PATIENCE, Request};
use crate::service::{Lab, Service};

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Issuer {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key, in PEM.
fn certificate(issuer: &Issuer, usage: ExtendedKeyUsagePurpose) -> (String, String) {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.extended_key_usages = vec![usage];
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    (certificate.pem(), key.serialize_pem())
}

fn write(folder: &Path, issuer: &Issuer) {
    let (certificate, key) = certificate(issuer, ExtendedKeyUsagePurpose::ServerAuth);
    fs::write(folder.join("cert.pem"), certificate).unwrap();
    fs::write(folder.join("key.pem"), key).unwrap();
    set_mode(&folder.join("key.pem"), 0o600);
}

/// A client that trusts an authority, and may have a certificate. The handshake is done with the first request.
fn connect(
    service: &Service,
    trusted: &Issuer,
    own: Option<(String, String)>,
) -> Client<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.der().clone()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let builder = builder.with_root_certificates(roots);
    let config = match own {
        Some((certificate, key)) => builder
            .with_client_auth_cert(
                vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()],
                PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
            )
            .unwrap(),
        None => builder.with_no_client_auth(),
    };
    let connection = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let stream = TcpStream::connect(service.tcp()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    Client(BufReader::new(StreamOwned::new(connection, stream)))
}

/// Whether a request is answered at all.
fn is_served(client: &mut Client<StreamOwned<ClientConnection, TcpStream>>) -> bool {
    let sent = std::io::Write::write_all(client.0.get_mut(), &Request::post("", "text/plain", "x").bytes());
    let answered = sent.and_then(|()| std::io::BufRead::fill_buf(&mut client.0).map(<[u8]>::is_empty));
    match answered {
        Ok(false) => {
            assert_eq!(client.response().text(), "x");
            true
        }
        _ => false,
    }
}

#[test]
fn requests_are_served_over_tls_alone() {
    let lab = Lab::new();
    let issuer = authority();
    write(lab.path(), &issuer);
    let service = lab.serve(&["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    assert!(service.address.starts_with("https://127.0.0.1:"));
    let mut client = connect(&service, &issuer, None);
    for _ in 0..3 {
        assert_eq!(client.request(&Request::post("", "text/plain", "x")).text(), "x");
    }
    // A body that is too long is refused here as well, and the refusal arrives.
    let mut client = connect(&service, &issuer, None);
    let response = client.request(&Request::post("", "text/plain", "x").header("Content-Length", "99999999"));
    assert_eq!(response.code(), "body_too_large");
    assert!(!is_served(&mut connect(&service, &authority(), None)));
    let mut plain = service.connect();
    plain.send(Request::get("/healthz").bytes());
    let mut answer = Vec::new();
    drop(std::io::Read::read_to_end(&mut plain.0, &mut answer));
    assert!(!answer.starts_with(b"HTTP"));
}

#[test]
fn only_certificates_of_the_authority_are_served() {
    let lab = Lab::new();
    let (servers, clients) = (authority(), authority());
    write(lab.path(), &servers);
    fs::write(lab.path().join("ca.pem"), clients.pem()).unwrap();
    let service = lab.serve(&["--tls-cert", "cert.pem", "--tls-key", "key.pem", "--client-ca", "ca.pem"]);
    assert!(!service.said().contains("no authentication"));
    let own = |issuer: &Issuer| Some(certificate(issuer, ExtendedKeyUsagePurpose::ClientAuth));
    assert!(is_served(&mut connect(&service, &servers, own(&clients))));
    // The audit knows the certificate.
    service.hears(" cert:");
    assert!(!is_served(&mut connect(&service, &servers, None)));
    assert!(!is_served(&mut connect(&service, &servers, own(&servers))));
    let no_client = certificate(&clients, ExtendedKeyUsagePurpose::ServerAuth);
    assert!(!is_served(&mut connect(&service, &servers, Some(no_client))));
}

#[test]
fn a_new_certificate_is_read_on_sighup_and_a_mistake_changes_nothing() {
    let lab = Lab::new();
    let (old, new) = (authority(), authority());
    write(lab.path(), &old);
    let service = lab.serve(&["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    write(lab.path(), &new);
    service.signal("HUP");
    service.hears("reloaded");
    assert!(is_served(&mut connect(&service, &new, None)));
    assert!(!is_served(&mut connect(&service, &old, None)));
    fs::write(lab.path().join("cert.pem"), "nothing").unwrap();
    service.signal("HUP");
    service.hears_so_often("reloaded", 2);
    assert!(service.said().contains("error[tls_refused]"));
    assert!(is_served(&mut connect(&service, &new, None)));
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let lab = Lab::new();
    let issuer = authority();
    write(lab.path(), &issuer);
    fs::write(lab.path().join("other.pem"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    for (certificate, key) in [("cert.pem", "other.pem"), ("key.pem", "key.pem"), ("cert.pem", "cert.pem")] {
        let (exit, said) = lab.refuses("127.0.0.1:0", &["--tls-cert", certificate, "--tls-key", key]);
        assert_eq!(exit, 1);
        assert!(said.contains("error[tls_refused]"), "{said}");
        assert!(!said.contains("PRIVATE"), "{said}");
    }
    for arguments in
        [&["--tls-cert", "cert.pem"][..], &["--tls-key", "key.pem"], &["--client-ca", "cert.pem"]]
    {
        assert_eq!(lab.refuses("127.0.0.1:0", arguments).0, 2, "{arguments:?}");
    }
    let socket = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];
    assert_eq!(lab.refuses("unix:s", &socket).0, 2);
}
