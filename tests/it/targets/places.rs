//! Several regions and profiles to look in.

use crate::lab::instances::{IN_EU_WEST_1, TWIN_IN_EU_WEST_1, TWIN1, TWIN2, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, Fault, Trouble};
use crate::sandbox::{AwsUser, caller, finish, pushes, run};

/// Prints the user and the address of the server.
const WHERE: &str = "set -- $SSH_CONNECTION; echo $USER@$3";

#[test]
fn the_region_in_which_an_instance_is_found_is_used() {
    for places in [&["--region", "us-east-1,eu-west-1"][..], &["--all-regions"]] {
        for target in [
            IN_EU_WEST_1,
            "in-eu-west-1",
            "tag:Name=in-eu-*",
            "127.0.0.61",
        ] {
            let caller = caller();
            let words = [places, &[target, WHERE]].concat();
            run(&caller, "mssh", words).prints("ec2-user@127.0.0.61\n");
            assert_eq!(pushes(&caller), [format!("ec2-user@{IN_EU_WEST_1}")]);
            let calls = caller.calls();
            let push = calls.iter().find(|it| it.action == "SendSSHPublicKey");
            assert_eq!(push.map(|it| it.region.as_str()), Some("eu-west-1"));
        }
    }
}

#[test]
fn several_instances_are_listed_with_their_regions() {
    let caller = caller();
    let words = ["--region", "us-east-1,eu-west-1", "twin", "true"];
    run(&caller, "mssh", words).fails(
        255,
        &[
            "mssh: error: twin matches 3 instances",
            &format!("mssh:   {TWIN1} twin running us-east-1a 127.0.0.111 us-east-1"),
            &format!("mssh:   {TWIN2} twin running us-east-1a 127.0.0.112 us-east-1"),
            &format!("mssh:   {TWIN_IN_EU_WEST_1} twin running eu-west-1a 127.0.0.114 eu-west-1"),
            "mssh: hint: choose one by its ID, or add --newest, --oldest or --any",
        ],
    );
    let words = ["--all-regions", "--oldest", "twin", WHERE];
    run(&caller, "mssh", words).prints("ec2-user@127.0.0.114\n");
}

#[test]
fn what_failed_is_said_if_nothing_is_found() {
    let caller = caller();
    let words = ["--region", "us-east-1,eu-west-1", "no-such-name", "true"];
    run(&caller, "mssh", words).fails(
        255,
        &[
            "mssh: error: there is no instance named no-such-name in us-east-1 and eu-west-1",
            "mssh: hint: is it in another region (--region) or account (--profile)?",
        ],
    );
    let caller = crate::sandbox::caller();
    caller.fault(Fault::new(Trouble::Denied).on("DescribeRegions"));
    let outcome = run(&caller, "mssh", ["--all-regions", WEB1, "true"]);
    assert!(
        outcome.stderr.contains("ec2:DescribeRegions"),
        "{outcome:?}"
    );
    assert!(caller.calls_of(DESCRIBE_INSTANCES).is_empty());
}

#[test]
fn the_profile_with_which_an_instance_is_found_is_used() {
    let user = AwsUser::with(
        "[profile here]\n$KEYregion = us-east-1\n[profile there]\n$KEYregion = eu-west-1\n",
    );
    for profiles in ["here,there", "there,here"] {
        let mut command = user.command("mssh");
        let words = ["--profile", profiles, "in-eu-west-1", WHERE];
        finish(
            command
                .args(words)
                .env_remove("AWS_REGION")
                .env_remove("AWS_DEFAULT_REGION"),
        )
        .prints("ec2-user@127.0.0.61\n");
    }
    let mut command = user.command("mssh");
    let command = command.args(["--profile", "here,there", "twin", "true"]);
    let outcome = finish(
        command
            .env_remove("AWS_REGION")
            .env_remove("AWS_DEFAULT_REGION"),
    );
    let line = format!(
        "{TWIN_IN_EU_WEST_1} twin running eu-west-1a 127.0.0.114 eu-west-1 (profile there)\n"
    );
    assert!(outcome.stderr.contains(&line), "{outcome:?}");
}

#[test]
fn places_are_not_both_listed_and_all() {
    let words = ["--all-regions", "--region", "eu-west-1", WEB1];
    run(&caller(), "mssh", words).fails(
        255,
        &[
            "mssh: error: --region cannot be used with --all-regions",
            "mssh: hint: leave out --region or --all-regions",
        ],
    );
}
