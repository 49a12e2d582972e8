//! Hops of `-J` that are queries by tags, which ssh cannot parse: it gets their IDs.

use super::super::find;
use super::super::host::{Settings, Ssh, UNKNOWN_ID};
use super::super::lazy_aws::LazyAws;
use crate::error::Error;
use crate::plan::argv::jump;
use crate::plan::cli::invocation::Invocation;
use crate::plan::target::Target;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::hop::Hop;
use crate::plan::target::ids::InstanceId;
use crate::plan::target::lookup::Lookup;
use crate::plan::target::tag_query::TagQuery;
use crate::world::tty::terminal::Terminal;

/// The hops of a command line, of which some are queries.
pub(super) struct Queries(Vec<Part>);

/// One hop.
enum Part {
    Query(Box<Hop>, TagQuery),
    /// Any other, as written.
    Other(String),
}

impl Queries {
    /// Reads `-J`; `None` if it has no query.
    ///
    /// # Errors
    /// [`BadName::Tag`]. Other mistakes are reported once ssh was asked.
    pub(super) fn of(invocation: &Invocation) -> Result<Option<Self>, BadName> {
        let Some(value) = invocation.jump().and_then(|it| it.to_str()) else {
            return Ok(None);
        };
        let parts = value.split(',').map(Part::read);
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let has_query = parts.iter().any(|it| matches!(it, Part::Query(..)));
        Ok(has_query.then_some(Self(parts)))
    }

    /// The command line for asking ssh before they are found.
    pub(super) fn unknown(&self, invocation: &Invocation) -> Result<Invocation, BadName> {
        let unknown = InstanceId::parse(UNKNOWN_ID)?;
        Ok(self.with(invocation, |_| Some(&unknown)))
    }

    /// Finds their instances one after the other, since a user may be asked; in the default region, where
    /// hops given as IDs are. Returns the command line with the IDs.
    ///
    /// # Errors
    /// None found, or several; those of the call.
    pub(super) async fn find(
        &self,
        invocation: &Invocation,
        aws: &LazyAws,
        terminal: Terminal,
    ) -> Result<Invocation, Error> {
        let place = aws.in_region(None).await?;
        let mut found = Vec::new();
        for part in &self.0 {
            found.push(match part {
                Part::Query(hop, query) => {
                    let lookup = Lookup::Tags(query.clone());
                    let (host, pick) = (&hop.destination.host, invocation.options.pick);
                    let id = find::instance(&lookup, host, pick, &place).await?.id;
                    terminal.debug(|| format!("the hop {host} is {id}"));
                    Some(id)
                }
                Part::Other(_) => None,
            });
        }
        Ok(self.with(invocation, |at| found.get(at)?.as_ref()))
    }

    fn with<'a>(
        &self,
        invocation: &Invocation,
        id: impl Fn(usize) -> Option<&'a InstanceId>,
    ) -> Invocation {
        let word = |(at, part): (usize, &Part)| match part {
            Part::Query(hop, _) => id(at).map_or_else(|| hop.word.clone(), |id| hop.with_id(id)),
            Part::Other(word) => word.clone(),
        };
        let words: Vec<String> = self.0.iter().enumerate().map(word).collect();
        jump::with_jump(invocation, &words.join(","))
    }
}

impl Part {
    fn read(word: &str) -> Result<Self, BadName> {
        let hop = match Hop::parse(word) {
            Err(error @ BadName::Tag(_)) => return Err(error),
            hop => hop.ok(),
        };
        let query = hop.and_then(|hop| match hop.destination.target.clone() {
            Target::Tags(query) => Some(Self::Query(Box::new(hop), query)),
            _ => None,
        });
        Ok(query.unwrap_or_else(|| Self::Other(word.to_owned())))
    }
}

/// The same settings for another command line.
pub(super) fn settings_of<'a>(settings: &Settings<'a>, invocation: &'a Invocation) -> Settings<'a> {
    match settings {
        Settings::Ssh(ssh) => Settings::Ssh(Ssh { invocation, ..*ssh }),
        Settings::Given(config) => Settings::Given(config.clone()),
    }
}
