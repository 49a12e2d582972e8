//! Usage errors, found before anything else happens.

use super::mssh;
use crate::lab::instances::WEB1;
use crate::sandbox::{caller, run};

/// A hint that several mistakes share.
const USER: &str = "mssh: hint: EC2 Instance Connect allows up to 32 letters, digits and `._-@`, \
                    beginning with a letter, a digit or `_`, and not digits alone";
const TARGET: &str = "mssh: hint: a target is an instance ID, a name, an IP address or a host name, with or without \
     user@; tag:Name=NAME finds any other name";
const ID: &str = "mssh: hint: an instance ID is `i-` followed by 17 (or 8) hexadecimal digits";
const COMMA: &str = "mssh: hint: write one between two, and none at the ends";
const REGION: &str = "mssh: hint: a region looks like eu-west-1";
const ZONE: &str = "mssh: hint: an availability zone looks like eu-west-1a";

/// Arguments, error, and hint.
const CASES: &[(&[&str], &str, &str)] = &[
    (
        &[],
        "no target given",
        "mssh: hint: give one, like `ec2-user@i-0123456789abcdef0`; see `--help`",
    ),
    (
        &["-r", "us-east-1"],
        "no target given",
        "mssh: hint: give one, like `ec2-user@i-0123456789abcdef0`; see `--help`",
    ),
    (&["i-0abc"], "`i-0abc` is not a valid instance ID", ID),
    (
        &["--instance-id", "i-1;id", "h"],
        "`i-1;id` is not a valid instance ID",
        ID,
    ),
    (
        &["mi-0123456789abcdef0"],
        "`mi-0123456789abcdef0` is a managed node, not an EC2 instance",
        "mssh: hint: EC2 Instance Connect cannot push a key to it: use `--ssm -i KEY` with a key that it already accepts",
    ),
    (
        &["-r", "bogus", WEB1],
        "`bogus` is not a valid region",
        REGION,
    ),
    (
        &["-r", "us-east-1;x", WEB1],
        "`us-east-1;x` is not a valid region",
        REGION,
    ),
    (&["-r", "-z", WEB1], "`-z` is not a valid region", REGION),
    (
        &["-z", "bogus", WEB1],
        "`bogus` is not a valid availability zone",
        ZONE,
    ),
    (
        &["-z", "us-east-1a$(id)", WEB1],
        "`us-east-1a$(id)` is not a valid availability zone",
        ZONE,
    ),
    (
        &["a;b@i-0face000000000001"],
        "`a;b` is not a valid user name",
        USER,
    ),
    (
        &["root$(id)@i-0face000000000001"],
        "`root$(id)` is not a valid user name",
        USER,
    ),
    (
        &["1000@i-0face000000000001"],
        "`1000` is not a valid user name",
        USER,
    ),
    (
        &["CORP\\jane@i-0face000000000001"],
        "`CORP\\jane` is not a valid user name",
        USER,
    ),
    (
        &["-l", "CORP\\jane", "--dry-run", WEB1],
        "`CORP\\jane` is not a valid user name",
        USER,
    ),
    (&["@i-0face000000000001"], "the user name is empty", USER),
    (&["root@"], "the target is empty", TARGET),
    (
        &["--region", "us-east-1,", WEB1],
        "`us-east-1,` has a comma too many",
        COMMA,
    ),
    (&["--profile=,a", WEB1], "`,a` has a comma too many", COMMA),
    (&[""], "the target is empty", TARGET),
    (&["-"], "`-` is not a valid target", TARGET),
    (
        &["root@-oProxyCommand=id"],
        "`-oProxyCommand=id` is not a valid target",
        TARGET,
    ),
    (&["a/b"], "`a/b` is not a valid target", TARGET),
    (
        &["tag:=web"],
        "`tag:=web` names no tag",
        "mssh: hint: write tag:KEY=VALUE, tag:KEY or asg:NAME",
    ),
    (
        &["https://example.com/"],
        "`https://example.com/` is not a valid target for mssh",
        "mssh: hint: the only URL that mssh takes is that of an instance's page in the AWS console",
    ),
    (
        &["--document-name", "AWS-StartSSHSession", WEB1],
        "unknown option `--document-name`",
        "mssh: hint: use --ssm for ssh through Session Manager, --shell for a shell without ssh",
    ),
    (
        &["root@i-0face000000000001:/tmp/$(id)"],
        "`i-0face000000000001:/tmp/$(id)` is not a valid target for mssh",
        "mssh: hint: for files there are mscp and msftp",
    ),
    (
        &["--regoin", "us-east-1", WEB1],
        "unknown option `--regoin`",
        "mssh: hint: did you mean --region?",
    ),
    (
        &["--xyz", WEB1],
        "unknown option `--xyz`",
        "mssh: hint: `--help` lists our options; ssh's are single letters",
    ),
    (
        &["--region"],
        "--region needs a value",
        "mssh: hint: write --region REGION",
    ),
    (
        &["--debug=yes", WEB1],
        "--debug takes no value",
        "mssh: hint: write --debug",
    ),
    (
        &["--via", "tunnel", WEB1],
        "`tunnel` is not a valid value for --via",
        "mssh: hint: choose one of: auto, public, private, ipv6, instance-id, eice, ssm, serial",
    ),
];

#[test]
fn each_usage_error_has_a_line_and_a_hint() {
    let caller = caller();
    for (words, error, hint) in CASES {
        mssh(&caller, words).fails(255, &[&format!("mssh: error: {error}"), hint]);
    }
    mssh(&caller, &["--profile=", WEB1])
        .fails(255, &["mssh: error: the value of --profile is empty"]);
    assert!(caller.calls().is_empty(), "AWS was asked");
}

#[test]
fn the_other_programs_use_their_own_names() {
    let caller = caller();
    run(&caller, "msftp", ["i-0abc"]).fails(
        255,
        &[
            "msftp: error: `i-0abc` is not a valid instance ID",
            &ID.replace("mssh", "msftp"),
        ],
    );
    run(&caller, "mscp", ["f", "i-0face000000000001:", "--dry-run"]).fails(
        255,
        &[
            "mscp: error: option `--dry-run` comes after the files",
            "mscp: hint: put it before the first file, or write `./--dry-run` for a file of that name",
        ],
    );
    run(
        &caller,
        "mscp",
        ["-d", "--instance-id", WEB1, "10.0.0.1:a", "10.0.0.2:b", "."],
    )
    .fails(
        255,
        &[
            "mscp: error: --instance-id works with one host only",
            "mscp: hint: use the instance IDs as targets",
        ],
    );
}
