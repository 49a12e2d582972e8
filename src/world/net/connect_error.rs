//! Finds the certificate or proxy that is to blame in the errors of the HTTP libraries.

use std::error::Error as StdError;
use std::io;
use std::iter;

use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use rustls::CertificateError;

use crate::plan::aws::http_proxy::Proxy;
use crate::world::net::error::{CertError, NetworkError};

/// The status by which a proxy asks for a login (RFC 9110, 15.5.8).
const PROXY_AUTHENTICATION_REQUIRED: u16 = 407;

/// The answer; or its error, with a [`NetworkError`] as the source where we know one.
pub(in crate::world) async fn explained(
    answer: HttpConnectorFuture,
    host: String,
    proxy: Option<Proxy>,
) -> Result<HttpResponse, ConnectorError> {
    let error = match answer.await {
        Ok(response) => return unless_of(proxy.as_ref(), response),
        Err(error) => error,
    };
    match network_error(&error, host, proxy.as_ref()) {
        // Another attempt might find the proxy up again.
        Some(network @ NetworkError::ProxyUnreachable { .. }) if error.is_timeout() => {
            Err(ConnectorError::timeout(network.into()))
        }
        Some(network @ NetworkError::ProxyUnreachable { .. }) => {
            Err(ConnectorError::io(network.into()))
        }
        Some(network) => Err(ConnectorError::user(network.into())),
        None => Err(error),
    }
}

/// The response, if it is not the proxy's. (A proxy that refuses a CONNECT fails without a response.)
fn unless_of(
    proxy: Option<&Proxy>,
    response: HttpResponse,
) -> Result<HttpResponse, ConnectorError> {
    match proxy {
        Some(proxy) if response.status().as_u16() == PROXY_AUTHENTICATION_REQUIRED => {
            Err(ConnectorError::user(login(proxy).into()))
        }
        _ => Ok(response),
    }
}

fn network_error(
    error: &ConnectorError,
    host: String,
    proxy: Option<&Proxy>,
) -> Option<NetworkError> {
    // hyper-util does not export the types of these errors, so that only their texts are left; tests
    // against a real proxy check them.
    let said = |text: &str| chain(error).any(|it| it.to_string().starts_with(text));
    if let Some(tls) = chain(error).find_map(|it| it.downcast_ref::<rustls::Error>()) {
        let proxy = proxy.filter(|_| said("tunnel error: failed to create"));
        return Some(of_tls(
            tls,
            proxy.map_or(host, |it| format!("the proxy {it}")),
        ));
    }
    let proxy = proxy?;
    let cause = if said("tunnel error: proxy authorization required") {
        return Some(login(proxy));
    } else if said("tunnel error: unsuccessful") {
        return Some(NetworkError::ProxyRefused {
            proxy: proxy.to_string(),
            host,
            has_login: proxy.auth.is_some(),
        });
    } else if said("HTTP connect timeout") {
        format!("no connection to {host} in time")
    } else if said("tunnel error") || said("tcp connect error") || said("dns error") {
        chain(error).last().map(ToString::to_string)?
    } else {
        return None;
    };
    let proxy = proxy.to_string();
    Some(NetworkError::ProxyUnreachable { proxy, cause })
}

fn login(proxy: &Proxy) -> NetworkError {
    NetworkError::ProxyLogin {
        proxy: proxy.to_string(),
        has_login: proxy.auth.is_some(),
    }
}

/// Why a connection to this host over TLS failed.
pub(crate) fn of_tls(error: &rustls::Error, host: String) -> NetworkError {
    use CertificateError as Bad;
    let why = match error {
        rustls::Error::InvalidCertificate(bad) => match bad {
            Bad::UnknownIssuer => CertError::UnknownAuthority,
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => CertError::OtherName,
            Bad::Expired | Bad::ExpiredContext { .. } => CertError::Expired,
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => CertError::NotYetValid,
            bad => CertError::Other(bad.to_string()),
        },
        other => {
            let cause = other.to_string();
            return NetworkError::NotTls { host, cause };
        }
    };
    NetworkError::Untrusted { host, why }
}

/// Our error inside one of the SDK's.
pub(in crate::world) fn in_chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a NetworkError> {
    chain(error).find_map(|it| it.downcast_ref::<NetworkError>())
}

/// Whether an error of the SDK's is from a connection; else nothing was sent.
pub(in crate::world) fn has_tried(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|it| it.is::<io::Error>() || it.is::<hyper::Error>())
}

/// An error and its causes, the innermost last. Includes errors inside an I/O error, which its
/// `source` skips.
pub(in crate::world) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|it| it as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}
