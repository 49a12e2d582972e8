//! Connection sharing (ControlMaster in ssh_config(5)): whether a master connection that runs
//! takes us there. Then nobody logs in, and no key is needed.
//!
//! Which socket ssh uses hangs on everything that we spell for it. So ssh is asked with the very
//! words that it would get, and by the configuration that it would read.

use std::path::PathBuf;

use super::{Journey, Leg, way};
use crate::error::Error;
use crate::plan::route::Route;
use crate::plan::ssh_g;
use crate::plan::ssh_g::{NOWHERE, Query, QueryOptions};
use crate::plan::target::Target;
use crate::plan::way::Way;
use crate::world::openssh;
use crate::world::openssh::Source;

/// What may be shared on the way to a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// Nothing: no master listens.
    Nothing,
    /// A master listens for the host as typed. The instance need not be known.
    AsTyped,
    /// That hangs on the address.
    ByAddress,
}

impl Journey<'_> {
    /// Whether a master listens for the destination as typed, or may listen for its address. Asks
    /// no more than once more where ssh has no ControlPath for it.
    pub(super) async fn sharing(&self, leg: &Leg<'_>) -> Result<Sharing, Error> {
        // A console is no host as typed, and is asked about when its region is known.
        let serial = leg.way == Way::Serial;
        if serial || self.reads_pipe() || leg.answer.master.is_none() {
            return Ok(Sharing::Nothing);
        }
        let typed = way::as_typed(leg.destination);
        let socket = self.socket(leg, &typed, None).await?;
        let auto = leg.way == Way::Auto;
        let tunnelled = leg.way.is_tunnel();
        // Who names a way wants that one, wherever else a master leads; but through a tunnel ssh
        // gets the host as typed, and takes the master that listens for it.
        let listens = socket.as_deref().is_some_and(openssh::master_listens);
        if (auto || tunnelled) && listens {
            return Ok(Sharing::AsTyped);
        }
        let goes_as_typed = tunnelled || auto && self.is_host_beside_id(leg.destination);
        if goes_as_typed || self.invocation.is_control_command() {
            return Ok(Sharing::Nothing);
        }
        let anywhere = match leg.destination.target {
            Target::Host(_) if self.is_alone() => {
                Route::ByHostName(leg.destination.host.clone(), NOWHERE.0)
            }
            _ => Route::Direct(NOWHERE.0, Way::Auto),
        };
        let port = Some(NOWHERE.1);
        let elsewhere = self.socket(leg, &anywhere, port).await?;
        let same = elsewhere == socket;
        Ok(if elsewhere.is_none() || (same && !listens) {
            Sharing::Nothing
        } else {
            Sharing::ByAddress
        })
    }

    /// Whether the configuration can be read only once, which is for the client to do.
    pub(super) fn reads_pipe(&self) -> bool {
        matches!(self.source, Source::Pipe)
    }

    /// Whether a master listens for this route.
    pub(super) async fn has_master(&self, leg: &Leg<'_>, route: &Route) -> Result<bool, Error> {
        if self.reads_pipe() {
            return Ok(false);
        }
        let socket = self.socket(leg, route, None).await?;
        Ok(socket.as_deref().is_some_and(openssh::master_listens))
    }

    /// The socket that ssh looks for a master at, by this route; at this port, if the user's words
    /// set none.
    async fn socket(
        &self,
        leg: &Leg<'_>,
        route: &Route,
        port: Option<u16>,
    ) -> Result<Option<PathBuf>, Error> {
        let subject = Query {
            destination: leg.destination,
            host: route.host(),
            hostname: route.hostname(),
            port,
            login: Some(&leg.login),
        };
        let manner = QueryOptions {
            config: self.source.config(),
            canonical: subject.has_canonical_name(&leg.answer.hostname),
            debug: false,
        };
        let words = ssh_g::words(self.invocation, &subject, manner);
        let answer = openssh::answer(self.ssh, words).await?;
        self.terminal.debug(|| match &answer.master {
            Some(path) => format!(
                "ssh looks for a master connection to {} at {}",
                subject.host,
                path.display()
            ),
            None => format!("ssh looks for no master connection to {}", subject.host),
        });
        Ok(answer.master)
    }
}
