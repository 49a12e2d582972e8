//! As ssh's ProxyCommand: find the instance, and push the key that ssh will log in with.
//!
//! Nothing is asked of ssh, which has asked us.

use super::badge::Badge;
use super::hops::{Hops, told};
use super::lead;
use crate::error::Error;
use crate::plan::argv::CommandLine;
use crate::plan::cli::proxy_command::ProxyRequest;
use crate::plan::route::Route;
use crate::plan::route::hops;
use crate::world::aws::Credentials;
use crate::world::openssh::Source;
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::tty::terminal::Terminal;

/// All that has to be there before the first byte is carried.
#[derive(Debug)]
pub struct Boarding {
    /// The way to the instance.
    pub route: Route,
    /// Who carries the bytes, if it is not us: ssh, through hops.
    pub carrier: Option<CommandLine>,
    /// What a tunnel signs with.
    pub credentials: Option<Credentials>,
    /// What ssh logs in with. To be held as long as it may need it.
    pub badge: Option<Badge>,
}

/// Does all that comes before the connection.
///
/// # Errors
/// Whatever is in the way. Nothing is left behind then.
pub async fn board(ride: &ProxyRequest, terminal: Terminal) -> Result<Boarding, Error> {
    process::notice_children().map_err(IoError::Start)?;
    // Before anything takes its time: ssh knows the key already, which is to stay.
    let badge = ride.room.as_deref().map(Badge::shared).transpose()?;
    let lead = lead::find(&ride.invocation, &ride.answer, badge, terminal).await?;
    let carrier = if ride.hops.is_empty() {
        None
    } else {
        Some(Box::pin(carrier(ride, &lead.route.destination(), terminal)).await?)
    };
    Ok(Boarding {
        route: lead.route,
        carrier,
        credentials: lead.credentials,
        badge: lead.badge,
    })
}

/// The ssh that leads through the hops to this host.
async fn carrier(
    ride: &ProxyRequest,
    host: &str,
    terminal: Terminal,
) -> Result<CommandLine, Error> {
    let ProxyRequest {
        invocation, answer, ..
    } = ride;
    let source = Source::of(invocation);
    let is_instance =
        async |address| lead::is_instance_at(address, invocation, answer, terminal).await;
    let hops = told(ride.hops.clone(), (invocation, &source), is_instance).await?;
    hops::check(&hops, ride.lead)?;
    let hops = Hops::settle(hops, invocation, ride.lead)?;
    let chain = hops.chain();
    let words = chain.words(&format!("[{host}]:{}", ride.port))?;
    Ok(CommandLine {
        program: chain.ssh.to_owned(),
        words: words.unwrap_or_default(),
        by_shell: true,
    })
}
