//! The type of the key that is pushed.

use super::{KeyAgent, KeyPush};
use crate::error::Error;
use crate::plan::key_type::KeyType;
use crate::resolve::host::Host;
use crate::world::key::error::KeyError;
use crate::world::tty::terminal::Terminal;

impl KeyPush<'_> {
    /// Chooses the type of the key, the same for all destinations: without `--key-type`, RSA if ssh
    /// accepts no ed25519 keys for one of them.
    ///
    /// # Errors
    /// [`KeyError::TypeRefused`] if ssh would not use that key somewhere, and would use another.
    pub(in crate::resolve) fn choose_key(&self, hosts: &[Host<'_>]) -> Result<(), Error> {
        let choices = hosts.iter().map(|host| {
            let accepted = &host.config.agent.accepted_algorithms;
            (host, accepted, KeyType::for_algorithms(accepted))
        });
        let needs_rsa = choices.clone().any(|(_, _, best)| best == KeyType::Rsa);
        let usual = if needs_rsa {
            KeyType::Rsa
        } else {
            KeyType::Ed25519
        };
        let kind = self.invocation.options.key_type.unwrap_or(usual);
        self.key_type.set(kind);
        if self.invocation.identity().is_some() {
            return Ok(());
        }
        for (host, accepted, best) in choices {
            if !kind.is_accepted(accepted) && best.is_accepted(accepted) {
                let host = host.destination.host.clone();
                return Err(KeyError::TypeRefused { host, kind, best }.into());
            }
        }
        Ok(())
    }

    /// Has the agent make the key now, unless it has one. RSA takes it longer than all the rest.
    ///
    /// # Errors
    /// [`KeyError::NoAgent`], if it is gone.
    pub(in crate::resolve) fn make_key(&self, terminal: Terminal) -> Result<(), Error> {
        let kind = self.key_type.get();
        let is_made = kind == KeyType::default() || self.is_key_made.replace(true);
        if !is_made
            && self.invocation.identity().is_none()
            && let Some(KeyAgent::Process(agent)) = self.agent
        {
            terminal.debug(|| format!("making an {kind} key"));
            agent.make_key(kind)?;
        }
        Ok(())
    }

    /// The type that was chosen.
    pub(in crate::resolve) fn key_type(&self) -> KeyType {
        self.key_type.get()
    }
}
