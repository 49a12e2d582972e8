//! As much of STS as roles take.

use std::time::{Duration, SystemTime};

use super::cast::ACCOUNT;
use super::clock;
use super::refusal::{Refusal, escape};
use super::request::{Caller, Operation};

/// The secret of every access key here. Nobody checks what is signed with it.
pub(crate) const SECRET: &str = "labsecretlabsecretlabsecretlabsecretlabs";
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

pub(crate) fn caller_identity(caller: &Caller, request_id: &str) -> String {
    let (arn, id) = if caller.access_key.starts_with("ASIA") {
        let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/lab/lab");
        (arn, "AROALAB0000000000000:lab")
    } else {
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/lab");
        (arn, "AIDALAB0000000000000")
    };
    let result = format!("<Arn>{arn}</Arn><UserId>{id}</UserId><Account>{ACCOUNT}</Account>");
    envelope("GetCallerIdentity", &result, request_id)
}

/// Gives any role for an hour, to a key in which the caller's own can still be seen.
pub(crate) fn assume_role(
    operation: &Operation,
    caller: &Caller,
    request_id: &str,
) -> Result<String, Refusal> {
    let word = |name: &str| {
        let missing = || {
            let message = format!("1 validation error detected: {name} must not be null");
            Refusal::new(400, "ValidationError", message)
        };
        operation.get(name).map(escape).ok_or_else(missing)
    };
    let (role, session) = (word("RoleArn")?, word("RoleSessionName")?);
    let key = caller.access_key.replacen("AKIA", "ASIA", 1);
    let until = clock::iso(SystemTime::now() + Duration::from_hours(1));
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
    Ok(envelope("AssumeRole", &result, request_id))
}

fn envelope(action: &str, result: &str, request_id: &str) -> String {
    format!(
        "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{result}</{action}Result>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\
         </{action}Response>"
    )
}
