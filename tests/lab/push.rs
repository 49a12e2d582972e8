//! EC2 Instance Connect's `SendSSHPublicKey` and `SendSerialConsoleSSHPublicKey`.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::{Value, json};

use super::aws_error::{AwsError, Protocol};
use super::fault::{SEND_CONSOLE_KEY, SEND_SSH_PUBLIC_KEY, arn};
use super::fleet::Fleet;
use super::instances::{self, Access, CONSOLE, Instance, State};
use super::keys::KeyStore;
use super::request::Operation;

/// A valid push.
pub(crate) struct Push<'a> {
    /// The instance, or [`CONSOLE`].
    place: &'static str,
    user: Cow<'a, str>,
    key: &'a str,
}

/// Checks in the order of the service: invalid parameters, denied, not found, not running.
pub(crate) fn check<'a>(
    operation: &'a Operation,
    region: &str,
    fleet: &Fleet,
) -> Result<Push<'a>, AwsError> {
    let (id, user) = (
        parameter(operation, "InstanceId")?,
        parameter(operation, "InstanceOSUser")?,
    );
    let key = key(operation)?;
    if !is_user(user) {
        return Err(invalid("InstanceOSUser", "is not a user name"));
    }
    let zone = operation.get("AvailabilityZone");
    let instance = instance(fleet.host(id), region, zone, SEND_SSH_PUBLIC_KEY)?;
    if instance.state != State::Running {
        return Err(invalid_state());
    }
    let (place, user) = (instance.id, user.into());
    Ok(Push { place, user, key })
}

/// The same for the serial console: there is one port, and the instance may be starting or
/// stopping.
pub(crate) fn check_console<'a>(
    operation: &'a Operation,
    region: &str,
) -> Result<Push<'a>, AwsError> {
    let (id, key) = (parameter(operation, "InstanceId")?, key(operation)?);
    if operation.json.get("SerialPort").and_then(Value::as_i64) != Some(0) {
        return Err(invalid("SerialPort", "must be 0"));
    }
    let instance = instance(id, region, None, SEND_CONSOLE_KEY)?;
    if [State::Stopped, State::Terminated].contains(&instance.state) {
        return Err(invalid_state());
    }
    let (place, user) = (CONSOLE, format!("{id}.port0").into());
    Ok(Push { place, user, key })
}

fn parameter<'a>(operation: &'a Operation, name: &str) -> Result<&'a str, AwsError> {
    if !operation.json.is_object() {
        return Err(AwsError::new(
            400,
            "SerializationException",
            "expected a JSON object",
        ));
    }
    operation
        .get(name)
        .ok_or_else(|| invalid(name, "is required"))
}

fn key(operation: &Operation) -> Result<&str, AwsError> {
    let key = parameter(operation, "SSHPublicKey")?.trim_end_matches('\n');
    if !is_public_key(key) {
        return Err(invalid("SSHPublicKey", "is not an RSA or ED25519 key"));
    }
    Ok(key)
}

/// The instance `id`, if it is in the region and the caller may push to it.
fn instance(
    id: &str,
    region: &str,
    zone: Option<&str>,
    action: &str,
) -> Result<&'static Instance, AwsError> {
    let here = |it: &&Instance| it.region == region && zone.is_none_or(|zone| it.zone == zone);
    let instance = instances::find(id);
    if instance.is_some_and(|instance| instance.access == Access::PushDenied) {
        let arn = arn(id, region);
        return Err(AwsError::denied(Protocol::Json, action, Some(&arn)));
    }
    instance.filter(here).ok_or_else(|| {
        let message = "The specified instance was not found.";
        AwsError::new(400, "EC2InstanceNotFoundException", message)
    })
}

pub(super) fn invalid_state() -> AwsError {
    let message = "Unable to connect because the instance is not in a valid state. \
         Connecting to a stopped or terminated instance is not supported. \
         If the instance is stopped, start your instance, and try to connect again.";
    AwsError::new(400, "EC2InstanceStateInvalidException", message)
}

/// Installs the key.
pub(crate) fn answer(
    push: &Push<'_>,
    keys: &KeyStore,
    lifetime: Duration,
    request_id: &str,
) -> Result<String, AwsError> {
    if instances::find(push.place).is_some_and(|it| !it.takes_keys) {
        return Ok(json!({ "RequestId": request_id, "Success": true }).to_string());
    }
    keys.push(push.place, &push.user, push.key, lifetime)
        .map_err(|error| AwsError::new(500, "ServiceException", error.to_string()))?;
    Ok(json!({ "RequestId": request_id, "Success": true }).to_string())
}

fn invalid(parameter: &str, why: &str) -> AwsError {
    let message = format!("1 validation error detected: {parameter} {why}");
    AwsError::new(400, "InvalidArgsException", message)
}

/// Whether the API accepts it as a user: at most 32 characters, and not only digits.
///
/// Either `^[A-Za-z_][A-Za-z0-9@._-]{0,30}[A-Za-z0-9$_-]?$`, or with leading digits
/// `^(?=.{2,32}$)[0-9]{1,32}[A-Za-z@._-][A-Za-z0-9@._-]*[A-Za-z0-9$_-]?$`.
pub(crate) fn is_user(user: &str) -> bool {
    let stem = match user.strip_suffix('$') {
        Some(stem) if !stem.is_empty() => stem,
        _ => user,
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"@._-".contains(&byte);
    let begins = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    (1..=32).contains(&user.len())
        && stem.bytes().all(allowed)
        && stem.as_bytes().first().is_some_and(begins)
        && stem.bytes().any(|byte| !byte.is_ascii_digit())
        && !(user.len() == 32
            && user.ends_with(['.', '@'])
            && !user.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether it is a single complete public key of a type that the service accepts.
pub(crate) fn is_public_key(line: &str) -> bool {
    let mut words = line.split(' ');
    let (Some(kind), Some(blob)) = (words.next(), words.next()) else {
        return false;
    };
    let one_line = (80..=4096).contains(&line.len()) && !line.contains(['\n', '\r']);
    let Some(fields) = base64(blob).and_then(|bytes| fields(&bytes)) else {
        return false;
    };
    let named = fields.first().is_some_and(|name| name == kind.as_bytes());
    let whole = match kind {
        "ssh-ed25519" => fields.len() == 2 && fields[1].len() == 32,
        "ssh-rsa" => fields.len() == 3 && fields[2].len() >= 256,
        _ => false,
    };
    one_line && named && whole
}

/// The length-prefixed fields of a key blob; `None` if bytes are left over.
fn fields(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut fields = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (field, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        fields.push(field.to_vec());
        bytes = rest;
    }
    bytes.is_empty().then_some(fields)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.trim_end_matches('=');
    let padded = text.len().is_multiple_of(4) && text.len() - digits.len() <= 2;
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for digit in digits.bytes() {
        let value = DIGITS.iter().position(|known| *known == digit)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    padded.then_some(bytes)
}
