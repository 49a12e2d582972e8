//! A word that is no ID and no address: a host that the system resolves, or the Name tag of an instance.

use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use super::choose;
use super::lazy_aws::LazyAws;
use crate::error::Error;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::target::Target;
use crate::plan::target::candidate::{Candidate, Pick};
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::Region;
use crate::plan::target::instance::Instance;
use crate::plan::target::lookup::{self, Lookup};
use crate::plan::target::tag_query::TagQuery;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;
use crate::world::net::resolver;
use crate::world::tty::terminal::Terminal;

/// How long the resolver is asked alone. It knows hosts and answers within milliseconds, and then AWS
/// need not be asked for a name.
const HEAD_START: Duration = Duration::from_millis(50);

/// How long the resolver is waited for where an instance has the name: it repeats a question after 5
/// seconds (resolv.conf(5)), and the answer may be to that.
const LIMIT: Duration = Duration::from_secs(6);

/// A target as ssh knows it.
pub(crate) struct Named<'a> {
    pub(crate) target: &'a Target,
    /// Its word.
    pub(crate) typed: &'a str,
    /// ssh_config's HostName for it, or the word.
    pub(crate) hostname: &'a str,
}

impl<'a> Named<'a> {
    pub(crate) fn new(destination: &'a Destination, hostname: &'a str) -> Self {
        Self {
            target: &destination.target,
            typed: &destination.host,
            hostname,
        }
    }

    /// Whether ssh_config has no other name for it. ssh prints names in lower case.
    fn is_as_typed(&self) -> bool {
        self.hostname.eq_ignore_ascii_case(self.typed)
    }
}

/// How to look up a name: by its addresses, if it has any; else it is the Name tag of an instance,
/// which is looked for while a slow resolver is waited for; if that does not answer at all, its instance
/// is taken. A HostName of ssh_config is a host in any
/// case.
///
/// # Errors
/// A name that does not resolve, with none or several instances; those of the call.
pub(super) async fn lookup(
    named: &Named<'_>,
    (aws, region): (&LazyAws, Option<&Region>),
    pick: Option<Pick>,
    terminal: Terminal,
) -> Result<Lookup, Error> {
    let began = Instant::now();
    let mut resolving = pin!(resolver::addresses(named.hostname));
    if !named.is_as_typed() {
        let addresses = resolving.await?;
        return Ok(by_addresses(named.hostname, &addresses, terminal));
    }
    let early = timeout(HEAD_START, &mut resolving).await;
    if let Ok(Ok(addresses)) = early {
        return Ok(by_addresses(named.hostname, &addresses, terminal));
    }
    // To its end: another try could ask for a second MFA code.
    let place = aws.in_region(region).await?;
    let query = TagQuery::name(named.typed);
    let mut tagged = pin!(place.tagged(&query));
    let (resolved, found) = if let Ok(resolved) = early {
        (resolved, tagged.await)
    } else {
        tokio::select! {
            biased;
            resolved = &mut resolving => {
                if let Ok(addresses) = &resolved {
                    return Ok(by_addresses(named.hostname, addresses, terminal));
                }
                (resolved, tagged.await)
            }
            found = &mut tagged => {
                let is_known = found.as_ref().is_ok_and(|it| !it.is_empty());
                let until = is_known.then_some(began + LIMIT);
                (resolved_until(until, resolving, named).await, found)
            }
        }
    };
    match resolved {
        Ok(addresses) => Ok(by_addresses(named.hostname, &addresses, terminal)),
        Err(not) => only(named.typed, not, found, pick, &place).await,
    }
}

/// The addresses of a name; an error if they are not known in time.
async fn resolved_until(
    until: Option<Instant>,
    resolving: impl Future<Output = Result<Vec<IpAddr>, InstanceError>>,
    named: &Named<'_>,
) -> Result<Vec<IpAddr>, InstanceError> {
    let Some(until) = until else {
        return resolving.await;
    };
    timeout_at(until, resolving).await.unwrap_or_else(|_| {
        Err(InstanceError::Unresolvable {
            host: named.hostname.to_owned(),
            cause: format!("no answer in {} seconds", LIMIT.as_secs()),
        })
    })
}

/// The only instance with this name.
async fn only(
    name: &str,
    unresolved: InstanceError,
    found: Result<Vec<Instance>, AwsError>,
    pick: Option<Pick>,
    place: &Regional<'_>,
) -> Result<Lookup, Error> {
    let found = found?.into_iter().map(Candidate::from).collect();
    if let Some(only) = choose::one(name, lookup::meant(found), pick).await? {
        return Ok(Lookup::Found(Box::new(only.instance)));
    }
    Err(match unresolved {
        InstanceError::Unresolvable { cause, .. } => InstanceError::NoName {
            name: name.to_owned(),
            region: place.chosen(),
            cause,
        },
        other => other,
    }
    .into())
}

fn by_addresses(host: &str, addresses: &[IpAddr], terminal: Terminal) -> Lookup {
    terminal.debug(|| {
        let each: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        format!("{host} resolves to {}", each.join(", "))
    });
    lookup::by_addresses(addresses)
}
