//! The operation of a request and its signer, parsed from either AWS protocol.

use serde_json::Value;

use super::aws_error::{AwsError, Protocol};
use super::http::Request;
use super::token_services;

/// An operation with its parameters.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) protocol: Protocol,
    /// For example `SendSSHPublicKey`.
    pub(crate) action: String,
    pub(crate) parameters: Vec<(String, String)>,
    /// The whole JSON body; null for a form.
    pub(crate) json: Value,
}

/// Who signed a request, and for which scope. Empty if there is no valid signature header.
#[derive(Debug, Default)]
pub(crate) struct Signer {
    pub(crate) access_key: String,
    pub(crate) region: String,
    pub(crate) service: String,
}

impl Operation {
    /// JSON 1.1 names the operation in a header, the query protocol in the form.
    pub(crate) fn read(request: &Request) -> Self {
        let target = request.header("x-amz-target");
        if let Some((service, action)) = target.split_once('.') {
            let json: Value = serde_json::from_str(&request.body).unwrap_or_default();
            let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
            let members = json.as_object().into_iter().flatten();
            return Self {
                protocol: if service == "AmazonSSM" {
                    Protocol::Ssm
                } else {
                    Protocol::Json
                },
                action: action.to_owned(),
                parameters: members.map(|(k, v)| (k.clone(), text(v))).collect(),
                json,
            };
        }
        if let Some(operation) = token_services::operation(request) {
            return operation;
        }
        let parameters = form(&request.body);
        let value = |name: &str| parameters.iter().find(|(known, _)| known == name);
        let sts = value("Version").is_some_and(|(_, version)| version == "2011-06-15");
        let action = value("Action").map_or("", |(_, action)| action).to_owned();
        Self {
            protocol: if sts { Protocol::Sts } else { Protocol::Ec2 },
            action,
            parameters,
            json: Value::Null,
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        parameters
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The values of a list: `NAME.1`, `NAME.2` and so on.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        (1..)
            .map_while(|n| self.get(&format!("{name}.{n}")))
            .map(str::to_owned)
            .collect()
    }

    pub(crate) fn filters(&self) -> Vec<(String, Vec<String>)> {
        (1..)
            .map_while(|n| {
                let name = self.get(&format!("Filter.{n}.Name"))?;
                Some((name.to_owned(), self.list(&format!("Filter.{n}.Value"))))
            })
            .collect()
    }
}

impl Signer {
    /// Parses the credential scope of the signature, which is how AWS itself tells the region.
    pub(crate) fn read(request: &Request) -> Option<Self> {
        let authorization = request.header("authorization");
        let rest = authorization.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let mut parts = rest.split(',').map(str::trim);
        let credential = parts.find_map(|part| part.strip_prefix("Credential="))?;
        let signed = rest.contains("SignedHeaders=") && rest.contains("Signature=");
        match *credential.split('/').collect::<Vec<_>>() {
            [access_key, _date, region, service, "aws4_request"] if signed => Some(Self {
                access_key: access_key.to_owned(),
                region: region.to_owned(),
                service: service.to_owned(),
            }),
            _ => None,
        }
    }

    /// Whether the key is one of the lab's, and signed for this service. Signatures are not
    /// verified.
    pub(crate) fn check(&self, protocol: Protocol, request: &Request) -> Result<(), AwsError> {
        if self.access_key.is_empty() {
            return Err(AwsError::unsigned(protocol));
        }
        if self.service != protocol.service() {
            return Err(AwsError::wrong_scope(protocol));
        }
        let temporary = self.access_key.starts_with("ASIALAB");
        let token = !request.header("x-amz-security-token").is_empty();
        if self.access_key.starts_with("AKIALAB") || temporary && token {
            return Ok(());
        }
        Err(AwsError::bad_token(protocol))
    }
}

/// Parses `application/x-www-form-urlencoded`.
pub(super) fn form(body: &str) -> Vec<(String, String)> {
    body.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = hex_digits(after).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (first, escaped) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The two hex digits of an escape.
fn hex_digits(after: &[u8]) -> Option<&str> {
    std::str::from_utf8(after.get(..2)?).ok()
}
