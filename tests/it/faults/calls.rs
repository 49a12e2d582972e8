//! The calls to AWS, each with a run of mssh that makes it.

use std::process::Command;

use crate::lab::SessionBehavior;
use crate::lab::instances::{
    CONSOLE_ONLY, NEW_REGION, PRIVATE, PRIVATE_WITH_AGENT, SSM_ONLY, WEB1,
};
use crate::lab::{Break, DESCRIBE_INSTANCES, SEND_CONSOLE_KEY, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::sso::{
    CONSOLE, LEGACY, SESSION, console_file, console_login, legacy_file, session_file, token,
};
use crate::sandbox::{AwsUser, eice, lab};

/// A call, and how to make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    DescribeInstances,
    /// With a filter, so that the answer has pages.
    DescribeByAddress,
    Push,
    ConsolePush,
    Endpoints,
    ManagedNodes,
    StartSession,
    ResumeSession,
    TerminateSession,
    AssumeRole,
    WebIdentity,
    RoleCredentials,
    SsoToken,
    ConsoleLogin,
    Container,
}

impl Call {
    pub(super) const ALL: [Self; 15] = [
        Self::DescribeInstances,
        Self::DescribeByAddress,
        Self::Push,
        Self::ConsolePush,
        Self::Endpoints,
        Self::ManagedNodes,
        Self::StartSession,
        Self::ResumeSession,
        Self::TerminateSession,
        Self::AssumeRole,
        Self::WebIdentity,
        Self::RoleCredentials,
        Self::SsoToken,
        Self::ConsoleLogin,
        Self::Container,
    ];

    /// The name of the action.
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::DescribeInstances | Self::DescribeByAddress => DESCRIBE_INSTANCES,
            Self::Push => SEND_SSH_PUBLIC_KEY,
            Self::ConsolePush => SEND_CONSOLE_KEY,
            Self::Endpoints => "DescribeInstanceConnectEndpoints",
            Self::ManagedNodes => "DescribeInstanceInformation",
            Self::StartSession => "StartSession",
            Self::ResumeSession => "ResumeSession",
            Self::TerminateSession => "TerminateSession",
            Self::AssumeRole => "AssumeRole",
            Self::WebIdentity => "AssumeRoleWithWebIdentity",
            Self::RoleCredentials => "GetRoleCredentials",
            Self::SsoToken => "CreateToken",
            Self::ConsoleLogin => "CreateOAuth2Token",
            Self::Container => "ContainerCredentials",
        }
    }

    /// The user who makes the call.
    pub(super) fn user(self) -> AwsUser {
        let own_key = "[default]\n$KEYregion = us-east-1\n";
        match self {
            Self::AssumeRole => AwsUser::with_role(),
            Self::WebIdentity => {
                let role = "web_identity_token_file = ~/.aws/token\nrole_arn = R\n";
                let user = AwsUser::with(&format!("[profile web]\n{role}"));
                user.writes("token", "webtoken.$ID");
                user
            }
            Self::RoleCredentials => {
                let user = AwsUser::with(LEGACY);
                user.writes(&legacy_file(), &token("good", 3600, None));
                user
            }
            Self::SsoToken => {
                let user = AwsUser::with(SESSION);
                user.writes(&session_file(), &token("old", -60, Some("good")));
                user
            }
            Self::ConsoleLogin => {
                let user = AwsUser::with(CONSOLE);
                let session = user.caller.access_key().replacen("AKIA", "ASIA", 1);
                let login = console_login(-60, "good").replace("$SESSION", &session);
                user.writes(&console_file(), &login);
                user
            }
            Self::Container => AwsUser::with(""),
            Self::ResumeSession => {
                let user = AwsUser::with(own_key);
                user.caller.session_behavior(SessionBehavior {
                    breaks: Some((Break::Bytes(2000), true, 1)),
                    ..SessionBehavior::default()
                });
                user
            }
            _ => AwsUser::with(own_key),
        }
    }

    /// The run that makes the call.
    pub(super) fn command(self, user: &AwsUser) -> Command {
        let mut mssh = user.command("mssh");
        let port = format!("-p{}", lab().port());
        match self {
            Self::DescribeInstances | Self::Push => mssh.arg(WEB1),
            Self::DescribeByAddress => mssh.arg("web1.lab"),
            // mssh does not know the host key there, and leaves it to ssh.
            Self::ConsolePush => {
                let accept = "-oStrictHostKeyChecking=no";
                mssh.args(["--serial", "-r", NEW_REGION, "-T", accept, CONSOLE_ONLY])
            }
            Self::Endpoints => mssh.args(["--eice", PRIVATE]),
            Self::ManagedNodes => mssh.args([&port, SSM_ONLY]),
            Self::StartSession | Self::ResumeSession | Self::TerminateSession => {
                mssh.args(["--ssm", &port, PRIVATE_WITH_AGENT])
            }
            Self::AssumeRole => mssh.args(["-u", "role", WEB1]),
            Self::WebIdentity => mssh.args(["-u", "web", WEB1]),
            Self::RoleCredentials => mssh.args(["-u", "l", WEB1]),
            Self::SsoToken => mssh.args(["-u", "s", WEB1]),
            Self::ConsoleLogin => mssh.args(["-u", "c", WEB1]),
            Self::Container => {
                let url = format!("{}/container/{}", lab().url(), user.caller.access_key());
                mssh.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
                    .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic lab")
                    .arg(WEB1)
            }
        };
        if self != Self::ConsolePush {
            mssh.arg("true");
        }
        mssh.env("AWS_CA_BUNDLE", eice::service().certificate());
        mssh
    }
}
