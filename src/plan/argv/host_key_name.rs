//! The name under which ssh looks for a host key in known_hosts, and remembers it.
//!
//! Addresses are given to other instances in time, and two VPCs may have the same ones. So ssh gets the
//! instance's ID as HostKeyAlias, unless the user has other arrangements for host keys. An alias has no
//! port of its own: on another port than 22 it is `[ID]:PORT`, as ssh writes it for a host.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use crate::plan::cli::invocation::Invocation;
use crate::plan::host_key_alias::HostKeyAlias;
use crate::plan::ssh_g::known_hosts::{self, Found, USUAL_PORT};
use crate::plan::ssh_g::{HostConfig, host_blocks};

/// The name of one destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostKeyName {
    /// As in known_hosts.
    pub name: String,
    pub kind: NameKind,
    /// Whether known_hosts has a key under it.
    pub is_known: bool,
    /// Whether the user or the system says how host keys are checked.
    pub is_policy_set: bool,
    /// Whether ssh would compare the address with known_hosts, too: CheckHostIP.
    checks_address: bool,
}

/// Where the name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameKind {
    /// From ssh: an address, the host as typed, or a HostKeyAlias of the user.
    Own,
    /// From ssh, whose host is the instance's ID.
    Id,
    /// From mssh: the instance's ID.
    Alias,
}

/// What the user says about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamePolicy<'a> {
    pub option: HostKeyAlias,
    /// Whether the command line sets a HostKeyAlias, or has several destinations, which one alias does
    /// not fit.
    pub excludes_alias: bool,
    /// Whether the command line sets CheckHostIP.
    pub sets_check: bool,
    /// Whether a ControlPath has the name in it (`%k`): a master connection would not be found again.
    pub is_in_control_path: bool,
    /// The user's home directory.
    pub home: &'a str,
}

impl HostKeyName {
    /// The name for the instance `id`. `config` has ssh's settings for this route, and `look` says what
    /// known_hosts has under ssh's own names and another one.
    #[must_use]
    pub(crate) fn choose(
        id: &str,
        config: &HostConfig,
        policy: NamePolicy<'_>,
        look: impl FnOnce(&[String], &str) -> Found,
    ) -> Self {
        let host_key = &config.host_key;
        let port = config.port.unwrap_or(USUAL_PORT);
        let names = known_hosts::names(host_key.alias.as_deref(), &config.hostname, port);
        let by_id = known_hosts::name(id, port);
        let found = look(&names, &by_id);
        let checks_address = host_key.checks_address && !policy.sets_check;
        let own = names.into_iter().next().unwrap_or_default();
        let is_id = own == by_id;
        let is_policy_set = host_key.is_set(policy.home);
        if !is_id && policy.permits(is_policy_set) && (policy.is_forced() || found.permits_alias())
        {
            return Self {
                name: by_id,
                kind: NameKind::Alias,
                is_known: found.knows_alias(),
                is_policy_set,
                checks_address,
            };
        }
        Self {
            name: own,
            kind: if is_id { NameKind::Id } else { NameKind::Own },
            is_known: found.own,
            is_policy_set,
            checks_address,
        }
    }

    /// The options that tell ssh this name, if it needs any.
    pub(crate) fn options(&self) -> Vec<OsString> {
        if self.kind != NameKind::Alias {
            return Vec::new();
        }
        let alias = format!("HostKeyAlias={}", self.name).into();
        let check = self.checks_address.then(|| "CheckHostIP=no".into());
        std::iter::once(alias).chain(check).collect()
    }
}

/// Whether the command line has the name in a ControlPath.
#[must_use]
pub(crate) fn is_in_control_path(invocation: &Invocation) -> bool {
    let mut flags = invocation.flags.iter();
    flags.any(|flag| {
        let value = flag.value.as_deref().unwrap_or_default().as_bytes();
        match flag.letter {
            b'S' => value.windows(2).any(|token| token == b"%k"),
            b'o' => host_blocks::has_alias_in_control_path(value),
            _ => false,
        }
    })
}

impl NamePolicy<'_> {
    fn is_forced(&self) -> bool {
        self.option == HostKeyAlias::Yes
    }

    /// Whether mssh may give a name at all.
    fn permits(&self, is_policy_set: bool) -> bool {
        let may = match self.option {
            HostKeyAlias::Auto => !self.is_in_control_path && !is_policy_set,
            HostKeyAlias::Yes => true,
            HostKeyAlias::No => false,
        };
        may && !self.excludes_alias
    }
}

#[cfg(test)]
mod tests;
