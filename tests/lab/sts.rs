//! The part of STS that assuming roles needs.

use std::time::{Duration, SystemTime};

use super::aws_error::{AwsError, Protocol, escape};
use super::clock;
use super::instances::ACCOUNT;
use super::request::{Operation, Signer};

/// The secret of every access key in the lab.
pub(crate) const SECRET: &str = "labsecretlabsecretlabsecretlabsecretlabs";
pub(crate) const WEB_IDENTITY: &str = "AssumeRoleWithWebIdentity";
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The external ID of the role `partner`.
const EXTERNAL_ID: &str = "the partner's";

pub(crate) fn caller_identity(signer: &Signer, request_id: &str) -> String {
    let (arn, id) = if signer.access_key.starts_with("ASIA") {
        let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/lab/lab");
        (arn, "AROALAB0000000000000:lab")
    } else {
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/lab");
        (arn, "AIDALAB0000000000000")
    };
    let result = format!("<Arn>{arn}</Arn><UserId>{id}</UserId><Account>{ACCOUNT}</Account>");
    envelope("GetCallerIdentity", &result, request_id)
}

/// Grants any role, with a session key made from the caller's. `guarded` needs an MFA code (000000
/// is wrong), `partner` its external ID, and `denied` is always denied.
pub(crate) fn assume_role(
    operation: &Operation,
    signer: &Signer,
    request_id: &str,
) -> Result<String, AwsError> {
    let role = parameter(operation, "RoleArn")?;
    let denied = || {
        let message = format!(
            "User: arn:aws:iam::{ACCOUNT}:user/lab is not authorized to perform: sts:AssumeRole \
             on resource: {role}"
        );
        Err(AwsError::new(403, "AccessDenied", message))
    };
    let code = operation.get("TokenCode");
    if code == Some("000000") {
        let message = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
        return Err(AwsError::new(403, "AccessDenied", message));
    }
    let serial = operation.get("SerialNumber");
    let proven = serial.is_some_and(|it| it.contains(":mfa/")) && code.is_some();
    let known = operation.get("ExternalId") == Some(EXTERNAL_ID);
    match role.rsplit('/').next() {
        Some("denied") => denied(),
        Some("guarded") if !proven => denied(),
        Some("partner") if !known => denied(),
        _ => session_for(
            "AssumeRole",
            operation,
            &role,
            &signer.access_key,
            request_id,
        ),
    }
}

/// The same for a web identity token, which contains the caller's access key.
pub(crate) fn web_identity(
    operation: &Operation,
    signer: &Signer,
    request_id: &str,
) -> Result<String, AwsError> {
    let role = parameter(operation, "RoleArn")?;
    if parameter(operation, "WebIdentityToken")?.contains("old") {
        let message = "Token expired: current date/time must be before the expiration date/time";
        return Err(AwsError::new(400, "ExpiredTokenException", message));
    }
    session_for(
        WEB_IDENTITY,
        operation,
        &role,
        &signer.access_key,
        request_id,
    )
}

fn parameter(operation: &Operation, name: &str) -> Result<String, AwsError> {
    let missing = || {
        let message = format!("1 validation error detected: {name} must not be null");
        AwsError::new(400, "ValidationError", message)
    };
    operation.get(name).map(escape).ok_or_else(missing)
}

fn session_for(
    action: &str,
    operation: &Operation,
    role: &str,
    key: &str,
    request_id: &str,
) -> Result<String, AwsError> {
    let session = parameter(operation, "RoleSessionName")?;
    let seconds = operation.get("DurationSeconds").unwrap_or("3600").parse();
    let Ok(seconds @ 900..=43_200) = seconds else {
        let message = "1 validation error detected: DurationSeconds must be in 900 to 43200";
        return Err(AwsError::new(400, "ValidationError", message));
    };
    let key = key.replacen("AKIA", "ASIA", 1);
    let until = clock::iso(SystemTime::now() + Duration::from_secs(seconds));
    let assumed = role
        .replacen(":iam:", ":sts:", 1)
        .replacen(":role/", ":assumed-role/", 1);
    let result = format!(
        "<AssumedRoleUser><AssumedRoleId>AROALAB0000000000000:{session}</AssumedRoleId>\
         <Arn>{assumed}/{session}</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>\
         <SessionToken>labtoken-{key}</SessionToken><Expiration>{until}</Expiration></Credentials>\
         <PackedPolicySize>6</PackedPolicySize>"
    );
    Ok(envelope(action, &result, request_id))
}

fn envelope(action: &str, result: &str, request_id: &str) -> String {
    format!(
        "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{result}</{action}Result>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\
         </{action}Response>"
    )
}
