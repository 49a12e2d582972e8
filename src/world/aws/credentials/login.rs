//! Console logins (`aws login`), with the SDK's provider.

use std::env;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aws_config::login::LoginCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError as SdkCredentialsError;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::ProviderChain;
use super::cache::instant;
use super::provided::no_credentials;
use crate::world::aws::error::{AwsError, CredentialsError, NoLogin, SettingError, UnreadableFile};
use crate::world::aws::files;
use crate::world::aws::variables::variable;
use crate::world::net::connect_error;
use crate::world::process::bounded;
use crate::world::tty::waiting::Wait;

/// The command that logs in.
const LOG_IN: &str = "aws login";

/// The SDK renews a login that ends sooner.
const WINDOW: Duration = Duration::from_mins(5);

impl ProviderChain<'_> {
    pub(super) async fn login(&self, name: &str, profile: &str) -> Result<Credentials, AwsError> {
        let end = end(name, profile)?;
        if end.is_some_and(|end| end < SystemTime::now() + WINDOW) {
            can_be_renewed()?;
        }
        let provider = LoginCredentialsProvider::builder(name)
            .configure(&self.provider_config())
            .build();
        let wait = Wait::begin("the credentials of the console login".to_owned());
        let found = wait.during(Box::pin(provider.provide_credentials())).await;
        found.map_err(|error| logged_out(&error, profile))
    }
}

/// When a login ends, if its file says so. The SDK reports anything else that is wrong with the
/// file.
fn end(name: &str, profile: &str) -> Result<Option<SystemTime>, AwsError> {
    let directory = variable("AWS_LOGIN_CACHE_DIRECTORY")?.map(PathBuf::from);
    let usual = || Some(files::home()?.join(".aws/login/cache"));
    let Some(directory) = directory.or_else(usual) else {
        return Ok(None);
    };
    let path = directory.join(format!("{:x}.json", Sha256::digest(name.trim())));
    let text = bounded::file(&path).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => CredentialsError::no_login(profile, LOG_IN, NoLogin::Missing),
        _ => UnreadableFile::new("the login", &path, &cause, "`aws login` writes it").into(),
    })?;
    let json: Value = serde_json::from_slice(&text).unwrap_or_default();
    let end = json
        .pointer("/accessToken/expiresAt")
        .and_then(Value::as_str);
    Ok(end.and_then(|end| SystemTime::try_from(instant(end)?).ok()))
}

/// For a renewal, the SDK reads the endpoint from the environment, and panics if that variable is
/// empty.
fn can_be_renewed() -> Result<(), AwsError> {
    let names = ["AWS_ENDPOINT_URL_SIGNIN", "AWS_ENDPOINT_URL"];
    let first = names
        .into_iter()
        .find_map(|name| Some((name, env::var_os(name)?)));
    match first {
        Some((name, value)) if value.is_empty() => Err(SettingError::Invalid {
            name,
            value: String::new(),
            wanted: "unset it: a console login cannot be renewed while it is set to nothing",
        }
        .into()),
        _ => Ok(()),
    }
}

/// Why the SDK cannot use a login.
fn logged_out(error: &SdkCredentialsError, profile: &str) -> AwsError {
    if let Some(network) = connect_error::in_chain(error) {
        return AwsError::Network(network.clone());
    }
    // The SDK's types for these errors are private, or are named only by Debug.
    let texts: Vec<String> = connect_error::chain(error)
        .map(|error| format!("{error:?} {error}"))
        .collect();
    let says = |word: &&str| texts.iter().any(|text| text.contains(word));
    let expired = ["ExpiredToken", "Unauthorized", "expired", "reauthenticate"];
    if expired.iter().any(says) {
        return CredentialsError::no_login(profile, LOG_IN, NoLogin::Expired).into();
    }
    no_credentials(error, Some(profile.to_owned()))
}
