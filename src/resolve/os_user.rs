//! `--login auto`: which user the software of an instance suggests. And what else its look-up tells
//! about a login, for nothing.

use super::Resolver;
use super::host::Host;
use crate::error::Error;
use crate::plan::cli::invocation::LoginChoice;
use crate::plan::os_user::advice::{self, DefaultLogin};
use crate::plan::os_user::{OsGuess, RunningSystem, by_image, by_software};
use crate::plan::program::Program;
use crate::plan::target::ids::Login;
use crate::plan::target::instance::Instance;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;
use crate::world::tty::terminal::Terminal;

/// The user to log in as: by the `system` that Session Manager names, if it was asked; by what
/// `DescribeInstances` says; by the image. The default user if none of them tells.
///
/// # Errors
/// Those of `DescribeImages`, unless it is denied.
pub(super) async fn find(
    instance: &Instance,
    system: Option<RunningSystem>,
    aws: &Regional<'_>,
    terminal: Terminal,
) -> Result<Login, Error> {
    let known = system.as_ref().and_then(RunningSystem::guess);
    let guess = match known.or_else(|| by_software(&instance.software)) {
        None => by_its_image(instance, aws, terminal).await?,
        known => known,
    };
    let default = Login::ec2_user();
    let Some(guess) = guess else {
        terminal.verbose(&format!(
            "user {default}, the default, since nothing tells the system of {}",
            instance.id
        ));
        return Ok(default);
    };
    let login = guess.family.user.map_or(Ok(default), Login::parse)?;
    let OsGuess { family, reason, .. } = guess;
    terminal.verbose(&format!(
        "user {login}, of {}: {reason} ({})",
        family.name, instance.id
    ));
    Ok(login)
}

async fn by_its_image(
    instance: &Instance,
    aws: &Regional<'_>,
    terminal: Terminal,
) -> Result<Option<OsGuess>, Error> {
    let Some(id) = instance.software.image_id.as_deref() else {
        return Ok(None);
    };
    terminal.verbose(&format!("asking AWS for the name of the image {id}"));
    match aws.image(id).await {
        Err(AwsError::Denied(denied)) => {
            terminal.verbose(&format!("AWS denies {}", denied.action));
            Ok(None)
        }
        Ok(Some(image)) => Ok(by_image(&image)),
        Ok(None) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Resolver<'_> {
    /// Warns of an instance on which our key will not work, and prepares the agent for that.
    pub(super) fn note(&self, instance: &Instance, host: &Host<'_>) {
        if self.is_key_the_only_one(host) && !self.invocation.is_quiet() {
            for warning in advice::warnings(instance) {
                self.terminal.warn(&warning);
            }
            if self.may_hint(host) {
                self.push.suggest(DefaultLogin {
                    id: instance.id.clone(),
                    typed: host.destination.name().to_owned(),
                    software: instance.software.clone(),
                });
            }
        }
    }

    /// Whether a key is pushed, and ssh is given no key of the user's.
    fn is_key_the_only_one(&self, host: &Host<'_>) -> bool {
        let only_ours = self.invocation.identity().is_none() && host.config.has_usual_identities();
        // Who started us knows the keys.
        self.push.pushes() && only_ours && !self.settings.is_given()
    }

    /// Whether the agent may hint at another user once ssh has ended: only on a terminal, which nobody
    /// reads to its end, and where it can tell that sshd refused our key.
    fn may_hint(&self, host: &Host<'_>) -> bool {
        let (invocation, config) = (self.invocation, &host.config);
        let names_no_user =
            config.login.is_none() && invocation.options.login == LoginChoice::Usual;
        let is_direct = host.hops.is_empty() && !config.uses_jump_hosts();
        let in_background = invocation.runs_in_background() || config.agent.forks;
        invocation.program == Program::Ssh
            && names_no_user
            && is_direct
            && !in_background
            && !config.batch
            && !invocation.sets(&["loglevel"])
            && Terminal::is_on_terminal()
    }
}
