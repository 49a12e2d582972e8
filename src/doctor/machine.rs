//! This machine: the installed OpenSSH, the AWS files, the environment.

use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::limits::Limits;
use crate::error::Error;
use crate::plan::cli::invocation::Invocation;
use crate::plan::doctor::fact::{Fact, Failure};
use crate::plan::doctor::facts::{ConfigFile, MachineFacts};
use crate::plan::program::Program;
use crate::world::aws::files;
use crate::world::{config, openssh, process};

/// Variables without secrets that choose the account, the region and the servers.
const SHOWN: &[&str] = &[
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_MAX_ATTEMPTS",
    "NO_PROXY",
    "MSSH_CONFIG",
    "MSSH_CONNECT",
];

/// Variables whose values are, or may have, secrets.
const NAMED: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_EC2",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
];

pub(super) async fn facts(invocation: &Invocation, limits: &Limits) -> MachineFacts {
    let client = process::find(invocation.program.client());
    let ssh = process::find(Program::Ssh.client());
    let openssh = match client.and(ssh) {
        Err(error) => Fact::Failed(super::limits::failure(&error.into())),
        Ok(ssh) => {
            // A script in front of ssh may hang.
            let release = async {
                let asked = tokio::task::spawn_blocking(move || openssh::release_of(&ssh)).await;
                Ok::<_, Error>(asked.ok().flatten())
            };
            match limits.fact(release).await {
                Fact::Known(Some(release)) => Fact::Known(release),
                _ => Fact::Failed(Failure::new("`ssh -V` names no release of OpenSSH")),
            }
        }
    };
    MachineFacts {
        version: env!("CARGO_PKG_VERSION"),
        openssh,
        files: config_files().filter_map(|it| file(&it)).collect(),
        settings: settings(invocation),
        variables: variables(),
    }
}

fn settings(invocation: &Invocation) -> Vec<String> {
    let settings = invocation.options.from_file.iter();
    settings.map(ToString::to_string).collect()
}

fn config_files() -> impl Iterator<Item = PathBuf> {
    files::paths().into_iter().chain([config::path()])
}

/// A file, if it exists.
pub(super) fn file(path: &Path) -> Option<ConfigFile> {
    let problem = match File::open(path) {
        Ok(_) => None,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return None,
        Err(cause) => Some(cause.to_string()),
    };
    Some(ConfigFile {
        path: path.display().to_string(),
        problem,
    })
}

fn variables() -> Vec<String> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let shown = SHOWN.iter().filter_map(|name| {
        let value = set(name)?;
        Some(format!("{name}={}", value.to_string_lossy()))
    });
    let named = NAMED.iter().filter(|name| set(name).is_some());
    shown.chain(named.map(ToString::to_string)).collect()
}
