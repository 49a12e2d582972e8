//! The way to an instance for others, who log in by themselves: nothing is asked of ssh, and
//! nothing is pushed.

use std::path::Path;

use tokio::sync::OnceCell;

use super::journey::Journey;
use crate::error::Error;
use crate::plan::listen::Listening;
use crate::plan::route::Route;
use crate::world::aws::Credentials;
use crate::world::openssh::Source;
use crate::world::terminal::Terminal;

/// Finds the instance and the way there, and what a tunnel signs with.
///
/// # Errors
/// Whatever is in the way.
pub async fn lead(
    listening: &Listening,
    terminal: Terminal,
) -> Result<(Route, Option<Credentials>), Error> {
    let source = Source::Told(listening.answer.clone());
    let journey = Journey {
        invocation: &listening.invocation,
        ssh: Path::new("ssh"),
        source: &source,
        badge: OnceCell::new(),
        terminal,
        aws: OnceCell::new(),
    };
    let route = journey.arrivals().await?.pop().map(|it| it.route);
    let route = route.unwrap_or_else(|| Route::AsTyped(listening.answer.hostname.clone()));
    let credentials = match journey.aws.get() {
        Some(aws) => Some(aws.credentials().await?),
        None => None,
    };
    Ok((route, credentials))
}
