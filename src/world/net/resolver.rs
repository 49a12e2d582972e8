//! The system's resolver.

use std::io;
use std::net::IpAddr;

use crate::plan::aws::instance_error::InstanceError;
use crate::world::tty::waiting::Wait;

/// The addresses of a host (getaddrinfo(3)).
///
/// # Errors
/// [`InstanceError::Unresolvable`].
pub(crate) async fn addresses(host: &str) -> Result<Vec<IpAddr>, InstanceError> {
    let wait = Wait::begin(format!("the address of {host}"));
    match wait.during(tokio::net::lookup_host((host, 0))).await {
        Ok(found) => Ok(found.map(|socket| socket.ip()).collect()),
        Err(cause) => Err(InstanceError::Unresolvable {
            host: host.to_owned(),
            cause: reason(&cause),
        }),
    }
}

/// The system's message, without the prefix of Rust's standard library.
fn reason(cause: &io::Error) -> String {
    let text = cause.to_string();
    let prefix = "failed to lookup address information: ";
    text.strip_prefix(prefix).unwrap_or(&text).to_owned()
}
