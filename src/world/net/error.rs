//! Why nobody could be asked: certificates and proxies.

use std::fmt;
use std::path::PathBuf;

use crate::hint::Hint;
use crate::plan::aws::http_proxy::BadProxy;

/// What is wrong between us and a server, where that can be told from an unreachable one.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the text of each variant stands in fmt()")]
pub enum NetworkError {
    BadBundle(BadBundle),
    NoAuthorities,
    NoTls(String),
    Untrusted {
        host: String,
        doubt: CertError,
    },
    NotTls {
        host: String,
        cause: String,
    },
    BadProxy(BadProxy),
    ProxyUnreachable {
        proxy: String,
        cause: String,
    },
    ProxyLogin {
        proxy: String,
        known: bool,
    },
    ProxyRefused {
        proxy: String,
        host: String,
        known: bool,
    },
    LongAnswer {
        host: String,
        most: usize,
    },
}

/// A file of certificates that is none.
#[derive(Clone, Debug)]
pub struct BadBundle {
    /// The file.
    pub path: PathBuf,
    /// The variable or setting that names it.
    pub origin: &'static str,
    /// What is wrong with it.
    pub fault: String,
}

/// Why a server's certificate is not taken for its own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the text of each variant stands in fmt()")]
pub enum CertError {
    UnknownAuthority,
    OtherName,
    Expired,
    NotYetValid,
    Other(String),
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadBundle(BadBundle { path, fault, .. }) => {
                write!(
                    f,
                    "cannot use the certificates in {}: {fault}",
                    path.display()
                )
            }
            Self::NoAuthorities => {
                f.write_str("this system has no certificates of authorities to trust")
            }
            Self::NoTls(cause) => write!(f, "cannot set up TLS: {cause}"),
            Self::Untrusted { host, doubt } => write!(f, "cannot trust {host}: {doubt}"),
            Self::NotTls { host, cause } => write!(f, "cannot speak TLS with {host}: {cause}"),
            Self::BadProxy(bad) => bad.fmt(f),
            Self::ProxyUnreachable { proxy, cause } => {
                write!(f, "cannot reach the proxy {proxy}: {cause}")
            }
            Self::ProxyLogin { proxy, known: true } => {
                write!(f, "the proxy {proxy} does not accept the user and password")
            }
            Self::ProxyLogin {
                proxy,
                known: false,
            } => {
                write!(f, "the proxy {proxy} wants a user and a password")
            }
            Self::ProxyRefused { proxy, host, .. } => {
                write!(f, "the proxy {proxy} does not connect us to {host}")
            }
            Self::LongAnswer { host, most } => {
                let most = most >> 20;
                write!(f, "the answer of {host} is longer than {most} MB")
            }
        }
    }
}

impl std::error::Error for NetworkError {}

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
            Self::Untrusted { doubt, .. } => doubt.hint(),
            Self::NotTls { .. } => {
                "is it HTTPS that is spoken there? check AWS_ENDPOINT_URL and the proxy"
            }
            Self::BadProxy(_) => "it must be like http://USER:PASSWORD@HOST:PORT, of http or https",
            Self::ProxyUnreachable { .. } => {
                "check HTTPS_PROXY (HTTP_PROXY, ALL_PROXY), or name the host in NO_PROXY"
            }
            Self::ProxyLogin { .. } => {
                "set them in the proxy's URL, percent-encoded: http://USER:PASSWORD@HOST:PORT"
            }
            // Some proxies refuse a wrong login as they refuse a host.
            Self::ProxyRefused { known: true, .. } => {
                "are user and password right? else ask who runs the proxy to allow the host"
            }
            Self::ProxyRefused { known: false, .. } => {
                "ask who runs the proxy to allow it, or name the host in NO_PROXY"
            }
            Self::LongAnswer { .. } => {
                "is there a proxy or another server in front of AWS? --debug tells more"
            }
        };
        Some(hint.to_owned())
    }
}

impl fmt::Display for CertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownAuthority => "no authority that we know has signed its certificate",
            Self::OtherName => "its certificate is for another name",
            Self::Expired => "its certificate has expired",
            Self::NotYetValid => "its certificate is not valid yet",
            Self::Other(cause) => cause,
        })
    }
}

impl CertError {
    fn hint(&self) -> &'static str {
        match self {
            Self::UnknownAuthority | Self::Other(_) => {
                "if a proxy or an endpoint of your own is there, set AWS_CA_BUNDLE to its \
                 authority's certificate"
            }
            Self::OtherName => "check AWS_ENDPOINT_URL and the proxy",
            Self::Expired | Self::NotYetValid => "is this machine's clock right?",
        }
    }
}
