//! The address that the internet sees when this machine connects to it. AWS has a service that tells,
//! without credentials; no call of the API does.

use std::env;
use std::net::IpAddr;

use thiserror::Error;

use super::websocket::{self, DialError, NetworkConfig};

/// The service, unless [`VARIABLE`] names another one.
const SERVICE: &str = "https://checkip.amazonaws.com";

/// The variable with the URL of a service that answers with the address as text. If it is empty, none
/// is asked.
const VARIABLE: &str = "MSSH_CHECKIP_URL";

/// More than an address and a newline need.
const LONGEST: usize = 256;

/// Why the address is not known.
#[derive(Debug, Error)]
pub(crate) enum NoPublicAddress {
    #[error("{VARIABLE} is empty, so that no service was asked for your address")]
    Off,
    #[error("cannot ask {url} for your address")]
    Dial { url: String, source: DialError },
    #[error("{url} does not answer with an address")]
    NoAddress { url: String },
}

/// The service's URL; `None` if none is to be asked.
fn service() -> Option<String> {
    match env::var_os(VARIABLE) {
        None => Some(SERVICE.to_owned()),
        Some(url) => Some(url.to_string_lossy().into_owned()).filter(|url| !url.is_empty()),
    }
}

/// Asks the service. Where a proxy is in between, it tells the proxy's address.
///
/// # Errors
/// [`NoPublicAddress`].
pub(crate) async fn ask(network: &NetworkConfig) -> Result<(IpAddr, String), NoPublicAddress> {
    let url = service().ok_or(NoPublicAddress::Off)?;
    let body = match websocket::get(&url, LONGEST, network).await {
        Ok(body) => body,
        Err(source) => return Err(NoPublicAddress::Dial { url, source }),
    };
    let text = String::from_utf8_lossy(&body);
    match text.trim().parse() {
        Ok(address) => Ok((address, url)),
        Err(_) => Err(NoPublicAddress::NoAddress { url }),
    }
}
