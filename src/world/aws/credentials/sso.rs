//! IAM Identity Center (SSO): a role's credentials for the token that `aws sso login` has stored.
//!
//! <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html>,
//! <https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html>
//!
//! The SDK's provider reads only one format of dates, and does not say what is wrong with a token.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_sso::error::ProvideErrorMetadata;
use aws_sdk_sso::operation::get_role_credentials::GetRoleCredentialsError;
use aws_sdk_sso::types::RoleCredentials;
use aws_sdk_ssooidc::operation::create_token::CreateTokenError;
use aws_smithy_types::DateTime;

use super::ProviderChain;
use super::cache::{Cache, SessionCredentials};
use super::token::{LOG_IN, Token};
use crate::plan::aws::profiles::sso::Sso;
use crate::plan::aws::region::{RegionSource, configured};
use crate::world::aws::Regional;
use crate::world::aws::error::{AwsError, CredentialsError, NoLogin};
use crate::world::aws::retry::client_config;

/// A token that ends sooner is renewed: as in botocore.
const WINDOW: Duration = Duration::from_mins(15);

impl ProviderChain<'_> {
    /// A role's credentials, from the cache or for a token.
    pub(super) async fn sso(
        &self,
        sso: &Sso<'_>,
        profile: &str,
        cache: &Cache,
    ) -> Result<Credentials, AwsError> {
        let key = sso.cache_key();
        if let Some(kept) = cache.find(&key) {
            return Ok(kept);
        }
        let by = RegionSource::SsoRegion;
        let region = configured(sso.region, &by)?;
        let portal = self.region.aws.within(region).chosen_by(by);
        let token = portal.token(sso, profile).await?;
        let session = portal.role_credentials(sso, &token, profile).await?;
        Ok(cache.keep(&key, session))
    }
}

impl Regional<'_> {
    /// A valid token, renewed if needed and possible.
    async fn token(&self, sso: &Sso<'_>, profile: &str) -> Result<String, AwsError> {
        let mut token = Token::read(&sso.token_key(), profile)?;
        let now = SystemTime::now();
        // Without an `sso-session`, there is no refresh token.
        let renewable = sso.session.is_some() && token.end < now + WINDOW;
        if renewable && token.can_be_renewed(now) {
            match self.renewed(&token).await {
                Ok(new) => {
                    self.debug(|| "SSO token renewed".to_owned());
                    token = new;
                    token.keep();
                }
                // The old one may still work.
                Err(_) if token.end > now => {}
                Err(AwsError::Service { .. } | AwsError::Expired { .. } | AwsError::Denied(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if token.end <= now {
            return Err(CredentialsError::no_login(profile, LOG_IN, NoLogin::Expired).into());
        }
        Ok(token.text().to_owned())
    }

    async fn renewed(&self, token: &Token) -> Result<Token, AwsError> {
        let call = self.call("sso-oidc:CreateToken");
        let config = client_config!(aws_sdk_ssooidc, self, CreateTokenError);
        let request = aws_sdk_ssooidc::Client::from_conf(config.build())
            .create_token()
            .grant_type("refresh_token")
            .set_client_id(token.member("clientId"))
            .set_client_secret(token.member("clientSecret"))
            .set_refresh_token(token.member("refreshToken"));
        let answer = call.send(request.send()).await?;
        let seconds = u64::try_from(answer.expires_in()).unwrap_or_default();
        let end = SystemTime::now() + Duration::from_secs(seconds);
        let text = answer.access_token().ok_or_else(|| call.bad_answer())?;
        Ok(token.renewed(text, answer.refresh_token(), end))
    }

    /// A role's credentials for a token.
    async fn role_credentials(
        &self,
        sso: &Sso<'_>,
        token: &str,
        profile: &str,
    ) -> Result<SessionCredentials, AwsError> {
        let call = self.call("sso:GetRoleCredentials");
        let config = client_config!(aws_sdk_sso, self, GetRoleCredentialsError);
        let request = aws_sdk_sso::Client::from_conf(config.build())
            .get_role_credentials()
            .role_name(sso.role_name)
            .account_id(sso.account_id)
            .access_token(token);
        let answer = call.timed(request.send()).await;
        let answer = answer.map_err(|error| {
            let refusal = error.as_service_error();
            match refusal.and_then(ProvideErrorMetadata::code) {
                Some("UnauthorizedException") => {
                    CredentialsError::no_login(profile, LOG_IN, NoLogin::Expired).into()
                }
                Some("ForbiddenException" | "ResourceNotFoundException") => {
                    let (role, account) = (sso.role_name.to_owned(), sso.account_id.to_owned());
                    CredentialsError::NotAssigned { role, account }.into()
                }
                _ => call.failed(&error),
            }
        })?;
        let session = answer.role_credentials().and_then(|it| session(it, sso));
        session.ok_or_else(|| call.bad_answer())
    }
}

fn session(given: &RoleCredentials, sso: &Sso<'_>) -> Option<SessionCredentials> {
    Some(SessionCredentials {
        access_key: given.access_key_id()?.to_owned(),
        secret: given.secret_access_key()?.to_owned(),
        token: given.session_token()?.to_owned(),
        until: DateTime::from_millis(given.expiration()),
        user: None,
        sso_account: Some(sso.account_id.to_owned()),
    })
}
