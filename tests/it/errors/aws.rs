//! Trouble with AWS: instances that cannot be reached, and answers that are refusals or none.

use std::time::{Duration, Instant};

use super::mssh;
use crate::lab::cast::{
    ADDRESSLESS, DB1, DESCRIBE_DENIED, PARIS, PENDING, PUSH_DENIED, STOPPED, STOPPING, TERMINATED,
    WEB1,
};
use crate::lab::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{finish, no_key_is_left, tenant};

#[test]
fn an_instance_that_is_not_running_is_called_what_it_is() {
    let tenant = tenant();
    let cases = [
        (
            STOPPED,
            "stopped",
            "start it with `aws ec2 start-instances --region us-east-1 --instance-ids ID`",
        ),
        (
            STOPPING,
            "stopping",
            "wait until it has stopped, then start it",
        ),
        (TERMINATED, "terminated", "it cannot come back"),
        (
            PENDING,
            "pending",
            "wait for it with `aws ec2 wait instance-running --region us-east-1 --instance-ids ID`",
        ),
    ];
    for (id, state, hint) in cases {
        mssh(&tenant, &[id]).fails(
            255,
            &[
                &format!("mssh: error: instance {id} is {state}"),
                &format!("mssh: hint: {}", hint.replace("ID", id)),
            ],
        );
    }
}

#[test]
fn none_and_several_are_errors_that_list_what_was_seen() {
    let tenant = tenant();
    let elsewhere = "mssh: hint: is it in another region (--region) or account (--profile)?";
    mssh(&tenant, &["i-0123456789abcdef0"]).fails(
        255,
        &[
            "mssh: error: there is no instance i-0123456789abcdef0 in us-east-1",
            elsewhere,
        ],
    );
    mssh(&tenant, &[PARIS]).fails(
        255,
        &[
            &format!("mssh: error: there is no instance {PARIS} in us-east-1"),
            elsewhere,
        ],
    );
    mssh(&tenant, &["192.0.2.99"]).fails(
        255,
        &[
            "mssh: error: there is no instance with address 192.0.2.99 in us-east-1",
            elsewhere,
        ],
    );
    mssh(&tenant, &["127.0.1.41"]).fails(
        255,
        &[
            "mssh: error: 127.0.1.41 is 2 instances",
            "mssh:   i-02220000000000001 twin1 running us-east-1a 127.0.1.41",
            "mssh:   i-02220000000000002 twin2 running us-east-1a 127.0.1.41",
            "mssh: hint: name the one you mean by its ID",
        ],
    );
    assert_eq!(
        tenant
            .calls_of(SEND_SSH_PUBLIC_KEY)
            .iter()
            .filter(|c| c.status == Some(200))
            .count(),
        0
    );
}

#[test]
fn a_missing_address_is_named() {
    let tenant = tenant();
    mssh(&tenant, &[ADDRESSLESS]).fails(
        255,
        &[
            &format!("mssh: error: no way leads to instance {ADDRESSLESS}"),
            "mssh:   direct: the instance has no address",
            "mssh:   eice: there is no private or IPv6 address to use for eice-0cafe000000000001",
            "mssh:   ssm: Session Manager does not know the instance",
            "mssh: hint: join its network, make an endpoint in its VPC, or have its SSM Agent \
             connect",
        ],
    );
    let choose = "mssh: hint: leave the choice to mssh: without --via, --private, -4, -6 and \
                  AddressFamily";
    mssh(&tenant, &["-6", WEB1]).fails(
        255,
        &[
            &format!("mssh: error: instance {WEB1} has no IPv6 address"),
            choose,
        ],
    );
    mssh(&tenant, &["--via", "public", DB1]).fails(
        255,
        &[
            &format!("mssh: error: instance {DB1} has no public IPv4 address"),
            "mssh: hint: leave out --via for its private address or a tunnel, or name one: --eice, \
             --ssm",
        ],
    );
    mssh(&tenant, &["-oProxyCommand=nc %h %p", ADDRESSLESS]).fails(
        255,
        &[
            &format!("mssh: error: instance {ADDRESSLESS} has no address"),
            "mssh: hint: give it an address, or reach it by --ssm, which needs none",
        ],
    );
    mssh(&tenant, &["--via", "ipv6", WEB1]).fails(
        255,
        &[
            &format!("mssh: error: instance {WEB1} has no IPv6 address"),
            choose,
        ],
    );
}

#[test]
fn a_denial_names_the_action_the_resource_and_the_user() {
    let tenant = tenant();
    let arn = format!("arn:aws:ec2:us-east-1:123456789012:instance/{PUSH_DENIED}");
    let push = "ec2-instance-connect:SendSSHPublicKey";
    mssh(&tenant, &["-l", "ubuntu", PUSH_DENIED]).fails(
        255,
        &[
            &format!(
                "mssh: error: arn:aws:iam::123456789012:user/lab is not allowed {push} on {arn}"
            ),
            &format!(
                "mssh: hint: a policy must allow {push} on {arn}, with ec2:osuser `ubuntu` if the \
                 policy has that condition"
            ),
        ],
    );
    let describe = "ec2:DescribeInstances on *";
    mssh(&tenant, &[DESCRIBE_DENIED]).fails(
        255,
        &[
            &format!("mssh: error: arn:aws:iam::123456789012:user/lab is not allowed {describe}"),
            &format!("mssh: hint: a policy must allow {describe}"),
        ],
    );
}

