//! The name under which ssh looks for the host key of an instance.

use crate::plan::argv::host_key_name::{HostKeyName, NameKind, NamePolicy, is_in_control_path};
use crate::plan::cli::invocation::{Invocation, Options};
use crate::plan::host_key_alias::HostKeyAlias;
use crate::plan::ssh_g::{HostConfig, host_blocks};
use crate::plan::target::ids::InstanceId;
use crate::world::openssh::config_files;
use crate::world::openssh::known_hosts::{any_file, look};

/// The HostKeyAlias for a hop that was found to be the instance `id`, if it needs one. `config` has ssh's
/// settings for it.
pub(super) fn alias_of_hop(
    id: &InstanceId,
    config: &HostConfig,
    invocation: &Invocation,
) -> Option<String> {
    let option = invocation.options.host_key_alias;
    let without_words = Invocation {
        flags: Vec::new(),
        words: Vec::new(),
        options: Options::default(),
        ..*invocation
    };
    let name = choose(id.as_str(), config, &without_words, option);
    (name.kind == NameKind::Alias).then_some(name.name)
}

/// The name for the instance `id`, of which `config` has ssh's settings. Reads each file of known_hosts
/// once.
pub(super) fn choose(
    id: &str,
    config: &HostConfig,
    invocation: &Invocation,
    option: HostKeyAlias,
) -> HostKeyName {
    let is_in_files = || any_file(config, host_blocks::has_alias_in_control_path);
    let home = config_files::home();
    let policy = NamePolicy {
        option,
        excludes_alias: invocation.has_several_places() || invocation.sets(&["hostkeyalias"]),
        sets_check: invocation.sets(&["checkhostip"]),
        is_in_control_path: config.has_control_path
            && (is_in_control_path(invocation) || is_in_files()),
        home: &home.to_string_lossy(),
    };
    HostKeyName::choose(id, config, policy, |own, alias| {
        look(&config.host_key, own, alias)
    })
}
