//! TLS, with the certificates of files.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use ::aws_lc_rs::digest::{SHA256, digest};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, ServerConnection, crypto::aws_lc_rs};

use crate::command::arguments::AccessArguments;
use crate::command::failure::Failure;
use crate::command::input::read_at_most;
use crate::command::terminal;

const MAX_FILE_BYTES: usize = 1 << 20;

/// What is said to clients, and asked of them.
pub(super) struct Tls {
    files: Files,
    config: RwLock<Arc<ServerConfig>>,
}

struct Files {
    certificate: PathBuf,
    key: PathBuf,
    client_ca: Option<PathBuf>,
}

impl Tls {
    /// `None` without a certificate.
    pub(super) fn from_arguments(arguments: &AccessArguments) -> Result<Option<Self>, Failure> {
        let (Some(certificate), Some(key)) = (arguments.tls_cert.clone(), arguments.tls_key.clone()) else {
            return Ok(None);
        };
        let files = Files { certificate, key, client_ca: arguments.client_ca.clone() };
        let config = RwLock::new(files.read()?);
        Ok(Some(Self { files, config }))
    }

    pub(super) fn reload(&self) -> Result<(), Failure> {
        let config = self.files.read()?;
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// What the audit calls a client: its certificate's SHA-256, as far as it tells certificates apart.
pub(super) fn peer(connection: &ServerConnection) -> Option<String> {
    let certificate = connection.peer_certificates()?.first()?;
    let digest = digest(&SHA256, certificate);
    let digits: String = digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Some(format!("cert:{digits}"))
}

impl Files {
    fn read(&self) -> Result<Arc<ServerConfig>, Failure> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let refused = |path: &Path, why: &dyn core::fmt::Display| {
            Failure::new("tls_refused", format_args!("`{}`: {why}", path.display()))
        };
        let chain = certificates(&self.certificate)?;
        let pem = read_at_most(&self.key, MAX_FILE_BYTES)?;
        let key = PrivateKeyDer::from_pem_slice(&pem)
            .map_err(|_| refused(&self.key, &"there is no private key in PEM in it"))?;
        warn_unless_private(&self.key);
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| refused(&self.certificate, &error))?;
        let builder = match &self.client_ca {
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(path)? {
                    roots.add(certificate).map_err(|error| refused(path, &error))?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.with_client_cert_verifier(verifier.map_err(|error| refused(path, &error))?)
            }
            None => builder.with_no_client_auth(),
        };
        let mut config =
            builder.with_single_cert(chain, key).map_err(|error| refused(&self.certificate, &error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let pem = read_at_most(path, MAX_FILE_BYTES)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    certificates.ok().filter(|certificates| !certificates.is_empty()).ok_or_else(|| {
        Failure::new(
            "tls_refused",
            format_args!("`{}`: there is no certificate in PEM in it", path.display()),
        )
    })
}

#[cfg(unix)]
fn warn_unless_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0) {
        let path = path.display();
        terminal::note(&format!("warning: others than its owner can read the private key file `{path}`"));
    }
}

#[cfg(not(unix))]
fn warn_unless_private(_: &Path) {}
