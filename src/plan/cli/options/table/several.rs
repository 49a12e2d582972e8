//! What is done with several instances: lists and `--each`.

use super::SWITCH;
use crate::plan::cli::options::{Name, Opt, Task};
use crate::plan::program::Program;

pub(super) const OPTIONS: &[Opt] = &[
    Opt {
        name: Name::List,
        long: "list",
        programs: &[Program::Ssh],
        selects: Some(Task::List),
        tasks: &[Task::List],
        help: "list the instances, sorted by name",
        ..SWITCH
    },
    Opt {
        name: Name::Tsv,
        long: "tsv",
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::List],
        help: "with --list: print lines with tabs, for other programs",
        ..SWITCH
    },
    Opt {
        name: Name::Picker,
        long: "pick",
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::Each, Task::Shell, Task::Serial, Task::Connect],
        help: "choose the instance on the terminal, as mssh without a target does",
        ..SWITCH
    },
    Opt {
        name: Name::NoCache,
        long: "no-cache",
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[
            Task::List,
            Task::Each,
            Task::Shell,
            Task::Serial,
            Task::Connect,
        ],
        help: "with --list or --pick: read and write no cache of names and IDs",
        ..SWITCH
    },
    Opt {
        name: Name::Json,
        long: "json",
        rare: true,
        tasks: &[
            Task::List,
            Task::Listen,
            Task::Shell,
            Task::Proxy,
            Task::Serial,
            Task::Connect,
        ],
        help: "with --doctor, --list or --show-config: print JSON",
        ..SWITCH
    },
    Opt {
        name: Name::Each,
        long: "each",
        programs: &[Program::Ssh, Program::Scp],
        selects: Some(Task::Each),
        tasks: &[Task::Each],
        help: "run the command on each of TARGET,TARGET; see --jobs",
        ..SWITCH
    },
    Opt {
        name: Name::Jobs,
        long: "jobs",
        value: Some("N"),
        programs: &[Program::Ssh, Program::Scp],
        rare: true,
        tasks: &[Task::Each],
        help: "with --each: at most N logins at once (default: 16)",
        ..SWITCH
    },
    Opt {
        name: Name::Output,
        long: "output",
        value: Some("DIR"),
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::Each],
        help: "with --each: write NAME-ID.out and NAME-ID.err in DIR",
        ..SWITCH
    },
    Opt {
        name: Name::Stdin,
        long: "stdin",
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::Each],
        help: "with --each: send all of standard input to each",
        ..SWITCH
    },
];
