//! Table A: the forms of a target.

use super::{Row, mssh};

#[test]
fn an_id_is_replaced_by_the_address() {
    for row in [
        mssh("A01", &["WEB1"])
            .goes(&["ec2-user@127.0.0.11"])
            .finds("WEB1", "ec2-user"),
        mssh("A02", &["root@WEB1"])
            .goes(&["root@127.0.0.11"])
            .finds("WEB1", "root"),
        mssh("A03", &["root@SHORT_ID"])
            .goes(&["root@127.0.0.13"])
            .finds("SHORT_ID", "root"),
        mssh("A04", &["root@PRIVATE"])
            .goes(&["root@127.0.1.21"])
            .finds("PRIVATE", "root"),
        // Fixed: only IPv6; the original passed ssh no destination.
        mssh("A05", &["root@IPV6_ONLY"])
            .goes(&["root@::1"])
            .finds("IPV6_ONLY", "root"),
        mssh("A17", &["-t", "WEB1", "root@WEB2"])
            .goes(&["root@127.0.0.12"])
            .finds("WEB2", "root"),
        mssh("A18", &["-z", "us-east-1b", "root@WEB1"])
            .goes(&["root@127.0.0.11"])
            .finds("WEB1", "root"),
        // Extended: an ID in upper case, and an ssh URI.
        mssh("A20", &["root@I-0FACE000000000001"])
            .goes(&["root@127.0.0.11"])
            .finds("WEB1", "root"),
        mssh("A33", &["ssh://root@WEB1:22"])
            .goes(&["ssh://root@127.0.0.11:22"])
            .finds("WEB1", "root"),
        // ssh accepts no IPv6 address in a URI.
        mssh("A33, of IPv6", &["ssh://root@IPV6_ONLY:22"])
            .goes(&["-o", "HostName=::1", "ssh://root@IPV6_ONLY:22"])
            .finds("IPV6_ONLY", "root"),
        // New: ssh splits at the last `@`, and users of EC2 Instance Connect may contain one.
        mssh("A29", &["a@b@WEB1"])
            .goes(&["a@b@127.0.0.11"])
            .finds("WEB1", "a@b"),
    ] {
        row.runs();
    }
}

#[test]
fn a_host_with_an_id_is_passed_to_ssh_as_typed() {
    let host = |label, words: &[&str], host| -> Row {
        mssh(label, words).goes(&[host]).finds("WEB1", "root")
    };
    for row in [
        host("A06", &["-t", "WEB1", "root@DNS"], "root@DNS"),
        host("A09", &["-t", "WEB1", "root@127.0.0.11"], "root@127.0.0.11"),
        host("A10", &["-t", "WEB1", "root@127.0.1.11"], "root@127.0.1.11"),
        host("A11", &["-t", "WEB1", "root@PDNS"], "root@PDNS"),
        // Fixed: IPv6 literals, and a resource-based DNS name, which begins like an ID.
        mssh("A12", &["-t", "IPV6_ONLY", "root@::1"])
            .goes(&["root@::1"])
            .finds("IPV6_ONLY", "root"),
        mssh("A13", &["-t", "IPV6_ONLY", "root@[::1]"])
            .goes(&["root@::1"])
            .finds("IPV6_ONLY", "root"),
        mssh("A26", &["-t", "IPV6_ONLY", "root@IPV6_ONLY.ec2.internal"])
            .goes(&["root@IPV6_ONLY.ec2.internal"])
            .finds("IPV6_ONLY", "root"),
    ] {
        row.runs();
    }
}

#[test]
fn host_id_and_zone_need_no_describe_instances() {
    let zone = "us-east-1a";
    let push = ["push root@WEB1 us-east-1a"];
    for row in [
        mssh("A07", &["-t", "WEB1", "-z", zone, "root@DNS"]),
        mssh("A08", &["root@DNS", "-t", "WEB1", "-z", zone]),
        mssh("B20", &["--zone", zone, "-t", "WEB1", "root@DNS"]),
        mssh("B21", &["--z=us-east-1a", "-t", "WEB1", "root@DNS"]),
    ] {
        row.goes(&["root@DNS"]).calls(&push).runs();
    }
    mssh("A19", &["-t", "WEB1", "-z", "us-east-1b", "root@DNS"])
        .refuses("no instance WEB1")
        .calls(&["push root@WEB1 us-east-1b"])
        .runs();
}

#[test]
fn the_state_of_an_instance_that_is_not_running_is_reported() {
    // Fixed: from DescribeInstances, on stderr. A push may have been tried in the meantime.
    for (label, target, message) in [
        ("A21", "root@STOPPED", "instance STOPPED is stopped"),
        (
            "A22",
            "root@TERMINATED",
            "instance TERMINATED is terminated",
        ),
        ("A23", "root@PENDING", "instance PENDING is pending"),
        (
            "A24",
            "root@i-0123456789abcdef0",
            "no instance i-0123456789abcdef0",
        ),
    ] {
        mssh(label, &[target]).fails(message).no_push().runs();
    }
}

#[test]
fn an_invalid_target_is_rejected_before_any_call() {
    for (label, words, message) in [
        ("A27", &[][..], "no target"),
        ("A28", &["-r", "us-east-1"], "no target"),
        ("A30", &["root@"], "the target is empty"),
        // As ssh does; the original used ec2-user.
        ("A31", &["@WEB1"], "the user name is empty"),
        (
            "A32",
            &["root@WEB1:/tmp/x"],
            "`WEB1:/tmp/x` is not a valid target",
        ),
    ] {
        mssh(label, words).fails(message).runs();
    }
}
