//! Errors of certificates and proxies, which prevent a connection to a server.

use std::path::PathBuf;

use thiserror::Error;

use crate::hint::Hint;
use crate::plan::aws::http_proxy::BadProxy;

/// Why there is no connection to a server, if the reason is known.
#[derive(Clone, Debug, Error)]
pub(crate) enum NetworkError {
    #[error(transparent)]
    BadBundle(#[from] BadBundle),
    #[error("this system has no certificates of certificate authorities")]
    NoAuthorities,
    #[error("cannot set up TLS: {0}")]
    NoTls(String),
    #[error("cannot trust {host}: {why}")]
    Untrusted { host: String, why: CertError },
    #[error("cannot speak TLS with {host}: {cause}")]
    NotTls { host: String, cause: String },
    #[error(transparent)]
    BadProxy(#[from] BadProxy),
    #[error("cannot reach the proxy {proxy}: {cause}")]
    ProxyUnreachable { proxy: String, cause: String },
    #[error("the proxy {proxy} {}", if *has_login {
        "does not accept the user and password"
    } else {
        "requires a user and a password"
    })]
    ProxyLogin { proxy: String, has_login: bool },
    #[error("the proxy {proxy} refuses to connect to {host}")]
    ProxyRefused {
        proxy: String,
        host: String,
        has_login: bool,
    },
    #[error("the answer of {host} is longer than {} MB", limit >> 20)]
    LongAnswer { host: String, limit: usize },
}

/// A file that certificates cannot be read from.
#[derive(Clone, Debug, Error)]
#[error("cannot use the certificates in {}: {fault}", path.display())]
pub(crate) struct BadBundle {
    /// The file.
    pub path: PathBuf,
    /// The variable or setting that names it.
    pub origin: &'static str,
    /// What is wrong with it.
    pub fault: String,
}

/// Why a server's certificate proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum CertError {
    #[error("its certificate is signed by an unknown authority")]
    UnknownAuthority,
    #[error("its certificate is for another name")]
    OtherName,
    #[error("its certificate has expired")]
    Expired,
    #[error("its certificate is not valid yet")]
    NotYetValid,
    #[error("{0}")]
    Other(String),
}

impl Hint for NetworkError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::BadBundle(BadBundle { origin, .. }) => {
                return Some(format!(
                    "{origin} names that file; it must hold certificates as PEM"
                ));
            }
            Self::NoAuthorities => {
                "install the package ca-certificates, or set AWS_CA_BUNDLE to a PEM file"
            }
            Self::NoTls(_) => "--debug tells more",
            Self::Untrusted { why, .. } => match why {
                CertError::UnknownAuthority | CertError::Other(_) => {
                    "if a proxy or an endpoint of your own is in between, set AWS_CA_BUNDLE to the \
                     certificate of its authority"
                }
                CertError::OtherName => "check AWS_ENDPOINT_URL and the proxy",
                CertError::Expired | CertError::NotYetValid => "is this machine's clock right?",
            },
            Self::NotTls { .. } => "does it speak HTTPS? check AWS_ENDPOINT_URL and the proxy",
            Self::BadProxy(_) => "set it to a URL like http://USER:PASSWORD@HOST:PORT",
            Self::ProxyUnreachable { .. } => {
                "check HTTPS_PROXY (HTTP_PROXY, ALL_PROXY), or add the host to NO_PROXY"
            }
            Self::ProxyLogin { .. } => {
                "set them in the proxy's URL, percent-encoded: http://USER:PASSWORD@HOST:PORT"
            }
            // Some proxies refuse a wrong login as they refuse a host.
            Self::ProxyRefused {
                has_login: true, ..
            } => "check the user and password, or have the proxy's administrator allow the host",
            Self::ProxyRefused {
                has_login: false, ..
            } => "have the proxy's administrator allow it, or add the host to NO_PROXY",
            Self::LongAnswer { .. } => {
                "is there a proxy or another server in front of AWS? --debug tells more"
            }
        };
        Some(hint.to_owned())
    }
}
