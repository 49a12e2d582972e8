//! An error that names a region tells where the region comes from.

use crate::lab::Metadata;
use crate::sandbox::{AwsUser, finish};

const NOWHERE: &str = "i-0123456789abcdef0";
const ELSEWHERE: &str = "mssh: hint: is it in another region (--region) or account (--profile)?";

/// Asserts the error for an unknown instance, with these variables and arguments. The profile `dev`
/// has a region, `empty` has none.
#[track_caller]
fn says(variables: &[(&str, &str)], words: &[&str], region: &str, hint: &str) {
    let user = AwsUser::with("[profile dev]\nregion = eu-west-3\n$KEY[profile empty]\n$KEY");
    let mut command = user.command("mssh");
    command.args(words).env_remove("AWS_REGION");
    command.env_remove("AWS_DEFAULT_REGION");
    let region = region.replace("CONFIG", &user.aws("config").display().to_string());
    let name = if words.iter().any(|word| word.contains('.')) {
        words[words.len() - 1]
    } else {
        command.arg(NOWHERE);
        NOWHERE
    };
    let id = name.split('.').next().unwrap_or_default();
    finish(command.envs(variables.iter().copied())).fails(
        255,
        &[
            &format!("mssh: error: there is no instance {id} in {region}"),
            hint,
        ],
    );
}

#[test]
fn the_source_of_the_region_is_reported() {
    let region = ("AWS_REGION", "us-east-1");
    let default = ("AWS_DEFAULT_REGION", "us-east-1");
    let (empty, dev) = (["-u", "empty"], ["-u", "dev"]);
    says(
        &[region],
        &empty,
        "us-east-1 (set by AWS_REGION)",
        ELSEWHERE,
    );
    says(
        &[default],
        &empty,
        "us-east-1 (set by AWS_DEFAULT_REGION)",
        ELSEWHERE,
    );
    says(
        &[],
        &dev,
        "eu-west-3 (set by profile `dev` in CONFIG, line 2)",
        ELSEWHERE,
    );
    says(
        &[region],
        &["-u", "empty", "-r", "eu-west-1"],
        "eu-west-1 (set by --region)",
        ELSEWHERE,
    );
    says(
        &[region],
        &[
            "-u",
            "empty",
            "i-0123456789abcdef0.eu-west-3.compute.internal",
        ],
        "eu-west-3 (from the target's name)",
        "mssh: hint: is it in another account (--profile)?",
    );
}

#[test]
fn a_different_region_of_the_profile_is_reported() {
    let hint = "mssh: hint: is it in --region eu-west-3, or in another account (--profile)?";
    let region = ("AWS_REGION", "us-east-1");
    says(
        &[region],
        &["-u", "dev"],
        "us-east-1 (set by AWS_REGION; profile `dev` has eu-west-3)",
        hint,
    );
    says(
        &[("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_PROFILE", "dev")],
        &[],
        "us-east-1 (set by AWS_DEFAULT_REGION; profile `dev` has eu-west-3)",
        hint,
    );
    says(
        &[region],
        &["-u", "dev", "-r", "us-east-2"],
        "us-east-2 (set by --region; profile `dev` has eu-west-3)",
        hint,
    );
    says(
        &[("AWS_REGION", "eu-west-3")],
        &["-u", "dev"],
        "eu-west-3 (set by AWS_REGION)",
        ELSEWHERE,
    );
}

#[test]
fn a_region_of_the_metadata_service_is_reported_as_such() {
    let user = AwsUser::with("[default]\n$KEY");
    let metadata = Metadata::start(None, "eu-west-1").expect("a service");
    let mut command = user.command("mssh");
    command
        .arg(NOWHERE)
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url())
        .env_remove("AWS_EC2_METADATA_DISABLED")
        .env_remove("AWS_REGION")
        .env_remove("AWS_DEFAULT_REGION");
    finish(&mut command).fails(
        255,
        &[
            &format!(
                "mssh: error: there is no instance {NOWHERE} in eu-west-1 (from the instance metadata service)"
            ),
            ELSEWHERE,
        ],
    );
}
