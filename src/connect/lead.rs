//! The way to an instance where ssh is not to be asked: the words say it all.

use std::cell::Cell;
use std::net::IpAddr;
use std::path::Path;

use tokio::sync::OnceCell;

use super::badge::Badge;
use super::journey::Journey;
use crate::error::Error;
use crate::plan::cli::invocation::{Invocation, Word};
use crate::plan::cli::listen::ListenRequest;
use crate::plan::program::Program;
use crate::plan::route::Route;
use crate::plan::ssh_g::HostConfig;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::world::aws::{Credentials, Prompts};
use crate::world::openssh;
use crate::world::openssh::Source;
use crate::world::tty::terminal::Terminal;

/// What was found.
pub(super) struct Lead {
    pub(super) route: Route,
    /// What a tunnel signs with.
    pub(super) credentials: Option<Credentials>,
    /// What was pushed, if anything was.
    pub(super) badge: Option<Badge>,
}

/// Finds the instance and the way there, and what a tunnel signs with, for others, who log in by
/// themselves: nothing is pushed.
///
/// # Errors
/// Whatever is in the way.
pub async fn lead(
    listening: &ListenRequest,
    terminal: Terminal,
) -> Result<(Route, Option<Credentials>), Error> {
    let lead = match by_host_name(listening).await? {
        Some((invocation, answer)) => find(&invocation, &answer, None, terminal).await?,
        None => find(&listening.invocation, &listening.answer, None, terminal).await?,
    };
    Ok((lead.route, lead.credentials))
}

/// The same words for the HostName that ssh_config has for a name, if it has one: a target is read
/// as everywhere else. Where ssh does not tell, the name is left to the resolver.
async fn by_host_name(
    listening: &ListenRequest,
) -> Result<Option<(Invocation, HostConfig)>, Error> {
    let invocation = &listening.invocation;
    let mut destinations = invocation.destinations();
    let is_name = |it: &&Destination| matches!(it.target, Target::Host(_));
    let Some(destination) = destinations.next().filter(is_name) else {
        return Ok(None);
    };
    let hostname = match openssh::host_name(invocation, destination).await {
        Ok(hostname) if hostname != destination.host => hostname,
        Ok(_) | Err(_) => return Ok(None),
    };
    let destination = Destination::parse(Program::Ssh, hostname.as_ref())?;
    let invocation = Invocation {
        program: invocation.program,
        options: invocation.options.clone(),
        words: vec![Word::Destination(destination)],
        flags: invocation.flags.clone(),
        command: invocation.command,
    };
    let answer = HostConfig {
        hostname,
        ..listening.answer.clone()
    };
    Ok(Some((invocation, answer)))
}

/// The same, with a badge that is there already.
pub(super) async fn find(
    invocation: &Invocation,
    answer: &HostConfig,
    badge: Option<Badge>,
    terminal: Terminal,
) -> Result<Lead, Error> {
    let source = Source::Told(answer.clone());
    let mut journey = journey(invocation, &source, badge, terminal);
    let route = journey.arrivals_anew().await?.pop().map(|it| it.route);
    let credentials = match journey.aws.get() {
        Some(aws) => Some(aws.credentials().await?),
        None => None,
    };
    Ok(Lead {
        route: route.unwrap_or_else(|| Route::AsTyped(answer.hostname.clone())),
        credentials,
        badge: journey.badge.into_inner(),
    })
}

/// Whether EC2 knows an instance by the address of a hop.
pub(super) async fn is_instance_at(
    address: IpAddr,
    invocation: &Invocation,
    answer: &HostConfig,
    terminal: Terminal,
) -> Result<bool, Error> {
    let source = Source::Told(answer.clone());
    let journey = journey(invocation, &source, None, terminal);
    journey.is_instance_at(address, None).await
}

fn journey<'a>(
    invocation: &'a Invocation,
    source: &'a Source,
    badge: Option<Badge>,
    terminal: Terminal,
) -> Journey<'a> {
    let batch = matches!(source, Source::Told(answer) if answer.batch);
    Journey {
        invocation,
        ssh: Path::new("ssh"),
        source,
        badge: OnceCell::new_with(badge),
        terminal,
        aws: OnceCell::new(),
        prompts: Cell::new(Prompts::of(batch)),
    }
}
