//! The keys of the configuration file: some of our options, and ssh's `-i`.

use crate::plan::cli::options::{KEY, Name, Opt, options};

/// One key.
pub(super) type Key = &'static Opt;

/// The options that are keys. That of a switch is true or false.
const NAMES: [Name; 11] = [
    Name::Profile,
    Name::Region,
    Name::Login,
    Name::Via,
    Name::Endpoint,
    Name::InstanceId,
    Name::KeyType,
    Name::HostKeyAlias,
    Name::VerifyHostKey,
    Name::Start,
    Name::Wait,
];

/// All keys.
pub(super) fn keys() -> impl Iterator<Item = Key> {
    let option = |name| options().find(|opt| opt.name == name);
    NAMES.into_iter().filter_map(option).chain([&KEY])
}

/// The key of this name. An option's other name is none.
pub(super) fn find(name: &str) -> Option<Key> {
    keys().find(|key| key.long == name)
}
