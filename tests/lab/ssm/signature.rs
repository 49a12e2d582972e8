//! Verifies the AWS signature (version 4) of a websocket upgrade.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::lab::sts::SECRET;

const TOKEN: &str = "x-amz-security-token";

/// Checks the signature of `GET uri` by this access key in this region.
pub(super) fn check(
    uri: &str,
    header: impl Fn(&str) -> String,
    access_key: &str,
    region: &str,
) -> Result<(), String> {
    let authorization = header("authorization");
    let date = header("x-amz-date");
    let day = date.get(..8).unwrap_or_default();
    let scope = format!("{day}/{region}/ssmmessages/aws4_request");
    let part = |name: &str| {
        let rest = authorization.split_once(name)?.1;
        Some(rest.split(',').next().unwrap_or_default().trim().to_owned())
    };
    let credential = part("Credential=").ok_or("the upgrade is not signed")?;
    if credential != format!("{access_key}/{scope}") {
        return Err(format!("signed for {credential}, not for {scope}"));
    }
    let signed = part("SignedHeaders=").unwrap_or_default();
    // Session credentials need the session token.
    let token = access_key.starts_with("ASIA").then_some(TOKEN);
    if token.is_some() && !header(TOKEN).starts_with("labtoken") {
        return Err(format!("a wrong token: {}", header(TOKEN)));
    }
    for name in ["host", "x-amz-date"].into_iter().chain(token) {
        if !signed.split(';').any(|it| it == name) {
            return Err(format!("{name} is not signed: {signed}"));
        }
    }
    if signed.contains("sec-websocket") {
        return Err(format!("headers of the websocket are signed: {signed}"));
    }
    let headers = signed.split(';').fold(String::new(), |mut text, name| {
        let _ = writeln!(text, "{name}:{}", header(name).trim());
        text
    });
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let canonical = format!(
        "GET\n{path}\n{}\n{headers}\n{signed}\n{}",
        canonical_query(query),
        hex(&Sha256::digest(b""))
    );
    let hashed = hex(&Sha256::digest(canonical.as_bytes()));
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashed}");
    let key = [day, region, "ssmmessages", "aws4_request"]
        .iter()
        .fold(format!("AWS4{SECRET}").into_bytes(), |key, part| {
            hmac(&key, part.as_bytes()).to_vec()
        });
    let expected = hex(&hmac(&key, text.as_bytes()));
    match part("Signature=") {
        Some(signature) if signature == expected => Ok(()),
        _ => Err(format!("a wrong signature for {canonical:?}")),
    }
}

/// Names and values, decoded (a plus is a space), encoded and sorted.
fn canonical_query(query: &str) -> String {
    let encode = |text: &str| {
        let text = text.replace('+', " ");
        text.bytes().fold(String::new(), |mut encoded, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                let _ = write!(encoded, "%{byte:02X}");
            }
            encoded
        })
    };
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.sort();
    pairs.join("&")
}

/// HMAC (RFC 2104) with SHA-256.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = block.map(|byte| byte ^ 0x36);
    let outer = block.map(|byte| byte ^ 0x5c);
    let inner = Sha256::new().chain_update(inner).chain_update(text);
    let outer = Sha256::new().chain_update(outer);
    outer.chain_update(inner.finalize()).finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
