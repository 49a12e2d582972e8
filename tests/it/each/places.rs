//! `--each` with several profiles.

use super::sorted;
use crate::lab::DESCRIBE_INSTANCES;
use crate::lab::instances::WEB1;
use crate::sandbox::{AwsUser, Outcome, finish, pushes};

/// A user with a profile in each of two regions, and one with a key that AWS does not know.
fn user() -> AwsUser {
    AwsUser::with(
        "[profile us]\n$KEYregion = us-east-1\n[profile eu]\n$KEYregion = eu-west-1\n\
         [profile bad]\nregion = us-east-1\n\
         aws_access_key_id = AKIAUNKNOWNUNKNOWN00\naws_secret_access_key = x\n",
    )
}

fn each(user: &AwsUser, words: &[&str]) -> Outcome {
    let mut mssh = user.command("mssh");
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        mssh.env_remove(variable);
    }
    finish(mssh.arg("--each").args(words))
}

#[test]
fn each_instance_is_reached_with_the_profile_that_found_it() {
    let user = user();
    let words = [
        "--profile",
        "us,eu",
        "web1,in-eu-west-1",
        "--dry-run",
        "true",
    ];
    let outcome = each(&user, &words);
    assert_eq!(outcome.stderr, "mssh: 2 ok\n", "{outcome:?}");
    let outcome = each(&user, &["--profile", "us,eu", "twin", "echo hi"]);
    assert_eq!(outcome.stderr, "mssh: 3 ok\n", "{outcome:?}");
    assert_eq!(outcome.stdout.lines().count(), 3);
    // Both see it, and it is reached once.
    let words = [
        "--profile",
        "us,eu",
        "--region",
        "us-east-1",
        "web1",
        "echo hi",
    ];
    let outcome = each(&user, &words);
    assert_eq!(sorted(&outcome.stdout), ["web1 | hi"], "{outcome:?}");
}

#[test]
fn nothing_runs_if_a_place_cannot_be_searched() {
    let user = user();
    let outcome = each(&user, &["--profile", "us,bad", "web1", "true"]);
    let error = "mssh: error: cannot search 1 of 2 places\nmssh:   profile bad: ";
    assert!(outcome.stderr.starts_with(error), "{outcome:?}");
    let hint = "nothing was run; name the places to search with --region and --profile\n";
    assert!(outcome.stderr.ends_with(hint), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
    assert!(pushes(&user.caller).is_empty());

    let outcome = each(&user, &["--profile", "us,eu", "none", "true"]);
    let error = "mssh: error: there is no instance named none in us-east-1 (profile us) and \
                 eu-west-1 (profile eu)\n";
    assert!(outcome.stderr.starts_with(error), "{outcome:?}");
}

#[test]
fn the_enabled_regions_are_asked_for_once() {
    let user = user();
    let words = [
        "--profile",
        "us",
        "--all-regions",
        &format!("{WEB1},twin"),
        "true",
    ];
    let outcome = each(&user, &words);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(user.caller.calls_of("DescribeRegions").len(), 1);
    assert!(!user.caller.calls_of(DESCRIBE_INSTANCES).is_empty());
}
