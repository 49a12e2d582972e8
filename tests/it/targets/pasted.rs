//! What people paste: ARNs, pages of the AWS console, and the options of the AWS CLI.

use crate::lab::instances::{IN_EU_WEST_1, PRIVATE_WITH_AGENT, WEB1};
use crate::sandbox::{caller, finish, lab, pushes, run};

const PAGE: &str = "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=";
const ARN: &str = "arn:aws:ec2:eu-west-1:123456789012:instance/";

#[test]
fn an_arn_or_a_page_of_the_console_is_a_target_and_tells_the_region() {
    for pasted in [
        format!("{ARN}{IN_EU_WEST_1}"),
        format!("{PAGE}{IN_EU_WEST_1}"),
    ] {
        let caller = caller();
        let mut mssh = caller.command("mssh");
        mssh.env_remove("AWS_REGION");
        finish(mssh.args([&format!("ubuntu@{pasted}"), "echo $USER"])).prints("ubuntu\n");
        assert_eq!(pushes(&caller), [format!("ubuntu@{IN_EU_WEST_1}")]);
        assert!(caller.calls().iter().all(|call| call.region == "eu-west-1"));
    }
}

#[test]
fn every_client_accepts_them() {
    let caller = caller();
    let there = lab().remote().join(caller.access_key());
    std::fs::create_dir_all(&there).expect("a directory");
    let file = there.join("file");
    std::fs::write(&file, "text\n").expect("a file");
    let (file, copy) = (file.display(), there.join("copy"));
    let copied = |from: &str| {
        let words = ["-q", from, copy.to_str().expect("a name")];
        run(&caller, "mscp", words).prints("");
        assert_eq!(std::fs::read(&copy).expect("a copy"), b"text\n");
        std::fs::remove_file(&copy).expect("a copy");
    };
    copied(&format!("{ARN}{IN_EU_WEST_1}:{file}"));
    copied(&format!("{PAGE}{IN_EU_WEST_1}:{file}"));
    let line = run(
        &caller,
        "msftp",
        ["--dry-run", &format!("{ARN}{IN_EU_WEST_1}")],
    );
    assert!(line.stdout.ends_with(" ec2-user@127.0.0.61\n"), "{line:?}");
    let line = run(
        &caller,
        "mscp",
        ["--dry-run", "x", &format!("{ARN}{IN_EU_WEST_1}")],
    );
    assert!(line.stdout.ends_with(" ec2-user@127.0.0.61:\n"), "{line:?}");
}

/// With a host and a zone, the push is the only call.
#[test]
fn the_instance_behind_a_host_may_be_pasted_too() {
    let (arn, page) = (
        format!("{ARN}{IN_EU_WEST_1}"),
        format!("{PAGE}{IN_EU_WEST_1}"),
    );
    for (option, pasted) in [
        ("--instance-id", &arn),
        ("--instance-id", &page),
        ("-t", &arn),
        ("-t", &page),
    ] {
        let caller = caller();
        let mut mssh = caller.command("mssh");
        mssh.env_remove("AWS_REGION");
        let words = [option, pasted, "127.0.0.61", "echo $USER"];
        finish(mssh.args(words)).prints("ec2-user\n");
        assert_eq!(pushes(&caller), [format!("ec2-user@{IN_EU_WEST_1}")]);
        assert!(caller.calls().iter().all(|call| call.region == "eu-west-1"));
    }
}

#[test]
fn an_option_wins_over_the_region_of_an_arn() {
    let words = [
        "--region",
        "us-east-1",
        &format!("{ARN}{IN_EU_WEST_1}"),
        "true",
    ];
    let outcome = run(&caller(), "mssh", words);
    let said = format!("mssh: error: there is no instance {IN_EU_WEST_1} in us-east-1");
    assert!(outcome.stderr.starts_with(&said), "{outcome:?}");
}

#[test]
fn arns_and_pages_of_other_resources_are_rejected() {
    let caller = caller();
    let id = "mssh: hint: an instance ID is `i-` followed by 17 (or 8) hexadecimal digits";
    run(&caller, "mssh", [&format!("{ARN}i-0abc"), "true"]).fails(
        255,
        &["mssh: error: `i-0abc` is not a valid instance ID", id],
    );
    let volume = "arn:aws:ec2:us-east-1:123456789012:volume/vol-0123456789abcdef0";
    run(&caller, "mssh", [volume]).fails(
        255,
        &[
            &format!("mssh: error: `{volume}` is not a valid target"),
            "mssh: hint: a target is an instance ID, a name, an IP address or a host name, with or without \
             user@; tag:Name=NAME finds any other name",
        ],
    );
    assert!(caller.calls().is_empty());
}

/// `aws ec2-instance-connect ssh --instance-id ID`.
#[test]
fn an_instance_id_without_a_host_is_the_target() {
    for words in [
        &["--instance-id", WEB1][..],
        &["-p", "22", "--instance-id", WEB1],
        &["--instance_id", WEB1, "-l", "ec2-user"],
    ] {
        let words = [&["--dry-run"][..], words].concat();
        let line = run(&caller(), "mssh", words);
        assert_eq!((line.code, line.stderr.as_str()), (Some(0), ""));
        assert!(line.stdout.ends_with(" ec2-user@127.0.0.11\n"), "{line:?}");
    }
    let words = ["--shell", "--instance-id", PRIVATE_WITH_AGENT];
    let outcome = run(&caller(), "mssh", words);
    assert!(!outcome.stderr.contains("no target"), "{outcome:?}");
    let line = run(&caller(), "msftp", ["--dry-run", "--instance-id", WEB1]);
    assert!(line.stdout.ends_with(" ec2-user@127.0.0.11\n"), "{line:?}");
}

#[test]
fn options_of_the_aws_cli_are_translated_in_a_hint() {
    let caller = caller();
    for (word, hint) in [
        ("--os-user", "write USER@ before the target"),
        ("--user=jane", "write USER@ before the target"),
        ("--private-key-file", "use -i FILE"),
        ("--ssh-port", "use -p PORT, or -P PORT with msftp and mscp"),
        ("--port=2222", "use -p PORT, or -P PORT with msftp and mscp"),
        (
            "--connection-type",
            "use --eice for an EC2 Instance Connect Endpoint, --via public or --via private for an \
             address",
        ),
        (
            "--instance-ip",
            "use the address as the target; `--instance-id ID ADDRESS` also names its instance",
        ),
        ("--public", "use --via public"),
        ("--ipv6", "use --via ipv6"),
    ] {
        let name = word.split('=').next().unwrap_or_default();
        run(&caller, "mssh", [word, "x", WEB1]).fails(
            255,
            &[
                &format!("mssh: error: unknown option `{name}`"),
                &format!("mssh: hint: {hint}"),
            ],
        );
    }
    assert!(caller.calls().is_empty());
}

#[test]
fn a_pasted_hop_is_an_error_of_mssh() {
    let caller = caller();
    for hop in [
        format!("{ARN}{IN_EU_WEST_1}"),
        format!("{PAGE}{IN_EU_WEST_1}"),
    ] {
        let words = ["-J", &format!("{WEB1},ubuntu@{hop}"), WEB1, "true"];
        run(&caller, "mssh", words).fails(
            255,
            &[
                &format!("mssh: error: a hop must be an ID, not `{hop}`"),
                "mssh: hint: write -J i-…, and --region if it is not the default one",
            ],
        );
    }
    assert!(caller.calls().is_empty());
}
