//! The certificate authorities that we trust.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use aws_smithy_types::base64;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::world::net::error::{BadBundle, NetworkError};
use crate::world::process::bounded;

/// The files with all of a system's authorities: Debian, Arch and Gentoo; Fedora and its relatives,
/// new and old; openSUSE; Alpine; FreeBSD. Reading one takes a millisecond; reading the directory
/// with hundreds of files takes twenty.
const SYSTEM: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// The certificates to trust, read when a connection first needs them and kept. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    bundle: Option<Bundle>,
    authorities: OnceLock<Result<Authorities, NetworkError>>,
}

/// A file whose certificates replace those of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bundle {
    path: PathBuf,
    /// The variable or setting that names it.
    origin: &'static str,
}

/// The certificates that rustls accepts.
#[derive(Debug)]
struct Authorities {
    certificates: Vec<CertificateDer<'static>>,
    roots: Arc<RootCertStore>,
}

impl Trust {
    /// The file that is set, in botocore's order: `AWS_CA_BUNDLE`, the profile's `ca_bundle`,
    /// `REQUESTS_CA_BUNDLE`; else those of the system. Nothing is read yet.
    pub(crate) fn new(ca_bundle: Option<&Path>) -> Self {
        let profile = ca_bundle.map(|path| Bundle::new(path, "the profile's `ca_bundle`"));
        let bundle = Bundle::named_by("AWS_CA_BUNDLE")
            .or(profile)
            .or_else(|| Bundle::named_by("REQUESTS_CA_BUNDLE"));
        Self(Arc::new(Inner {
            bundle,
            authorities: OnceLock::new(),
        }))
    }

    /// The configuration of a TLS client: with these authorities, without a client certificate and
    /// without ALPN. Reads the certificates if that was not done before.
    ///
    /// # Errors
    /// [`NetworkError::BadBundle`], [`NetworkError::NoAuthorities`].
    pub(crate) fn config(&self) -> Result<ClientConfig, NetworkError> {
        let roots = Arc::clone(&self.authorities()?.roots);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| NetworkError::NoTls(error.to_string()))?;
        Ok(config.with_root_certificates(roots).with_no_client_auth())
    }

    /// The certificates as PEM.
    pub(in crate::world) fn pem(&self) -> Result<String, NetworkError> {
        let certificates = &self.authorities()?.certificates;
        let texts = certificates.iter().map(|certificate| {
            let text = base64::encode(certificate);
            format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
        });
        Ok(texts.collect())
    }

    fn authorities(&self) -> Result<&Authorities, NetworkError> {
        let read = || match &self.0.bundle {
            Some(bundle) => bundle.read(),
            None => system(),
        };
        let authorities = self.0.authorities.get_or_init(read);
        authorities.as_ref().map_err(Clone::clone)
    }
}

impl Bundle {
    fn new(path: impl Into<PathBuf>, origin: &'static str) -> Self {
        let path = path.into();
        Self { path, origin }
    }

    fn named_by(variable: &'static str) -> Option<Self> {
        let path = env::var_os(variable).filter(|path| !path.is_empty())?;
        Some(Self::new(path, variable))
    }

    fn read(&self) -> Result<Authorities, NetworkError> {
        let bad = |fault: String| {
            NetworkError::BadBundle(BadBundle {
                path: self.path.clone(),
                origin: self.origin,
                fault,
            })
        };
        let text = bounded::file(&self.path).map_err(|cause| bad(cause.to_string()))?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        let found = found.map_err(|_| bad("it is damaged".to_owned()))?;
        if found.is_empty() {
            return Err(bad("there is no certificate in it".to_owned()));
        }
        // Certificates that rustls rejects do no harm if there are others.
        Authorities::of(found).ok_or_else(|| bad("every certificate in it is damaged".to_owned()))
    }
}

impl Authorities {
    /// The certificates that rustls accepts; `None` if it accepts none.
    fn of(found: Vec<CertificateDer<'static>>) -> Option<Self> {
        let mut roots = RootCertStore::empty();
        let mut certificates = found;
        certificates.retain(|certificate| {
            let borrowed = CertificateDer::from(certificate.as_ref());
            roots.add(borrowed).is_ok()
        });
        (!certificates.is_empty()).then(|| Self {
            certificates,
            roots: Arc::new(roots),
        })
    }
}

/// The system's authorities: from one file with all of them if there is one, else from wherever they
/// are (the keychain of macOS, a directory of many files).
fn system() -> Result<Authorities, NetworkError> {
    if let Some(bundle) = Bundle::named_by("SSL_CERT_FILE") {
        return bundle.read();
    }
    let elsewhere = cfg!(target_os = "macos") || env::var_os("SSL_CERT_DIR").is_some();
    let files = if elsewhere { &[] } else { SYSTEM };
    let mut bundles = files.iter().map(|path| Bundle::new(path, "the system"));
    let native = || Authorities::of(rustls_native_certs::load_native_certs().certs);
    bundles
        .find_map(|bundle| bundle.read().ok())
        .or_else(native)
        .ok_or(NetworkError::NoAuthorities)
}
