//! The table itself, a row for each option, in groups. `--help` and the man pages keep this order.

mod general;
mod login;
mod serving;
mod settings;
mod several;
mod targets;
mod ways;

use super::{Name, Opt, Task};
use crate::plan::program::Program;

/// A row's defaults: a new switch.
const SWITCH: Opt = Opt {
    name: Name::Help,
    long: "",
    alias: None,
    letter: None,
    value: None,
    choices: &[],
    selects: None,
    tasks: &[
        Task::List,
        Task::Each,
        Task::Listen,
        Task::Shell,
        Task::SshConfig,
        Task::Proxy,
        Task::Serial,
        Task::Connect,
    ],
    only_via: None,
    programs: &Program::ALL,
    rare: false,
    original: false,
    help: "",
};

/// The tasks with a target.
const TARGETED: &[Task] = &[
    Task::Listen,
    Task::Shell,
    Task::Proxy,
    Task::Serial,
    Task::Connect,
];

/// A key of the configuration file that is no long option: ssh's `-i`.
pub(crate) static KEY: Opt = Opt {
    name: Name::Key,
    long: "key",
    value: Some("FILE"),
    tasks: &[Task::Serial, Task::Connect],
    help: "your own key, as -i FILE",
    ..SWITCH
};

/// All options.
pub(crate) fn options() -> impl Iterator<Item = &'static Opt> + Clone {
    let groups: [&'static [Opt]; 7] = [
        targets::OPTIONS,
        ways::OPTIONS,
        several::OPTIONS,
        login::OPTIONS,
        serving::OPTIONS,
        settings::OPTIONS,
        general::OPTIONS,
    ];
    groups.into_iter().flatten()
}
