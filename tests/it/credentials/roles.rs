//! Roles: chains, sources, the parameters for STS, and invalid profiles.

use crate::lab::instances::WEB1;
use crate::sandbox::{AwsUser, arn, finish};

/// A profile with a role.
fn role(name: &str, more: &str) -> String {
    format!("[profile {name}]\nrole_arn = {}\n{more}\n", arn(name))
}

#[test]
fn a_chain_of_roles_starts_at_its_source() {
    let text = [
        &role("top", "source_profile = middle"),
        &role("middle", "source_profile = bottom"),
        "[profile bottom]\n$KEY",
    ]
    .concat();
    let user = AwsUser::with(&text);
    assert_eq!(user.key_of("top"), "ASIA");
    let pair = |key: &str, role: &str| (key.to_owned(), role.to_owned());
    assert_eq!(
        user.assumed(),
        [pair("AKIA", "middle"), pair("ASIA", "top")]
    );
    // The second time, the session is cached.
    user.key_of("top");
    assert_eq!(user.assumed().len(), 2);
}

#[test]
fn all_role_settings_of_the_profile_are_sent_to_sts() {
    let user = AwsUser::with(&format!(
        "[profile partner]\n$KEY\nrole_arn = {}\nsource_profile = partner\n\
         role_session_name = jane@example\nexternal_id = the partner's\nduration_seconds = 1800\n",
        arn("partner")
    ));
    assert_eq!(user.key_of("partner"), "ASIA");
    let call = &user.caller.calls_of("AssumeRole")[0];
    assert_eq!(call.parameter("RoleSessionName"), Some("jane@example"));
    assert_eq!(call.parameter("ExternalId"), Some("the partner's"));
    assert_eq!(call.parameter("DurationSeconds"), Some("1800"));
    assert_eq!(
        (call.parameter("SerialNumber"), call.parameter("TokenCode")),
        (None, None)
    );
}

#[test]
fn the_default_session_name_names_mssh() {
    let user = AwsUser::with(&format!(
        "{}[default]\n$KEY",
        role("r", "source_profile = default")
    ));
    user.key_of("r");
    let call = &user.caller.calls_of("AssumeRole")[0];
    let name = call.parameter("RoleSessionName").expect("a name");
    assert!(name.starts_with("mssh-session-"), "{name}");
    assert!(call.user_agent.contains("mssh/"), "{}", call.user_agent);
    assert_eq!(call.region, "us-east-1");
}

#[test]
fn sts_is_called_in_the_configured_region() {
    let user = AwsUser::with(&format!(
        "{}[default]\n$KEY",
        role("r", "source_profile = default")
    ));
    let mut command = user.mssh(&["-u", "r", "-r", "eu-west-1", "--dry-run"]);
    finish(&mut command);
    assert_eq!(user.caller.calls_of("AssumeRole")[0].region, "eu-west-1");
}

