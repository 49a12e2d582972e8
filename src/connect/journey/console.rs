//! The serial console: no address, no network of the instance's own, no user of its system.

use super::{Journey, Leg};
use crate::error::Error;
use crate::plan::argv::Arrival;
use crate::plan::cli::grammar::{KNOWN_HOSTS_COMMAND, Release};
use crate::plan::route::Route;
use crate::plan::route::error::RouteError;
use crate::plan::route::no_console::{ConsoleError, NoConsole};
use crate::plan::route::serial::Console;
use crate::plan::ssh_g::HostConfig;
use crate::plan::target::ids::{InstanceId, Login};
use crate::plan::target::instance::{Instance, State};
use crate::plan::way::Way;
use crate::world::{openssh, process};

impl Journey<'_> {
    /// Whether this run goes to a serial console.
    pub(super) fn goes_to_console(&self) -> bool {
        self.invocation.options.via == Way::Serial
    }

    /// Whether an instance in this state can be reached, by the way that this run takes.
    pub(super) fn reaches(&self, state: &State) -> bool {
        *state == State::Running || self.goes_to_console() && state.may_speak()
    }

    /// Who logs in: ssh's answer, else the original's default. A console has nobody of that kind.
    pub(super) fn login(&self, answer: &HostConfig) -> Result<Login, Error> {
        let user = answer.login.as_deref();
        Ok(Login::or_default(user.filter(|_| !self.goes_to_console()))?)
    }

    /// The serial console of an instance. Where it is, the region tells; so the push need not wait
    /// for the look-up, where there has been none, which only says why there will be no answer.
    pub(super) async fn console(
        &self,
        id: &InstanceId,
        found: Option<&Instance>,
        leg: Leg<'_>,
    ) -> Result<Arrival, Error> {
        let aws = self.aws(leg.region.as_ref()).await?;
        let region = &aws.region;
        let console = Console::of(region.as_str(), &process::ourselves()?);
        let published = !console.host_key.is_empty();
        if published && let Some(release) = openssh::release_of(self.ssh).filter(|it| is_old(*it)) {
            return Err(RouteError::from(ConsoleError {
                id: id.clone(),
                region: aws.chosen(),
                why: NoConsole::OldSsh(release),
            })
            .into());
        }
        let login = Login::at_console(id);
        let (leg, route) = (Leg { login, ..leg }, Route::Serial(console));
        let shared = self.has_master(&leg, &route).await?;
        if !shared {
            if !published && !self.invocation.is_control_command() {
                let text = format!("the host key of the serial consoles of {region} is not known");
                self.terminal.warn(&format!(
                    "{text} to mssh, so that ssh decides as it is set to"
                ));
            }
            let push = async { Ok(self.push(id, &leg).await) };
            let look_up = async {
                match found {
                    Some(_) => Ok(()),
                    None => self.find(id, &leg).await.map(drop),
                }
            };
            let (pushed, ()) = tokio::try_join!(push, look_up)?;
            pushed?;
        }
        self.arrived(id.as_str(), leg, route, shared)
    }
}

/// Whether a release of ssh knows no KnownHostsCommand.
fn is_old(release: Release) -> bool {
    release < KNOWN_HOSTS_COMMAND
}
