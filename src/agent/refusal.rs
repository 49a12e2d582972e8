//! Whether sshd has refused our key, as far as the agent of ssh can tell.
//!
//! ssh asks for a signature once sshd accepts a key, and closes its connection to the agent once it is
//! logged in. If it ends instead, with its connection open and no signature, nobody has logged in.

use std::time::{Duration, Instant};

use crate::plan::os_user::advice::DefaultLogin;
use crate::world::agent::LoginStep;
use crate::world::process::ending::Ending;

/// How long after it has got our key ssh may end, where its status is unknown: it may have been
/// interrupted. sshd needs no time for a user that does not exist.
const SOON: Duration = Duration::from_secs(1);

/// The status of ssh after an error of its own, as from wait(2).
const FAILED: i32 = 255 << 8;

/// What is known about the login so far.
#[derive(Debug, Default)]
pub(super) struct LoginWatch {
    /// The login as the default user, if a hint is wanted.
    login: Option<DefaultLogin>,
    /// When ssh got our key.
    listed: Option<Instant>,
    /// Whether there was a signature, or ssh lived on without the agent.
    has_gone_on: bool,
    /// How ssh ended, if that was seen.
    ending: Option<Ending>,
}

impl LoginWatch {
    pub(super) fn expect(&mut self, login: DefaultLogin) {
        self.login = Some(login);
    }

    /// Notes what ssh does. Cheap unless a hint is wanted.
    pub(super) fn note(&mut self, step: LoginStep, ending: impl FnOnce() -> Ending) {
        match step {
            LoginStep::Listed => {
                self.listed.get_or_insert_with(Instant::now);
            }
            LoginStep::Signs => self.has_gone_on = true,
            LoginStep::Closed if self.login.is_some() => {
                let ending = ending();
                self.has_gone_on |= ending == Ending::Lives;
                self.ending = Some(ending);
            }
            LoginStep::LogsIn | LoginStep::Closed => {}
        }
    }

    /// The login, if sshd has refused our key for it. To be asked when ssh has ended.
    pub(super) fn refused(&mut self, ending: impl FnOnce() -> Ending) -> Option<DefaultLogin> {
        let login = self.login.take()?;
        let listed = self.listed.filter(|_| !self.has_gone_on)?;
        let is_failure = match self.ending.unwrap_or_else(ending) {
            Ending::Ends(status) => status == FAILED,
            Ending::Lives | Ending::Unknown => listed.elapsed() < SOON,
        };
        is_failure.then_some(login)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::os_user::Software;
    use crate::plan::target::ids::InstanceId;

    /// Whether a login with these steps, and this end of ssh, counts as refused.
    fn is_refused(steps: &[LoginStep], ending: Ending) -> bool {
        let mut watch = LoginWatch::default();
        watch.expect(DefaultLogin {
            id: InstanceId::parse("i-0abcdef0").expect("an ID"),
            typed: "web".to_owned(),
            software: Software::default(),
        });
        for step in steps {
            watch.note(*step, || ending);
        }
        watch.refused(|| ending).is_some()
    }

    #[test]
    fn only_a_failure_of_ssh_after_our_key_counts() {
        use LoginStep::{Closed, Listed, Signs};
        let failed = Ending::Ends(FAILED);
        assert!(is_refused(&[Listed, Closed], failed));
        assert!(is_refused(&[Listed], failed));
        assert!(is_refused(&[Listed, Closed], Ending::Unknown));
        // It worked with our key, with another of an agent, with a password.
        assert!(!is_refused(&[Listed, Signs, Closed], failed));
        assert!(!is_refused(&[Listed, Closed], Ending::Lives));
        // It never asked, as with a master connection; it was interrupted; it ended well.
        assert!(!is_refused(&[], failed));
        assert!(!is_refused(&[Listed, Closed], Ending::Ends(2)));
        assert!(!is_refused(&[Listed, Closed], Ending::Ends(0)));
        assert!(LoginWatch::default().refused(|| failed).is_none());
    }
}
