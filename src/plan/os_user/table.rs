//! The table itself, a row for each family. The first row that fits counts.
//!
//! The users are those of "Manage system users on your Amazon EC2 Linux instance" in the EC2 user
//! guide and of the publishers' own pages.

use super::ImageFamily;
use super::InstanceConnect::{No, Since, Unknown, Yes};

/// A row's defaults: `ec2-user`, and no EC2 Instance Connect.
const ROW: ImageFamily = ImageFamily {
    name: "",
    user: Some("ec2-user"),
    instance_connect: No,
    names: &[],
    with: None,
    owners: &[],
};

/// The account of Amazon Linux.
const AMAZON: &str = "137112412989";

/// Publishes CentOS, Fedora and Fedora CoreOS.
const CENTOS: &str = "125523088429";

/// The table.
pub(super) const FAMILIES: &[ImageFamily] = &[
    // Named after the Debian, or whatever, that they are made from.
    ImageFamily {
        name: "Bitnami",
        user: Some("bitnami"),
        names: &["bitnami"],
        ..ROW
    },
    ImageFamily {
        name: "Kali Linux",
        user: Some("kali"),
        names: &["kali-", "debian-kali", "kali linux", "kali gnu/linux"],
        ..ROW
    },
    // Known by the other words in their names.
    ImageFamily {
        name: "Deep Learning (Ubuntu)",
        user: Some("ubuntu"),
        instance_connect: Unknown,
        names: &["deep learning"],
        with: Some("ubuntu"),
        ..ROW
    },
    ImageFamily {
        name: "Deep Learning (Amazon Linux)",
        instance_connect: Unknown,
        names: &["deep learning"],
        ..ROW
    },
    ImageFamily {
        name: "Amazon EKS (Ubuntu)",
        user: Some("ubuntu"),
        instance_connect: Unknown,
        names: &["amazon-eks", "ubuntu-eks"],
        with: Some("ubuntu"),
        owners: &["099720109477"],
    },
    ImageFamily {
        name: "Amazon EKS",
        instance_connect: Unknown,
        names: &["amazon-eks"],
        owners: &["602401143452"],
        ..ROW
    },
    ImageFamily {
        name: "Amazon ECS",
        names: &["al2023-ami", "amzn2-ami", "amzn-ami"],
        with: Some("ecs"),
        ..ROW
    },
    ImageFamily {
        name: "minimal Amazon Linux",
        // Unverified: seen in no list of packages.
        instance_connect: Unknown,
        names: &["al2023-ami", "amzn2-ami", "amzn-ami"],
        with: Some("minimal"),
        ..ROW
    },
    ImageFamily {
        name: "Amazon Linux 2023",
        instance_connect: Yes,
        names: &["al2023", "amazon linux 2023", "amazon-linux-2023"],
        owners: &[AMAZON],
        ..ROW
    },
    ImageFamily {
        name: "Amazon Linux 2",
        instance_connect: Since("2.0.20190618"),
        names: &["amzn2", "amazon linux 2", "amazon-linux-2"],
        owners: &[AMAZON],
        ..ROW
    },
    ImageFamily {
        name: "macOS",
        // Recent ones have it; the names do not tell since when.
        instance_connect: Unknown,
        names: &["amzn-ec2-macos", "macos", "mac os"],
        owners: &["100343932686"],
        ..ROW
    },
    ImageFamily {
        name: "Amazon Linux",
        instance_connect: Unknown,
        names: &["amazon linux", "amazon-linux", "amazonlinux"],
        ..ROW
    },
    ImageFamily {
        name: "Amazon Linux 1",
        names: &["amzn-ami"],
        owners: &[AMAZON],
        ..ROW
    },
    // Its ec2-user is in the admin container, if that is enabled.
    ImageFamily {
        name: "Bottlerocket",
        names: &["bottlerocket"],
        ..ROW
    },
    ImageFamily {
        name: "minimal Ubuntu",
        user: Some("ubuntu"),
        // Unverified: seen in no list of packages.
        instance_connect: Unknown,
        names: &["ubuntu-minimal", "ubuntu minimal"],
        ..ROW
    },
    ImageFamily {
        name: "Ubuntu",
        user: Some("ubuntu"),
        instance_connect: Since("20.04"),
        names: &["ubuntu"],
        owners: &["099720109477"],
        ..ROW
    },
    ImageFamily {
        name: "Debian",
        user: Some("admin"),
        names: &["debian"],
        owners: &["136693071363", "379101102735"],
        ..ROW
    },
    ImageFamily {
        name: "old Red Hat Enterprise Linux",
        user: Some("root"),
        names: &["rhel-5", "rhel-6.0", "rhel-6.1", "rhel-6.2", "rhel-6.3"],
        ..ROW
    },
    ImageFamily {
        name: "Red Hat CoreOS",
        user: Some("core"),
        names: &["rhcos", "red hat enterprise linux coreos"],
        owners: &["531415883065"],
        ..ROW
    },
    ImageFamily {
        name: "Red Hat Enterprise Linux",
        names: &["rhel", "red hat", "redhat"],
        owners: &["309956199498"],
        ..ROW
    },
    ImageFamily {
        name: "CentOS Stream",
        names: &[
            "centos stream 9",
            "centos stream 1",
            "centos-stream-9",
            "centos-stream-1",
        ],
        owners: &[CENTOS],
        ..ROW
    },
    ImageFamily {
        name: "CentOS",
        user: Some("centos"),
        names: &["centos"],
        owners: &[CENTOS],
        ..ROW
    },
    ImageFamily {
        name: "Rocky Linux",
        user: Some("rocky"),
        names: &["rocky"],
        owners: &["792107900819"],
        ..ROW
    },
    ImageFamily {
        name: "AlmaLinux",
        names: &["almalinux", "alma linux"],
        owners: &["764336703387"],
        ..ROW
    },
    ImageFamily {
        name: "Oracle Linux",
        names: &[
            "ol7.",
            "ol8.",
            "ol9.",
            "ol10.",
            "oracle linux",
            "oraclelinux",
        ],
        owners: &["131827586825"],
        ..ROW
    },
    ImageFamily {
        name: "Fedora CoreOS",
        user: Some("core"),
        names: &["fedora-coreos", "fedora coreos"],
        owners: &[CENTOS],
        ..ROW
    },
    ImageFamily {
        name: "Fedora",
        user: Some("fedora"),
        names: &["fedora"],
        owners: &[CENTOS],
        ..ROW
    },
    ImageFamily {
        name: "Flatcar",
        user: Some("core"),
        names: &["flatcar"],
        owners: &["075585003325"],
        ..ROW
    },
    ImageFamily {
        name: "SUSE",
        names: &["suse", "sles", "opensuse"],
        owners: &["013907871322"],
        ..ROW
    },
    ImageFamily {
        name: "FreeBSD",
        names: &["freebsd"],
        owners: &["118940168514"],
        ..ROW
    },
    ImageFamily {
        name: "NixOS",
        user: Some("root"),
        names: &["nixos"],
        owners: &["427812963091"],
        ..ROW
    },
    ImageFamily {
        name: "Alpine",
        user: Some("alpine"),
        names: &["alpine"],
        owners: &["538276064493"],
        ..ROW
    },
    ImageFamily {
        name: "Arch Linux",
        user: Some("arch"),
        names: &["arch-linux", "arch linux", "archlinux"],
        ..ROW
    },
    ImageFamily {
        name: "Windows",
        user: None,
        names: &["windows"],
        owners: &["801119661308"],
        ..ROW
    },
];

/// `UsageOperation` of instances, with the platform that it stands for ("AMI billing information
/// fields" in the EC2 user guide). `RunInstances` alone says nothing.
pub(super) const USAGE_OPERATIONS: &[(&str, &str)] = &[
    ("RunInstances:0010", "red hat"),
    ("RunInstances:00g0", "red hat"),
    ("RunInstances:1010", "red hat"),
    ("RunInstances:0014", "red hat"),
    ("RunInstances:0110", "red hat"),
    ("RunInstances:0210", "red hat"),
    ("RunInstances:000g", "suse"),
    ("RunInstances:0g00", "ubuntu"),
    ("RunInstances:0002", "windows"),
    ("RunInstances:0800", "windows"),
    ("RunInstances:0102", "windows"),
    ("RunInstances:0006", "windows"),
    ("RunInstances:0202", "windows"),
];
