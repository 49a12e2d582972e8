//! Credentials and region from the machine: container endpoint and metadata service.

use crate::lab::Metadata;
use crate::lab::instances::WEB1;
use crate::sandbox::{AwsUser, NO_CREDENTIALS, arn, finish};

#[test]
fn the_container_endpoint_gives_credentials() {
    let user = AwsUser::with("");
    let url = format!(
        "{}/container/{}",
        user.caller.lab().url(),
        user.caller.access_key()
    );
    user.writes("container-token", "Basic lab");
    let mut command = user.mssh(&[]);
    command
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url)
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic lab");
    finish(&mut command).prints("");
    assert_eq!(user.last_key(), "ASIA");
    user.writes(
        "config",
        &format!(
            "[profile r]\nrole_arn = {}\ncredential_source = EcsContainer\n",
            arn("r")
        ),
    );
    let mut command = user.mssh(&["-u", "r"]);
    command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url).env(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        user.aws("container-token"),
    );
    finish(&mut command).prints("");
    assert_eq!(user.assumed(), [("ASIA".to_owned(), "r".to_owned())]);
}

#[test]
fn a_container_error_is_reported_and_the_metadata_service_not_asked() {
    let user = AwsUser::with("");
    let url = format!(
        "{}/container/{}",
        user.caller.lab().url(),
        user.caller.access_key()
    );
    let metadata = Metadata::start(Some(user.caller.access_key()), "us-east-1").expect("a service");
    let mut command = user.mssh(&[]);
    command
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url)
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url())
        .env_remove("AWS_EC2_METADATA_DISABLED");
    let outcome = finish(&mut command);
    assert!(
        outcome
            .stderr
            .starts_with("mssh: error: no AWS credentials: "),
        "{outcome:?}"
    );
    assert!(metadata.asked().is_empty());
}

#[test]
fn the_metadata_service_gives_credentials_and_a_region() {
    let user = AwsUser::with("");
    let metadata = Metadata::start(Some(user.caller.access_key()), "us-east-1").expect("a service");
    let mut command = user.mssh(&[]);
    command
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url())
        .env_remove("AWS_EC2_METADATA_DISABLED")
        .env_remove("AWS_REGION")
        .env_remove("AWS_DEFAULT_REGION");
    finish(&mut command).prints("");
    assert_eq!(user.last_key(), "ASIA");
    let pushes = user.caller.calls_of(crate::lab::SEND_SSH_PUBLIC_KEY);
    assert_eq!(pushes[0].region, "us-east-1");
    let asked = metadata.asked();
    assert!(
        asked.contains(&"/latest/meta-data/placement/region".to_owned()),
        "{asked:?}"
    );
}

#[test]
fn a_profile_may_set_the_endpoint_of_the_metadata_service() {
    let user = AwsUser::with("");
    let metadata = Metadata::start(Some(user.caller.access_key()), "us-east-1").expect("a service");
    user.writes(
        "config",
        &format!(
            "[profile r]\nrole_arn = {}\ncredential_source = Ec2InstanceMetadata\n\
         ec2_metadata_service_endpoint = {}\n",
            arn("r"),
            metadata.url()
        ),
    );
    let mut command = user.mssh(&["-u", "r"]);
    finish(command.env_remove("AWS_EC2_METADATA_DISABLED")).prints("");
    assert_eq!(user.assumed(), [("ASIA".to_owned(), "r".to_owned())]);
}

#[test]
fn an_instance_without_a_role_has_no_credentials() {
    let user = AwsUser::with(&format!(
        "[profile r]\nrole_arn = {}\ncredential_source = Ec2InstanceMetadata\n",
        arn("r")
    ));
    let metadata = Metadata::start(None, "us-east-1").expect("a service");
    let run = |words: &[&str]| {
        let mut command = user.mssh(words);
        command
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url())
            .env_remove("AWS_EC2_METADATA_DISABLED");
        finish(&mut command)
    };
    run(&[]).fails(255, &NO_CREDENTIALS);
    run(&["-u", "r"]).fails(
        255,
        &[
            "mssh: error: the `credential_source` of AWS profile `r` has no credentials: \
             Ec2InstanceMetadata",
            "mssh: hint: does the instance have a role?",
        ],
    );
}

#[test]
fn a_disabled_metadata_service_is_not_asked() {
    let user = AwsUser::with("[default]\n");
    let metadata = Metadata::start(Some(user.caller.access_key()), "us-east-1").expect("a service");
    let mut command = user.mssh(&[]);
    command
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url())
        .env("AWS_EC2_METADATA_DISABLED", "TRUE")
        .env_remove("AWS_REGION")
        .env_remove("AWS_DEFAULT_REGION");
    assert_eq!(finish(&mut command).code, Some(255));
    assert!(metadata.asked().is_empty());
}

#[test]
fn the_first_source_of_a_region_wins() {
    let user = AwsUser::with("[default]\n$KEY\nregion = eu-west-1\n[profile none]\n$KEY\n");
    let region = |variables: &[(&str, &str)], words: &[&str]| {
        let mut command = user.command("mssh");
        command
            .args(["--dry-run"])
            .args(words)
            .env_remove("AWS_REGION")
            .env_remove("AWS_DEFAULT_REGION");
        finish(command.envs(variables.iter().copied()));
        let calls = user.caller.calls();
        calls.last().expect("a call").region.clone()
    };
    let default = ("AWS_DEFAULT_REGION", "ap-southeast-2");
    assert_eq!(region(&[], &[WEB1]), "eu-west-1");
    assert_eq!(region(&[default], &[WEB1]), "ap-southeast-2");
    assert_eq!(
        region(&[default, ("AWS_REGION", "us-west-2")], &[WEB1]),
        "us-west-2"
    );
    let name = "ip-10-0-0-1.eu-central-1.compute.internal";
    assert_eq!(region(&[default], &[name]), "eu-central-1");
    assert_eq!(region(&[default], &["-r", "us-east-2", name]), "us-east-2");
}

/// On a laptop, in a network that drops packets to the metadata service.
#[test]
fn a_silent_metadata_service_is_given_up_soon() {
    let user = AwsUser::with("[default]\nmetadata_service_timeout = 1\n");
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let began = std::time::Instant::now();
    let mut command = user.mssh(&[]);
    command
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
        .env_remove("AWS_EC2_METADATA_DISABLED");
    let outcome = finish(&mut command);
    assert!(
        outcome
            .stderr
            .starts_with("mssh: error: no AWS credentials: none in the environment"),
        "{outcome:?}"
    );
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}
