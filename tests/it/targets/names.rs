//! Instances by their names and tags.

use crate::lab::instances::{ODD, ODD_NAME, PRIVATE, STOPPED, TWIN1, TWIN2, WEB1, WEB2};
use crate::sandbox::{caller, config, finish, look_ups, pushes, run};

/// Prints the user and the address of the server.
const WHERE: &str = "set -- $SSH_CONNECTION; echo $USER@$3";

#[test]
fn a_name_or_tag_finds_its_instance_by_one_look_up() {
    for (target, id, address) in [
        ("web1", WEB1, "127.0.0.11"),
        ("private", PRIVATE, "127.0.1.21"),
        ("priv*te", PRIVATE, "127.0.1.21"),
        ("tag:Name=web1", WEB1, "127.0.0.11"),
        ("tag:kubernetes.io/cluster/lab=owned", WEB1, "127.0.0.11"),
        ("tag:a:b=c:d@e", WEB1, "127.0.0.11"),
        ("tag:kubernetes.io/*", WEB1, "127.0.0.11"),
        ("tag:empty=", TWIN1, "127.0.0.111"),
        ("asg:front", WEB2, "127.0.0.12"),
        ("asg:fr*", WEB2, "127.0.0.12"),
    ] {
        let caller = caller();
        run(&caller, "mssh", [&format!("ubuntu@{target}"), WHERE])
            .prints(&format!("ubuntu@{address}\n"));
        assert_eq!(pushes(&caller), [format!("ubuntu@{id}")], "{target}");
        // In the lab, an empty page comes first.
        assert_eq!(look_ups(&caller), 2, "{target}");
    }
}

#[test]
fn any_name_is_found_as_it_is_written() {
    for word in [
        format!("tag:Name={}", ODD.replace('\\', r"\\").replace('*', r"\*")),
        r"?Büro \*1\* *".to_owned(),
    ] {
        let caller = caller();
        run(&caller, "mssh", [word.as_str(), WHERE]).prints("ec2-user@127.0.0.115\n");
        assert_eq!(pushes(&caller), [format!("ec2-user@{ODD_NAME}")], "{word}");
    }
    // A backslash makes it literal.
    run(&caller(), "mssh", [r"web\*", "true"]).fails(
        255,
        &[
            r"mssh: error: there is no instance named web\* in us-east-1 (set by AWS_REGION)",
            "mssh: hint: is it in another region (--region) or account (--profile)?",
        ],
    );
}

#[test]
fn a_host_that_resolves_or_is_in_ssh_config_is_no_name() {
    let caller = caller();
    run(&caller, "mssh", ["web2.lab", WHERE]).prints("ec2-user@127.0.0.12\n");
    assert_eq!(pushes(&caller), [format!("ec2-user@{WEB2}")]);
    let (_directory, file) = config("Host web1\n  HostName 127.0.0.12\n  User ubuntu\n");
    run(&caller, "mssh", ["-F", &file, "web1", WHERE]).prints("ubuntu@127.0.0.12\n");
}

#[test]
fn the_block_of_a_name_applies() {
    let (_directory, file) = config("Host web*\n  User ubuntu\n");
    run(&caller(), "mssh", ["-F", &file, "web1", WHERE]).prints("ubuntu@127.0.0.11\n");
    let (_directory, file) = config("Host i-*\n  User ubuntu\n");
    run(&caller(), "mssh", ["-F", &file, "tag:Name=web1", WHERE]).prints("ubuntu@127.0.0.11\n");
}

#[test]
fn an_unknown_name_is_no_instance_and_no_host() {
    run(&caller(), "mssh", ["no-such-name", "true"]).fails(
        255,
        &[
            "mssh: error: there is no instance named no-such-name in us-east-1 (set by AWS_REGION), \
             and it is no host: Name or service not known",
            "mssh: hint: is it in another region (--region) or account (--profile)?",
        ],
    );
    run(&caller(), "mssh", ["tag:role=cache", "true"]).fails(
        255,
        &[
            "mssh: error: there is no instance with the tag role=cache in us-east-1 (set by AWS_REGION)",
            "mssh: hint: is it in another region (--region) or account (--profile)?",
        ],
    );
}

#[test]
fn a_stopped_instance_is_found_if_none_is_running() {
    let outcome = run(&caller(), "mssh", ["stopped", "true"]);
    let error = format!("mssh: error: instance {STOPPED} is stopped\n");
    assert!(outcome.stderr.starts_with(&error), "{outcome:?}");
}

#[test]
fn several_running_instances_are_listed_and_options_choose() {
    let caller = caller();
    for (target, what) in [
        ("twin", "twin"),
        ("tag:role=db", "tag:role=db"),
        ("twi*", "twi*"),
    ] {
        run(&caller, "mssh", [target, "true"]).fails(
            255,
            &[
                &format!("mssh: error: {what} matches 2 instances"),
                &format!("mssh:   {TWIN1} twin running us-east-1a 127.0.0.111"),
                &format!("mssh:   {TWIN2} twin running us-east-1a 127.0.0.112"),
                "mssh: hint: choose one by its ID, or add --newest, --oldest or --any",
            ],
        );
        assert!(pushes(&caller).is_empty());
    }
    for (option, address) in [
        ("--newest", "127.0.0.112"),
        ("--oldest", "127.0.0.111"),
        ("--any", "127.0.0.111"),
    ] {
        for target in ["twin", "tag:role=db"] {
            run(&caller, "mssh", [option, target, WHERE]).prints(&format!("ec2-user@{address}\n"));
        }
    }
}

#[test]
fn a_look_up_that_is_denied_is_an_error() {
    let outcome = run(&caller(), "mssh", ["describe-denied", "true"]);
    assert!(
        outcome.stderr.contains("ec2:DescribeInstances"),
        "{outcome:?}"
    );
}

#[test]
fn a_name_costs_an_id_nothing() {
    let caller = caller();
    run(&caller, "mssh", [WEB1, "true"]).prints("");
    assert_eq!((look_ups(&caller), caller.calls().len()), (1, 2));
}

#[test]
fn without_a_region_a_name_is_an_error_that_says_so() {
    let caller = caller();
    let without_region = |target: &str| {
        let mut command = caller.command("mssh");
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            command.env_remove(variable);
        }
        finish(command.args([target, "true"]))
    };
    for target in ["web1", "tag:Name=web1"] {
        let outcome = without_region(target);
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        let error = outcome.stderr.lines().next().unwrap_or_default();
        assert!(error.contains("region"), "{outcome:?}");
    }
    assert!(caller.calls().is_empty());
}
