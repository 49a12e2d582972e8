//! Where instances are looked for, and which of them is meant.

use super::{SWITCH, TARGETED};
use crate::plan::cli::options::{Name, Opt};
use crate::plan::target::candidate::Pick;

pub(super) const OPTIONS: &[Opt] = &[
    Opt {
        name: Name::Region,
        long: "region",
        letter: Some(b'r'),
        value: Some("REGION"),
        original: true,
        help: "AWS region (default: environment, profile or host)",
        ..SWITCH
    },
    Opt {
        name: Name::AllRegions,
        long: "all-regions",
        rare: true,
        help: "look for the instance in all enabled regions",
        ..SWITCH
    },
    Opt {
        name: Name::Profile,
        long: "profile",
        letter: Some(b'u'),
        value: Some("PROFILE"),
        original: true,
        help: "AWS profile (overrides keys in the environment)",
        ..SWITCH
    },
    Opt {
        name: Name::Zone,
        long: "zone",
        letter: Some(b'z'),
        value: Some("ZONE"),
        original: true,
        rare: true,
        tasks: TARGETED,
        help: "availability zone (with --instance-id: saves a call)",
        ..SWITCH
    },
    Opt {
        name: Name::InstanceId,
        long: "instance-id",
        alias: Some("instance_id"),
        letter: Some(b't'),
        value: Some("ID"),
        original: true,
        tasks: TARGETED,
        help: "instance ID to use when the target is a host",
        ..SWITCH
    },
    Opt {
        name: Name::Pick(Pick::Newest),
        long: "newest",
        rare: true,
        tasks: TARGETED,
        help: "of several instances, the one launched last (see --oldest, --any)",
        ..SWITCH
    },
    Opt {
        name: Name::Pick(Pick::Oldest),
        long: "oldest",
        rare: true,
        tasks: TARGETED,
        help: "of several instances with the name, the one launched first",
        ..SWITCH
    },
    Opt {
        name: Name::Pick(Pick::Any),
        long: "any",
        rare: true,
        tasks: TARGETED,
        help: "of several instances with the name, the first in the list",
        ..SWITCH
    },
];
