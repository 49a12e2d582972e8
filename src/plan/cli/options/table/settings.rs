//! The configuration file, and what it has beside the rest: `--start`.

use super::{SWITCH, TARGETED};
use crate::plan::cli::options::{Name, Opt, Task};
use crate::plan::program::Program;

pub(super) const OPTIONS: &[Opt] = &[
    Opt {
        name: Name::ShowConfig,
        long: "show-config",
        rare: true,
        tasks: TARGETED,
        help: "show what the configuration sets for a target, and where",
        ..SWITCH
    },
    Opt {
        name: Name::InitConfig,
        long: "init-config",
        programs: &[Program::Ssh],
        rare: true,
        selects: Some(Task::InitConfig),
        tasks: &[Task::InitConfig],
        help: "write a commented example of the configuration file",
        ..SWITCH
    },
    Opt {
        name: Name::Start,
        long: "start",
        rare: true,
        tasks: TARGETED,
        help: "start the instance if it is stopped, and wait until it can be reached",
        ..SWITCH
    },
    Opt {
        name: Name::NoStart,
        long: "no-start",
        rare: true,
        tasks: TARGETED,
        help: "start nothing, whatever the configuration file says",
        ..SWITCH
    },
    Opt {
        name: Name::Wait,
        long: "wait",
        value: Some("TIME"),
        rare: true,
        tasks: TARGETED,
        help: "with --start: how long to wait, like 90s or 1h (default: 5m)",
        ..SWITCH
    },
];
