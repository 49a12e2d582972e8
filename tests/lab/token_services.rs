//! Services that give credentials for a token, so that requests have no signature: IAM Identity
//! Center, console sign-in, the container endpoint, web identities.
//!
//! Each token contains the access key of its caller.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::aws_error::{AwsError, Protocol};
use super::clock;
use super::http::Request;
use super::request::{Operation, Signer, form};
use super::sts::{SECRET, WEB_IDENTITY};

/// The authorization token of a container.
pub(crate) const CONTAINER_TOKEN: &str = "Basic lab";

/// The operation of a request to one of these services; `None` for other requests.
pub(crate) fn operation(request: &Request) -> Option<Operation> {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let json: Value = serde_json::from_str(&request.body).unwrap_or_default();
    let action = match (request.method.as_str(), path) {
        ("GET", "/federation/credentials") => "GetRoleCredentials",
        ("POST", "/token") => "CreateToken",
        ("POST", "/v1/token") => "CreateOAuth2Token",
        ("GET", path) if path.starts_with("/container/") => "ContainerCredentials",
        _ => return None,
    };
    let mut parameters = form(query);
    let members = json.as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
    parameters.extend(members.map(|(name, value)| (name.clone(), text(value))));
    let header = |name: &str| request.header(name).to_owned();
    parameters.push(("bearer".to_owned(), header("x-amz-sso_bearer_token")));
    parameters.push(("authorization".to_owned(), header("authorization")));
    parameters.push(("dpop".to_owned(), header("dpop")));
    parameters.push(("path".to_owned(), path.to_owned()));
    Some(Operation {
        protocol: Protocol::Rest,
        action: action.to_owned(),
        parameters,
        json,
    })
}

/// The caller, as the token tells.
pub(crate) fn bearer(request: &Request, operation: &Operation) -> Option<Signer> {
    let get = |name| operation.get(name).unwrap_or_default();
    let (token, service) = match (operation.protocol, operation.action.as_str()) {
        (Protocol::Rest, "GetRoleCredentials") => (get("bearer"), "sso"),
        (Protocol::Rest, "ContainerCredentials") => (request.target.as_str(), "sso"),
        (Protocol::Rest, _) => (get("refreshToken"), "sso"),
        (Protocol::Sts, WEB_IDENTITY) => (get("WebIdentityToken"), "sts"),
        _ => return None,
    };
    let key = &token[token.find("AKIALAB")?..];
    Some(Signer {
        access_key: key.get(..20)?.to_owned(),
        region: String::new(),
        service: service.to_owned(),
    })
}

/// Answers a request. A token with `old` in its name has expired.
pub(crate) fn perform(operation: &Operation, signer: &Signer) -> Result<String, AwsError> {
    let get = |name| operation.get(name).unwrap_or_default();
    let is_old = |name| get(name).contains("old");
    let session = signer.access_key.replacen("AKIA", "ASIA", 1);
    let token = format!("labtoken-{session}");
    let until = SystemTime::now() + Duration::from_hours(1);
    let answer = match operation.action.as_str() {
        "GetRoleCredentials" if is_old("bearer") => {
            let message = "Session token not found or invalid";
            return Err(AwsError::new(401, "UnauthorizedException", message));
        }
        "GetRoleCredentials" if get("role_name") == "denied" => {
            return Err(AwsError::new(403, "ForbiddenException", "No access"));
        }
        "GetRoleCredentials" => json!({ "roleCredentials": {
            "accessKeyId": session, "secretAccessKey": SECRET, "sessionToken": token,
            "expiration": millis(until),
        }}),
        "CreateToken" if is_old("refreshToken") || get("grantType") != "refresh_token" => {
            return Err(AwsError::new(400, "InvalidGrantException", "Invalid grant"));
        }
        "CreateToken" => json!({
            "accessToken": format!("new-{}", signer.access_key), "expiresIn": 28_800,
            "tokenType": "Bearer", "refreshToken": get("refreshToken"),
        }),
        "CreateOAuth2Token" if get("dpop").split('.').count() != 3 => {
            return Err(AwsError::new(
                400,
                "ValidationException",
                "no proof of possession",
            ));
        }
        "CreateOAuth2Token" if is_old("refreshToken") => {
            let body = json!({ "error": "TOKEN_EXPIRED", "message": "expired" });
            return Err(AwsError::with_body(401, "AccessDeniedException", &body));
        }
        "CreateOAuth2Token" => json!({
            "accessToken": {
                "accessKeyId": session, "secretAccessKey": SECRET, "sessionToken": token,
            },
            "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": get("refreshToken"),
        }),
        _ if get("authorization") != CONTAINER_TOKEN => {
            return Err(AwsError::new(403, "AccessDenied", "wrong token"));
        }
        _ => json!({
            "AccessKeyId": session, "SecretAccessKey": SECRET, "Token": token,
            "Expiration": clock::iso(until), "RoleArn": "TASK_ROLE",
        }),
    };
    Ok(answer.to_string())
}

fn millis(moment: SystemTime) -> u64 {
    let since = moment.duration_since(UNIX_EPOCH);
    let millis = since.expect("a clock after 1970").as_millis();
    u64::try_from(millis).expect("a time of this age")
}