#[test]
fn refusals_of_the_credentials_are_told_apart() {
    let login = "mssh: hint: get new ones, for example with `aws sso login`";
    let cases = [
        (
            Trouble::ExpiredToken,
            vec!["mssh: error: the AWS credentials have expired", login],
        ),
        (
            Trouble::BadToken,
            vec![
                "mssh: error: AWS does not accept the credentials (AuthFailure)",
                "mssh: hint: `aws sts get-caller-identity` tells whether they work at all",
            ],
        ),
    ];
    for (trouble, lines) in cases {
        let tenant = tenant();
        tenant.fault(Fault::new(trouble).on(DESCRIBE_INSTANCES));
        tenant.fault(
            Fault::new(Trouble::Latency(Duration::from_millis(500))).on(SEND_SSH_PUBLIC_KEY),
        );
        mssh(&tenant, &[WEB1]).fails(255, &lines);
    }
}

#[test]
fn an_expired_request_means_the_session_or_the_clock() {
    let tenant = tenant();
    tenant.fault(Fault::new(Trouble::RequestExpired).on(DESCRIBE_INSTANCES));
    mssh(&tenant, &[WEB1]).fails(
        255,
        &[
            "mssh: error: AWS refuses the request's time: Request has expired.",
            "mssh: hint: set this machine's clock",
        ],
    );
    let mut command = tenant.command("mssh");
    finish(command.arg(WEB1).env("AWS_SESSION_TOKEN", "token")).fails(
        255,
        &[
            "mssh: error: the AWS credentials have expired",
            "mssh: hint: get new ones, for example with `aws sso login`",
        ],
    );
}

#[test]
fn throttling_and_failing_services_are_retried_and_then_told() {
    let tenant = tenant();
    tenant.fault(Fault::new(Trouble::Throttle).first(2));
    tenant.fault(
        Fault::new(Trouble::Status(500))
            .on(SEND_SSH_PUBLIC_KEY)
            .first(1),
    );
    tenant.fault(Fault::new(Trouble::Reset).on(DESCRIBE_INSTANCES).first(1));
    mssh(&tenant, &[WEB1, "true"]).prints("");

    let tenant = crate::sandbox::tenant();
    tenant.fault(Fault::new(Trouble::Throttle).on(SEND_SSH_PUBLIC_KEY));
    let mut command = tenant.command("mssh");
    finish(command.arg(WEB1).env("AWS_MAX_ATTEMPTS", "2")).fails(
        255,
        &[
            "mssh: error: AWS is throttling ec2-instance-connect:SendSSHPublicKey, still after \
             retries",
            "mssh: hint: try again in a moment",
        ],
    );
    assert_eq!(
        tenant.calls_of(SEND_SSH_PUBLIC_KEY).len(),
        2,
        "the user's own limit holds"
    );
    assert!(no_key_is_left(&tenant));
}

#[test]
fn an_endpoint_that_is_not_there_is_given_up_soon() {
    let tenant = tenant();
    let mut command = tenant.command("mssh");
    let began = Instant::now();
    finish(
        command
            .arg(WEB1)
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
    )
    .fails(
        255,
        &[
            "mssh: error: cannot reach ec2 in us-east-1: Connection refused (os error 111)",
            "mssh: hint: check the network, --region, and AWS_ENDPOINT_URL if it is set",
        ],
    );
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    assert!(no_key_is_left(&tenant));
}

#[test]
fn a_call_that_hangs_is_given_up() {
    let tenant = tenant();
    tenant.fault(Fault::new(Trouble::Hang));
    let began = Instant::now();
    mssh(&tenant, &[WEB1]).fails(
        255,
        &[
            "mssh: error: no answer to ec2:DescribeInstances from ec2 in us-east-1 in time",
            "mssh: hint: check the network, and try again",
        ],
    );
    assert!(
        began.elapsed() < Duration::from_secs(25),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn an_answer_that_makes_no_sense_is_no_success() {
    for (action, name, service) in [
        (DESCRIBE_INSTANCES, "ec2:DescribeInstances", "ec2"),
        (
            SEND_SSH_PUBLIC_KEY,
            "ec2-instance-connect:SendSSHPublicKey",
            "ec2-instance-connect",
        ),
    ] {
        let tenant = tenant();
        tenant.fault(Fault::new(Trouble::Malformed).on(action));
        mssh(&tenant, &[WEB1]).fails(
            255,
            &[
                &format!("mssh: error: the answer to {name} from {service} in us-east-1 makes no sense"),
                "mssh: hint: is there a proxy or another server in front of AWS? --debug tells more",
            ],
        );
    }
}
