//! A user with their own `~/.aws`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::{Outcome, finish};
use crate::lab::instances::{HOME_REGION, WEB1};
use crate::lab::{Call, Caller, SECRET, SEND_SSH_PUBLIC_KEY};

/// A user with a home and `.aws` of their own, and no AWS key in the environment.
pub(crate) struct AwsUser {
    pub(crate) caller: Caller<'static>,
    home: TempDir,
}

impl AwsUser {
    /// With this `config`, in which `$KEY` stands for the lines of an access key, `$ID` for its ID,
    /// and `$SECRET` for its secret.
    pub(crate) fn with(config: &str) -> Self {
        let home = TempDir::new().expect("a home");
        fs::create_dir(home.path().join(".aws")).expect("a directory");
        let user = Self {
            caller: super::caller(),
            home,
        };
        user.writes("config", config);
        user
    }

    /// With a profile `role` for a role.
    pub(crate) fn with_role() -> Self {
        Self::with(
            "[profile base]\n$KEYregion = us-east-1\n[profile role]\n\
             role_arn = arn:aws:iam::123456789012:role/lab\nsource_profile = base\n\
             region = us-east-1\n",
        )
    }

    /// Writes a file in `.aws`, with the same replacements.
    pub(crate) fn writes(&self, name: &str, text: &str) -> &Self {
        let path = self.aws(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        fs::write(path, self.filled_in(text)).expect("a file");
        self
    }

    /// The text with the user's keys.
    pub(crate) fn filled_in(&self, text: &str) -> String {
        let id = self.caller.access_key();
        let key = format!("aws_access_key_id = {id}\naws_secret_access_key = {SECRET}\n");
        let text = text.replace("$KEY", &key).replace("$ID", id);
        text.replace("$SECRET", SECRET)
    }

    /// The path of a file in `.aws`.
    pub(crate) fn aws(&self, name: &str) -> PathBuf {
        self.home.path().join(".aws").join(name)
    }

    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = self.caller.command(program);
        command
            .env("HOME", self.home.path())
            // AWS CLI 1 knows only this variable.
            .env("AWS_DEFAULT_REGION", HOME_REGION)
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY");
        command
    }

    /// `mssh` to [`WEB1`], with these options.
    pub(crate) fn mssh(&self, words: &[&str]) -> Command {
        let mut command = self.command("mssh");
        command.args(words).args([WEB1, "true"]);
        command
    }

    /// Runs [`Self::mssh`].
    pub(crate) fn runs(&self, words: &[&str]) -> Outcome {
        finish(&mut self.mssh(words))
    }

    /// Runs it with this profile, and returns the key that signed the push.
    #[track_caller]
    pub(crate) fn key_of(&self, profile: &str) -> String {
        self.runs(&["-u", profile]).prints("");
        self.last_key()
    }

    /// The key that signed the last push, shortened.
    #[track_caller]
    pub(crate) fn last_key(&self) -> String {
        let pushes = self.caller.calls_of(SEND_SSH_PUBLIC_KEY);
        self.short(&pushes.last().expect("a push").access_key)
    }

    /// A shortened key: `AKIA`, and the suffix of the caller's key.
    pub(crate) fn short(&self, key: &str) -> String {
        let common = &self.caller.access_key()[4..];
        key.replacen(common, "", 1)
    }

    /// The roles assumed so far, each with the key that signed the request.
    pub(crate) fn assumed(&self) -> Vec<(String, String)> {
        let calls = self.caller.calls_of("AssumeRole");
        let role = |call: &Call| call.parameter("RoleArn").unwrap_or_default().to_owned();
        let name = |role: String| role.rsplit('/').next().unwrap_or_default().to_owned();
        let calls = calls.iter();
        calls
            .map(|call| (self.short(&call.access_key), name(role(call))))
            .collect()
    }
}

/// The ARN of a role of this name.
pub(crate) fn arn(role: &str) -> String {
    format!("arn:aws:iam::123456789012:role/{role}")
}
