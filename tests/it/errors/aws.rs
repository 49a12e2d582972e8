//! Errors of AWS: unusable instances, error answers, and missing answers.

use std::time::Duration;

use super::{mssh, pushes_first};
use crate::lab::instances::{DESCRIBE_DENIED, PUSH_DENIED, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{caller, finish, no_key_is_left};

#[test]
fn a_denial_names_the_action_the_resource_and_the_user() {
    let caller = pushes_first();
    let arn = format!("arn:aws:ec2:us-east-1:123456789012:instance/{PUSH_DENIED}");
    let push = "ec2-instance-connect:SendSSHPublicKey";
    mssh(&caller, &["-l", "ubuntu", PUSH_DENIED]).fails(
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
    mssh(&caller, &[DESCRIBE_DENIED]).fails(
        255,
        &[
            &format!("mssh: error: arn:aws:iam::123456789012:user/lab is not allowed {describe}"),
            &format!("mssh: hint: a policy must allow {describe}"),
        ],
    );
}

#[test]
fn credential_errors_are_told_apart() {
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
                "mssh: hint: `aws sts get-caller-identity` shows whether they work at all",
            ],
        ),
    ];
    for (trouble, lines) in cases {
        let caller = caller();
        caller.fault(Fault::new(trouble).on(DESCRIBE_INSTANCES));
        caller.fault(
            Fault::new(Trouble::Latency(Duration::from_millis(500))).on(SEND_SSH_PUBLIC_KEY),
        );
        mssh(&caller, &[WEB1]).fails(255, &lines);
    }
}

#[test]
fn an_expired_request_means_an_expired_session_or_a_wrong_clock() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::RequestExpired).on(DESCRIBE_INSTANCES));
    mssh(&caller, &[WEB1]).fails(
        255,
        &[
            "mssh: error: AWS does not accept the time of the request: Request has expired.",
            "mssh: hint: set this machine's clock",
        ],
    );
    let mut command = caller.command("mssh");
    finish(command.arg(WEB1).env("AWS_SESSION_TOKEN", "token")).fails(
        255,
        &[
            "mssh: error: the AWS credentials have expired",
            "mssh: hint: get new ones, for example with `aws sso login`",
        ],
    );
}

#[test]
fn a_wrong_clock_is_reported_with_the_difference() {
    for token in [None, Some("token")] {
        let caller = caller();
        caller.clock_ahead(20);
        let mut command = caller.command("mssh");
        finish(
            command
                .arg(WEB1)
                .envs(token.map(|it| ("AWS_SESSION_TOKEN", it))),
        )
        .fails(
            255,
            &[
                "mssh: error: AWS does not accept the time of the request: Request has expired.",
                "mssh: hint: set this machine's clock, which is 20 minutes behind AWS's",
            ],
        );
        assert!(no_key_is_left(&caller));
    }
    // EC2 says that of the past only. After other signature errors, the SDK tries again with AWS's
    // clock.
    for (ahead, words) in [
        (-20, vec![WEB1, "true"]),
        (
            20,
            vec!["-t", WEB1, "-z", "us-east-1a", "127.0.0.11", "true"],
        ),
        (
            -20,
            vec!["-t", WEB1, "-z", "us-east-1a", "127.0.0.11", "true"],
        ),
    ] {
        let caller = caller();
        caller.clock_ahead(ahead);
        mssh(&caller, &words).prints("");
    }
}

