//! Signatures and policies, which moto checks as AWS does: it computes them with botocore.

use serde_json::json;

use super::server::{Moto, element};
use super::world::run_instance;
use crate::lab::instances::{ACCOUNT, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, Fault, Trouble};
use crate::sandbox::{AwsUser, Outcome, caller, finish};

/// A user of IAM. mssh runs with its keys.
struct Someone {
    moto: Moto,
    user: AwsUser,
    /// The instance, whose private address is that of WEB1.
    id: String,
}

impl Someone {
    /// Who may do these actions, and has the profiles `default`, `wrong` (another secret) and
    /// `role` (which may do the same).
    fn may(actions: &[&str]) -> Option<Self> {
        let moto = Moto::start()?;
        let iam = |parameters: &[(&str, &str)]| moto.call("iam", parameters);
        let statement = json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        let principal = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:user/someone")});
        let trust = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
        let trust = json!({"Version": "2012-10-17", "Statement": [trust]}).to_string();
        iam(&[("Action", "CreateUser"), ("UserName", "someone")]);
        let role = ("RoleName", "role");
        let trust = ("AssumeRolePolicyDocument", trust.as_str());
        iam(&[("Action", "CreateRole"), role, trust]);
        let named = ("PolicyName", "policy");
        let policy = ("PolicyDocument", policy.as_str());
        iam(&[("Action", "PutRolePolicy"), role, named, policy]);
        let user = ("UserName", "someone");
        iam(&[("Action", "PutUserPolicy"), user, named, policy]);
        let keys = iam(&[("Action", "CreateAccessKey"), user]);
        let id = element(&run_instance(&moto, WEB1), "instanceId");
        moto.enforce_policies();
        let (key, secret) = (
            element(&keys, "AccessKeyId"),
            element(&keys, "SecretAccessKey"),
        );
        let keys = |secret: &str| {
            format!(
                "aws_access_key_id = {key}\naws_secret_access_key = {secret}\nregion = us-east-1\n"
            )
        };
        let role = format!("arn:aws:iam::{ACCOUNT}:role/role");
        let config = format!(
            "[default]\n{}[profile wrong]\n{}[profile role]\nrole_arn = {role}\n\
             source_profile = default\nregion = us-east-1\n",
            keys(&secret),
            keys("wrong")
        );
        let user = AwsUser::with(&config);
        Some(Self { moto, user, id })
    }

    fn runs(&self, words: &[&str]) -> Outcome {
        let mut command = self.user.command("mssh");
        command.env("AWS_ENDPOINT_URL", self.moto.url());
        finish(command.args(words))
    }
}

#[test]
fn signatures_are_those_that_botocore_computes() {
    let actions = [
        "ec2:DescribeInstances",
        "ec2-instance-connect:SendSSHPublicKey",
        "sts:AssumeRole",
    ];
    let Some(someone) = Someone::may(&actions) else {
        return;
    };
    for profile in ["default", "role"] {
        let listed = someone.runs(&["--list", "--tsv", "--no-cache", "-u", profile]);
        assert!(listed.stdout.contains(&someone.id), "{profile}: {listed:?}");
        // The push is accepted, but moto has no sshd that could learn of the key.
        let login = someone.runs(&["--private", "-u", profile, &someone.id, "true"]);
        login.fails_late(&[]);
    }
    let listed = someone.runs(&["--list", "--no-cache", "-u", "wrong"]);
    let refused = caller();
    refused.fault(Fault::new(Trouble::BadToken));
    let same = finish(refused.command("mssh").args(["--list", "--no-cache"]));
    assert_eq!((listed.code, listed.stderr), (same.code, same.stderr));
}

#[test]
fn a_denied_look_up_is_the_same_error() {
    let Some(someone) = Someone::may(&["ec2-instance-connect:SendSSHPublicKey"]) else {
        return;
    };
    let denied = someone.runs(&["--private", &someone.id, "true"]);
    let caller = caller();
    caller.fault(Fault::new(Trouble::Denied).on(DESCRIBE_INSTANCES));
    let same = finish(caller.command("mssh").args(["--private", WEB1, "true"]));
    let stderr = same.stderr.replace("user/lab", "user/someone");
    assert_eq!((denied.code, denied.stderr), (same.code, stderr));
}
