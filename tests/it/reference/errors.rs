//! Table B, errors: reported on stderr, and usage errors before any call.

use super::mssh;

#[test]
fn values_are_validated_completely_before_any_call() {
    for (label, words, message) in [
        (
            "B69",
            &["-r", "bogus", "root@WEB1"][..],
            "`bogus` is not a valid region",
        ),
        (
            "B70",
            &["-r", "us-east-1;x", "root@WEB1"],
            "`us-east-1;x` is not a valid region",
        ),
        (
            "B72",
            &["-z", "bogus", "root@WEB1"],
            "`bogus` is not a valid availability zone",
        ),
        ("B73", &["-r"], "--region needs a value"),
        ("B74", &["-u", "nope", "root@WEB1"], "nope"),
        ("B82", &["", "root@WEB1"], "the target is empty"),
        ("B83", &["-", "root@WEB1"], "`-` is not a valid target"),
    ] {
        mssh(label, words).fails(message).runs();
    }
}

#[test]
fn an_unknown_region_is_left_to_aws() {
    mssh("B71", &["-r", "xx-nowhere-9", "root@WEB1"])
        .fails("")
        .no_push()
        .runs();
}

/// New: `-t` before anything but an ID is the option of ssh (B75); the original rejected it.
#[test]
fn t_before_a_host_is_the_option_of_ssh() {
    mssh("B75", &["-t", "web1.lab", "host.example.com"])
        .goes(&["-t", "ec2-user@web1.lab", "host.example.com"])
        // With a filter, the lab returns an empty page first.
        .calls(&[
            "describe network-interface.addresses.association.public-ip",
            "describe network-interface.addresses.association.public-ip",
            "describe network-interface.addresses.private-ip-address",
            "describe network-interface.addresses.private-ip-address",
            "push ec2-user@WEB1",
        ])
        .runs();
}

/// Fixed: in the original, each of these but the first two ran a command locally.
#[test]
fn no_argument_reaches_a_local_shell() {
    for (label, words, message) in [
        (
            "B78",
            &["root;touch pwned@WEB1"][..],
            "is not a valid user name",
        ),
        (
            "B79",
            &["root$(touch pwned)@WEB1"],
            "is not a valid user name",
        ),
        (
            "B80",
            &["root@WEB1:$(touch pwned)"],
            "is not a valid target",
        ),
    ] {
        mssh(label, words).fails(message).runs();
    }
    // ssh itself rejects such a level, in `ssh -G`.
    mssh("B81", &["-o", "LogLevel=ERROR;touch pwned", "root@WEB1"])
        .fails("unsupported log level 'ERROR;touch")
        .no_push()
        .runs();
}