#[test]
fn a_denial_names_the_kind_of_policy_and_the_remedy() {
    let push = "ec2-instance-connect:SendSSHPublicKey";
    let arn = format!("arn:aws:ec2:us-east-1:123456789012:instance/{WEB1}");
    let what =
        format!("{push} on {arn}, with ec2:osuser `ec2-user` if the policy has that condition");
    let organization = "that policy is your AWS organization's, not your role's: ask who \
                        administers the organization";
    let deny = format!(
        "no Allow outweighs a Deny: its statement or its conditions must change for {what}"
    );
    let boundary = format!("the permissions boundary must allow it as well as a policy: {what}");
    let resource =
        format!("the resource's own policy must allow it, as in another account: {what}");
    let identity = format!("a policy must allow {what}");
    let cases = [
        (
            "because no identity-based policy allows the ACTION action",
            "",
            identity.as_str(),
        ),
        (
            "with an explicit deny in an identity-based policy",
            ": an identity policy denies it",
            &deny,
        ),
        (
            "because no permissions boundary allows the ACTION action",
            ": no permissions boundary allows it",
            &boundary,
        ),
        (
            "because no session policy allows the ACTION action",
            ": no session policy allows it",
            "that policy came with the session (assume-role --policy, a federation or a broker): no \
             role's policy adds to it, so start a session with a wider one or none",
        ),
        (
            "because no service control policy allows the ACTION action",
            ": no service control policy allows it",
            organization,
        ),
        (
            "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-1",
            ": a service control policy (arn:aws:organizations::1:policy/o-1/p-1) denies it",
            organization,
        ),
        (
            "because no VPC endpoint policy allows the ACTION action",
            ": no VPC endpoint policy allows it",
            "the calls go through a VPC endpoint of this network: its policy must change, or take \
             another way out",
        ),
        (
            "because no resource-based policy allows the ACTION action",
            ": no policy of the resource allows it",
            &resource,
        ),
    ];
    for (reason, words, hint) in cases {
        let caller = pushes_first();
        caller.fault(Fault::new(Trouble::DeniedBy(reason)).on(SEND_SSH_PUBLIC_KEY));
        let denied = "mssh: error: arn:aws:iam::123456789012:user/lab is not allowed";
        mssh(&caller, &[WEB1]).fails(
            255,
            &[
                &format!("{denied} {push} on {arn}{words}"),
                &format!("mssh: hint: {hint}"),
            ],
        );
        let told = mssh(&caller, &["-d", WEB1]);
        let whole = format!(
            "mssh: debug: AWS refuses {push}: AccessDeniedException: User: \
             arn:aws:iam::123456789012:user/lab is not authorized to perform: {push} on resource: \
             {arn} {}\n",
            reason.replace("ACTION", push)
        );
        assert!(told.stderr.contains(&whole), "{told:?}");
    }
}

#[test]
fn errors_of_instance_connect_without_a_reason_are_explained() {
    let refused = |code, words: &[&str], lines: &[&str]| {
        let caller = pushes_first();
        caller.fault(Fault::new(Trouble::Error(code)).on(SEND_SSH_PUBLIC_KEY));
        mssh(&caller, words).fails(255, lines);
    };
    refused(
        "AuthException",
        &[WEB1],
        &[
            &format!(
                "mssh: error: EC2 Instance Connect refuses these credentials for {WEB1} in us-east-1 (set by AWS_REGION)"
            ),
            "mssh: hint: they are invalid, or for another account than the instance's: `aws sts \
             get-caller-identity` shows whose they are",
        ],
    );
    let hint = "mssh: hint: check the user, -z if it is given, and that the key of -i is ed25519 or \
                RSA and not too long";
    refused(
        "InvalidArgsException",
        &["-l", "ubuntu", WEB1],
        &[
            &format!(
                "mssh: error: EC2 Instance Connect does not accept a key for user `ubuntu` of {WEB1}: \
                 Something is not as it should be"
            ),
            hint,
        ],
    );
    refused(
        "InvalidArgsException",
        &["-t", WEB1, "-z", "us-east-1a", "127.0.0.11"],
        &[
            &format!(
                "mssh: error: EC2 Instance Connect does not accept a key for user `ec2-user` of {WEB1} \
                 in us-east-1a: Something is not as it should be"
            ),
            hint,
        ],
    );
}

#[test]
fn debug_hides_signature_errors_that_repeat_the_session_token() {
    for (code, is_told) in [
        ("SignatureDoesNotMatch", false),
        ("InvalidSignatureException", false),
        ("IncompleteSignature", false),
        ("OptInRequired", true),
    ] {
        let caller = caller();
        caller.fault(Fault::new(Trouble::Error(code)).on(DESCRIBE_INSTANCES));
        let outcome = mssh(&caller, &["-d", WEB1]);
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        let told = outcome.stderr.contains("Something is not as it should be");
        assert_eq!(told, is_told, "{outcome:?}");
    }
}
