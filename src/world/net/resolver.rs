//! The system's resolver.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::timeout;

use crate::plan::aws::instance_error::InstanceError;
use crate::world::tty::waiting::Wait;

/// How long an answer is waited for. The resolver gives up after 10 seconds, by default, for each of its
/// servers (resolv.conf(5)); other sources of names, such as LDAP, may hang.
const LIMIT: Duration = Duration::from_secs(30);

/// The addresses of a host (getaddrinfo(3)).
///
/// # Errors
/// [`InstanceError::Unresolvable`], also after half a minute.
pub(crate) async fn addresses(host: &str) -> Result<Vec<IpAddr>, InstanceError> {
    let wait = Wait::begin(format!("the address of {host}"));
    let found = timeout(LIMIT, tokio::net::lookup_host((host, 0)));
    let cause = match wait.during(found).await {
        Ok(Ok(found)) => return Ok(found.map(|socket| socket.ip()).collect()),
        Ok(Err(cause)) => reason(&cause),
        Err(_) => format!("no answer in {} seconds", LIMIT.as_secs()),
    };
    Err(InstanceError::Unresolvable {
        host: host.to_owned(),
        cause,
    })
}

/// The system's message, without the prefix of Rust's standard library.
fn reason(cause: &io::Error) -> String {
    let text = cause.to_string();
    let prefix = "failed to lookup address information: ";
    text.strip_prefix(prefix).unwrap_or(&text).to_owned()
}
