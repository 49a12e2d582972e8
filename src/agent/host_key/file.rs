//! The host keys on a console as lines of known_hosts, for an ssh that asks no program: before OpenSSH 8.5.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError};

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::shown_key::ShownKey;
use super::{Begun, HostKeyChecks, WRITING, add, for_user};
use crate::plan::console::PublishedKeys;
use crate::plan::console::refusal::KeyRefusal;
use crate::plan::ssh_g::HostKeyConfig;
use crate::wire::agent::HostKeyRefusal;
use crate::world::agent::LoginStep;
use crate::world::openssh::error::SshError;
use crate::world::openssh::keyscan;
use crate::world::openssh::known_hosts::look;
use crate::world::tty::terminal::Terminal;

impl HostKeyChecks {
    /// Notes what ssh does. Once it logs in, the keys are remembered: it has taken one of them, or has added
    /// to known_hosts the key about which it has asked the user. With several destinations, it is not known
    /// which one this is about.
    pub(in crate::agent) fn note(&self, step: LoginStep) {
        if step == LoginStep::Listed {
            self.has_listed.store(true, Relaxed);
        }
        let Some(begun) = self.only_one().filter(|_| step == LoginStep::LogsIn) else {
            return;
        };
        let terminal = self.terminal;
        let task = spawn_blocking(move || begun.remember(terminal));
        let remembering = self.remembering.lock();
        *remembering.unwrap_or_else(PoisonError::into_inner) = Some(task);
    }

    /// The check of the only destination.
    fn only_one(&self) -> Option<Begun> {
        match &self.begun()[..] {
            [begun] if begun.check.by_file.is_some() => Some(begun.clone()),
            _ => None,
        }
    }

    /// Says what it means that ssh has refused the host key, if that is so: asks the server for its keys. To
    /// be called when ssh has ended.
    pub(in crate::agent) async fn explain_refusal(&self) {
        let begun = self.only_one();
        let begun = begun.filter(|_| !self.has_listed.load(Relaxed));
        if let Some(refusal) = begun.as_ref().map(Begun::refusal)
            && let Some(refusal) = refusal.await
        {
            let error = SshError::RefusedHostKey(for_user(&refusal));
            self.terminal.error(&error);
        }
    }

    /// Waits until the keys are remembered.
    pub(in crate::agent) async fn remembers(&self) {
        let remembering = self.remembering.lock();
        let task = remembering.unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            let _ = timeout(WRITING, task).await;
        }
    }
}

impl Begun {
    /// Lines with the whole keys that the console shows, once it is read; empty if there are none.
    ///
    /// # Errors
    /// Why there are none, if ssh must not connect without them.
    pub(in crate::agent) async fn console_keys(
        mut self,
        terminal: Terminal,
    ) -> Result<String, HostKeyRefusal> {
        let id = self.check.id.clone();
        let why = match self.console().await {
            Some(Ok(text)) => {
                let lines = self.known(&self.check.name).lines;
                if !lines.is_empty() {
                    return Ok(lines);
                }
                match PublishedKeys::read(&text) {
                    _ if text.is_empty() => KeyRefusal::NoOutput(id),
                    keys if keys.is_empty() => KeyRefusal::NoKeys(id),
                    _ => KeyRefusal::OnlyFingerprints(id),
                }
            }
            Some(Err(error)) => KeyRefusal::NoConsole(id, error.line, error.hint),
            None => KeyRefusal::Late(id),
        };
        terminal.debug(|| why.to_string());
        if self.check.is_required {
            return Err(for_user(&why));
        }
        Ok(String::new())
    }

    /// Why ssh refuses the server's keys, if it does.
    async fn refusal(&self) -> Option<KeyRefusal> {
        let text = match &*self.console.borrow() {
            Some(Ok(text)) => Arc::clone(text),
            _ => return None,
        };
        // Without one, ssh asked the user.
        PublishedKeys::read(&text).keys().next()?;
        let address = self.check.address.as_deref()?;
        let shown = keyscan::host_keys(address, self.check.port?).await;
        let shown = shown
            .iter()
            .filter_map(|(kind, key)| ShownKey::read(kind, key));
        let verdicts = shown.map(|it| self.verdict(&text, &it.key));
        // With a published key, it had another reason.
        let refusals: Option<Vec<KeyRefusal>> = verdicts.collect();
        let mut refusals = refusals?;
        let is_different = |it: &KeyRefusal| matches!(it, KeyRefusal::Different(_));
        refusals.sort_by_key(|it| !is_different(it));
        refusals.into_iter().next()
    }

    /// Adds the keys to the user's known_hosts, unless it has one for this host by now. All of them: with
    /// the same types, ssh and the server choose the same key again.
    fn remember(&self, terminal: Terminal) {
        let check = &self.check;
        let Some(file) = &check.file else {
            return;
        };
        let config = HostKeyConfig {
            user_files: vec![file.to_string_lossy().into_owned()],
            ..HostKeyConfig::default()
        };
        let own = std::slice::from_ref(&check.name);
        if look(&config, own, check.id.as_str()).own {
            return;
        }
        let keys = match &*self.console.borrow() {
            Some(Ok(text)) => PublishedKeys::read(text),
            _ => return,
        };
        for key in keys.keys() {
            add(check, &key, terminal);
        }
    }
}