#[test]
fn a_role_may_be_assumed_from_the_environment() {
    let user = AwsUser::with(&role("r", "credential_source = Environment"));
    let mut command = user.mssh(&["-u", "r"]);
    command
        .env("AWS_ACCESS_KEY_ID", user.caller.access_key())
        .env("AWS_SECRET_ACCESS_KEY", "s");
    finish(&mut command).prints("");
    assert_eq!(user.last_key(), "ASIA");
    user.writes("config", &role("s", "credential_source = Environment"));
    user.runs(&["-u", "s"]).fails(
        255,
        &[
            "mssh: error: the `credential_source` of AWS profile `s` has no credentials: \
             Environment",
            "mssh: hint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ],
    );
}

#[test]
fn a_web_identity_assumes_its_role() {
    let user =
        AwsUser::with("[profile web]\nweb_identity_token_file = ~/.aws/token\nrole_arn = R\n");
    user.writes("token", "webtoken.$ID");
    assert_eq!(user.key_of("web"), "ASIA");
    let calls = user.caller.calls_of("AssumeRoleWithWebIdentity");
    assert_eq!(calls[0].parameter("RoleArn"), Some("R"));
    let mut command = user.mssh(&[]);
    command
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", user.aws("token"))
        .env("AWS_ROLE_ARN", arn("pod"))
        .env("AWS_ROLE_SESSION_NAME", "pod-1");
    finish(&mut command).prints("");
    assert_eq!(user.last_key(), "ASIA");
    let calls = user.caller.calls_of("AssumeRoleWithWebIdentity");
    assert_eq!(calls[1].parameter("RoleSessionName"), Some("pod-1"));
}

#[test]
fn a_missing_or_expired_web_identity_is_reported() {
    let user = AwsUser::with("[default]\nweb_identity_token_file = ~/.aws/token\nrole_arn = R\n");
    let path = user.aws("token");
    user.runs(&[]).fails(
        255,
        &[
            &format!(
                "mssh: error: cannot read the web identity token {}: No such file or directory",
                path.display()
            ),
            "mssh: hint: check AWS_WEB_IDENTITY_TOKEN_FILE or the profile's \
             `web_identity_token_file`",
        ],
    );
    user.writes("token", "old.$ID");
    user.runs(&[]).fails(
        255,
        &[
            "mssh: error: AWS does not accept the web identity token: Token expired: current \
             date/time must be before the expiration date/time",
            &format!(
                "mssh: hint: a new token has to be written to {}",
                path.display()
            ),
        ],
    );
}

#[test]
fn a_denied_role_names_the_permission() {
    let user = AwsUser::with(&format!(
        "{}[default]\n$KEY",
        role("denied", "source_profile = default")
    ));
    user.runs(&["-u", "denied"]).fails(
        255,
        &[
            "mssh: error: arn:aws:iam::123456789012:user/lab is not allowed sts:AssumeRole on \
             arn:aws:iam::123456789012:role/denied",
            "mssh: hint: a policy must allow sts:AssumeRole on \
             arn:aws:iam::123456789012:role/denied",
        ],
    );
}

#[test]
fn invalid_role_profiles_are_rejected_without_a_call() {
    let user = AwsUser::with(
        &[
            &role("a", "source_profile = b"),
            &role("b", "source_profile = a"),
            &role("self", "source_profile = self"),
            &role("orphan", "source_profile = nobody"),
            &role("alone", ""),
            &role("odd", "credential_source = Moon"),
            &role("two", "credential_source = Environment\nsource_profile = a"),
            &role("hollow", "source_profile = empty"),
            "[profile empty]\n",
        ]
        .concat(),
    );
    let cases = [
        (
            "a",
            "AWS profiles get their credentials from each other: a, b, a",
            "one of them needs credentials of its own",
        ),
        (
            "self",
            "AWS profiles get their credentials from each other: self, self",
            "one of them needs credentials of its own",
        ),
        (
            "orphan",
            "the `source_profile` of AWS profile `orphan` does not exist: `nobody`",
            "`aws configure list-profiles` lists the profiles",
        ),
        (
            "alone",
            "AWS profile `alone` has a `role_arn`, but nothing to assume it with",
            "set `source_profile`, or `credential_source` if this machine has credentials",
        ),
        (
            "odd",
            "AWS profile `odd` has an unknown `credential_source`: `Moon`",
            "use Environment, Ec2InstanceMetadata or EcsContainer",
        ),
        (
            "two",
            "AWS profile `two` has both `source_profile` and `credential_source`",
            "remove one of them",
        ),
        (
            "hollow",
            "AWS profile `empty` is the source of another profile, but has no credentials",
            "give it an access key, a role, SSO or a `credential_process`",
        ),
    ];
    for (profile, error, hint) in cases {
        let (error, hint) = (
            format!("mssh: error: {error}"),
            format!("mssh: hint: {hint}"),
        );
        user.runs(&["-u", profile]).fails(255, &[&error, &hint]);
    }
    assert!(user.caller.calls().is_empty());
}

#[test]
fn sts_may_have_an_endpoint_of_its_own() {
    let user = AwsUser::with(&format!(
        "{}[default]\n$KEY",
        role("r", "source_profile = default")
    ));
    let url = user.caller.lab().url();
    let mut command = user.command("mssh");
    command
        .args(["-u", "r", WEB1, "true"])
        .env_remove("AWS_ENDPOINT_URL")
        .env("AWS_ENDPOINT_URL_STS", &url)
        .env("AWS_ENDPOINT_URL_EC2", &url)
        .env("AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT", &url);
    finish(&mut command).prints("");
    assert_eq!(user.assumed().len(), 1);
    let role = role("q", "source_profile = default\nservices = own");
    user.writes(
        "config",
        &format!(
            "{role}[default]\n$KEY\n[services own]\nsts =\n  endpoint_url = {url}\nec2 =\n  \
             endpoint_url = {url}\nec2_instance_connect =\n  endpoint_url = {url}\n"
        ),
    );
    let mut command = user.mssh(&["-u", "q"]);
    finish(command.env_remove("AWS_ENDPOINT_URL")).prints("");
    assert_eq!(user.assumed().len(), 2);
}
