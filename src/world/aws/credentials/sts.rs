//! The Security Token Service: roles.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>,
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_sdk_sts::types::AssumedRoleUser;

use super::ProviderChain;
use super::cache::{Cache, SessionCredentials};
use crate::plan::aws::profiles::role::Role;
use crate::plan::aws::profiles::source::WebIdentity;
use crate::world::aws::call::Call;
use crate::world::aws::error::{AwsError, CredentialsError, UnreadableFile};
use crate::world::aws::files;
use crate::world::aws::retry::{OperationError, client_config};
use crate::world::process::bounded;

/// What names the file with the token.
const TOKEN_FILE: &str =
    "check AWS_WEB_IDENTITY_TOKEN_FILE or the profile's `web_identity_token_file`";

impl ProviderChain<'_> {
    pub(super) async fn assume_role(
        &self,
        role: &Role<'_>,
        source: Credentials,
        code: Option<String>,
    ) -> Result<SessionCredentials, AwsError> {
        let call = self.region.call("sts:AssumeRole");
        let config = client_config!(aws_sdk_sts, self.region, AssumeRoleError);
        let request = Client::from_conf(config.credentials_provider(source).build())
            .assume_role()
            .role_arn(role.role_arn)
            .role_session_name(role.session_name.map_or_else(session_name, str::to_owned))
            .set_external_id(role.external_id.map(str::to_owned))
            .set_duration_seconds(role.duration)
            .set_serial_number(role.mfa_serial.map(str::to_owned))
            .set_token_code(code);
        let answer = call.timed(request.send()).await;
        let answer = answer.map_err(|error| refused(&call, role, &error))?;
        session(answer.credentials(), answer.assumed_role_user()).ok_or_else(|| call.bad_answer())
    }

    /// The credentials of a web identity's role, from the cache or STS.
    pub(super) async fn web_identity(
        &self,
        identity: &WebIdentity,
        cache: &Cache,
    ) -> Result<Credentials, AwsError> {
        let role = Role {
            profile: self.profile.name,
            role_arn: &identity.role_arn,
            session_name: identity.session_name.as_deref(),
            external_id: None,
            mfa_serial: None,
            duration: None,
        };
        let key = role.cache_key();
        if let Some(kept) = cache.find(&key) {
            return Ok(kept);
        }
        let path = files::expanded(identity.token_file.clone().into());
        let token = token(&path)?;
        let call = self.region.call("sts:AssumeRoleWithWebIdentity");
        let config = client_config!(aws_sdk_sts, self.region, AssumeRoleWithWebIdentityError);
        let request = Client::from_conf(config.build())
            .assume_role_with_web_identity()
            .role_arn(role.role_arn)
            .role_session_name(role.session_name.map_or_else(session_name, str::to_owned))
            .web_identity_token(token);
        let answer = call.timed(request.send()).await;
        let answer = answer.map_err(|error| match refusal(&error) {
            Some(("ExpiredTokenException" | "InvalidIdentityToken", message)) => {
                AwsError::from(CredentialsError::WebIdentity {
                    token_file: path,
                    message: message.to_owned(),
                })
            }
            _ => refused(&call, &role, &error),
        })?;
        session(answer.credentials(), answer.assumed_role_user())
            .ok_or_else(|| call.bad_answer())
            .map(|session| cache.keep(&key, session))
    }
}

fn refused<E: OperationError>(
    call: &Call<'_>,
    role: &Role<'_>,
    error: &SdkError<E, HttpResponse>,
) -> AwsError {
    if let Some((_, message)) = refusal(error)
        && message.contains("MultiFactorAuthentication failed")
    {
        return CredentialsError::WrongCode.into();
    }
    match call.failed(error) {
        AwsError::Denied(mut denied) if denied.resource == "*" => {
            role.role_arn.clone_into(&mut denied.resource);
            AwsError::Denied(denied)
        }
        error => error,
    }
}

/// The token of a web identity.
fn token(path: &Path) -> Result<String, CredentialsError> {
    let unreadable = |cause| {
        let what = "the web identity token";
        UnreadableFile::new(what, path, &cause, TOKEN_FILE).into()
    };
    bounded::text(path).map_err(unreadable)
}

/// The service's error code and message, if it has answered.
fn refusal<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<(&str, &str)> {
    let meta = error.as_service_error()?.meta();
    Some((meta.code()?, meta.message().unwrap_or_default()))
}

/// The default RoleSessionName, which shows in AWS's logs.
fn session_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    format!("mssh-session-{}", now.unwrap_or_default().as_secs())
}

fn session(
    credentials: Option<&aws_sdk_sts::types::Credentials>,
    user: Option<&AssumedRoleUser>,
) -> Option<SessionCredentials> {
    let credentials = credentials?;
    Some(SessionCredentials {
        access_key: credentials.access_key_id().to_owned(),
        secret: credentials.secret_access_key().to_owned(),
        token: credentials.session_token().to_owned(),
        until: *credentials.expiration(),
        user: user.map(|user| (user.arn().to_owned(), user.assumed_role_id().to_owned())),
        sso_account: None,
    })
}
