//! How an instance is reached.

use super::SWITCH;
use crate::plan::cli::options::{Name, Opt, Task};
use crate::plan::program::Program;
use crate::plan::way::Way;

pub(super) const OPTIONS: &[Opt] = &[
    Opt {
        name: Name::Via,
        long: "via",
        value: Some("WAY"),
        choices: &Way::NAMES,
        help: "how to connect: auto, public, ipv6, instance-id ...",
        ..SWITCH
    },
    Opt {
        name: Name::Way(Way::Private),
        long: Way::Private.name(),
        help: "the same as --via private",
        ..SWITCH
    },
    Opt {
        name: Name::Way(Way::Eice),
        long: Way::Eice.name(),
        help: "the same as --via eice: EC2 Instance Connect Endpoint",
        ..SWITCH
    },
    Opt {
        name: Name::Way(Way::Ssm),
        long: Way::Ssm.name(),
        help: "the same as --via ssm: Session Manager",
        ..SWITCH
    },
    Opt {
        name: Name::Shell,
        long: "shell",
        programs: &[Program::Ssh],
        selects: Some(Task::Shell),
        tasks: &[Task::Shell],
        help: "a Session Manager shell: no sshd, key or open port",
        ..SWITCH
    },
];
