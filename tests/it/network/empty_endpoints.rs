//! An empty endpoint setting counts as unset, as in botocore; an invalid URL is an error.

use super::endpoints::Watched;
use super::with;
use crate::lab::instances::WEB1;
use crate::lab::{DESCRIBE_INSTANCES, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::sso;
use crate::sandbox::{AwsUser, arn, caller, finish};

const AWS: [&str; 2] = [
    "ec2.us-east-1.amazonaws.com",
    "ec2-instance-connect.us-east-1.amazonaws.com",
];

#[test]
fn in_the_environment_or_a_profile() {
    let watched = Watched::new();
    let all = ("AWS_ENDPOINT_URL", "");
    let ec2 = ("AWS_ENDPOINT_URL_EC2", "");
    let push = ("AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT", "");
    let own = "[default]\nendpoint_url = https://profile.example\nservices = mine\n\
               [services mine]\nec2 =\n  endpoint_url = https://mine.example\n";
    let mine = ["mine.example", "profile.example"];
    let cases = [
        ("", &[all][..], AWS),
        ("", &[all, ec2, push], AWS),
        (
            "",
            &[ec2, ("AWS_ENDPOINT_URL", "https://all.example")],
            ["all.example"; 2],
        ),
        ("[default]\nendpoint_url =\n", &[], AWS),
        ("[default]\nendpoint_url =\nservices =\n", &[], AWS),
        (own, &[all, ec2, push], mine),
        (
            "[default]\nendpoint_url = https://profile.example\nservices = mine\n\
             [services mine]\nec2 =\n  endpoint_url =\n",
            &[],
            ["profile.example"; 2],
        ),
        (own, &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "")], mine),
    ];
    for (config, variables, hosts) in cases {
        let found = watched.hosts(config, variables);
        assert_eq!(found, hosts, "{config} {variables:?}");
    }
}

/// Empty variables for every service that mssh calls, while AWS_ENDPOINT_URL points to the lab.
const NOTHING: &[(&str, &str)] = &[
    ("AWS_ENDPOINT_URL_EC2", ""),
    ("AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT", ""),
    ("AWS_ENDPOINT_URL_SSM", ""),
    ("AWS_ENDPOINT_URL_STS", ""),
    ("AWS_ENDPOINT_URL_SSO", ""),
    ("AWS_ENDPOINT_URL_SSO_OIDC", ""),
];

#[test]
fn the_endpoint_for_all_services_applies_if_that_of_one_is_empty() {
    let user = AwsUser::with(&format!(
        "[default]\n$KEY\n[profile r]\nrole_arn = {}\nsource_profile = default\n",
        arn("r")
    ));
    finish(user.mssh(&["-u", "r"]).envs(NOTHING.iter().copied())).prints("");
    assert_eq!(user.assumed().len(), 1);
    assert_eq!(user.caller.calls_of(DESCRIBE_INSTANCES).len(), 1);
    assert_eq!(user.caller.calls_of(SEND_SSH_PUBLIC_KEY).len(), 1);
    let user = AwsUser::with(sso::SESSION);
    user.writes(&sso::session_file(), &sso::token("old", 60, Some("good")));
    finish(user.mssh(&["-u", "s"]).envs(NOTHING.iter().copied())).prints("");
    assert_eq!(user.caller.calls_of("CreateToken").len(), 1);
    let caller = caller();
    let mut command = caller.command("mssh");
    command.args(["--ssm", WEB1, "true"]);
    finish(command.envs(NOTHING.iter().copied())).prints("");
}

#[test]
fn an_invalid_url_is_reported_before_any_call() {
    let caller = caller();
    let hint = "set it to a URL like https://HOST, or to nothing";
    for (name, value) in [
        ("AWS_ENDPOINT_URL", "localhost:4566"),
        ("AWS_ENDPOINT_URL", " "),
        ("AWS_ENDPOINT_URL_EC2", "http://[bad"),
        ("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:99999"),
        ("AWS_ENDPOINT_URL_SSM", "ftp://host"),
        ("AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT", "http://"),
        ("AWS_ENDPOINT_URL_STS", "http://a b"),
    ] {
        let mut command = caller.command("mssh");
        command.args(["--dry-run", WEB1]);
        let said = format!("{name} has an invalid value: `{value}`");
        with(command, &[(name, value)]).tells(&said, hint);
    }
    assert!(caller.calls().is_empty());
}
