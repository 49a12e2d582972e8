//! The way to an instance where ssh is not to be asked: the words say it all.

use std::net::IpAddr;
use std::path::Path;

use tokio::sync::OnceCell;

use super::badge::Badge;
use super::journey::Journey;
use crate::error::Error;
use crate::plan::cli::Invocation;
use crate::plan::listen::Listening;
use crate::plan::question::Answer;
use crate::plan::route::Route;
use crate::world::aws::Credentials;
use crate::world::openssh::Source;
use crate::world::terminal::Terminal;

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
    listening: &Listening,
    terminal: Terminal,
) -> Result<(Route, Option<Credentials>), Error> {
    let lead = find(&listening.invocation, &listening.answer, None, terminal).await?;
    Ok((lead.route, lead.credentials))
}

/// The same, with a badge that is there already.
pub(super) async fn find(
    invocation: &Invocation,
    answer: &Answer,
    badge: Option<Badge>,
    terminal: Terminal,
) -> Result<Lead, Error> {
    let source = Source::Told(answer.clone());
    let journey = journey(invocation, &source, badge, terminal);
    let route = journey.arrivals().await?.pop().map(|it| it.route);
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
    answer: &Answer,
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
    Journey {
        invocation,
        ssh: Path::new("ssh"),
        source,
        badge: OnceCell::new_with(badge),
        terminal,
        aws: OnceCell::new(),
    }
}
