//! Verifies the signature of a tunnel's URL.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use sha2::{Digest, Sha256};

use super::{Rejection, TunnelRequest};
use crate::lab::{clock, sts};

const SERVICE: &str = "ec2-instance-connect";

/// Whether the signature is valid and less than a minute old.
pub(super) fn check(query: &[(&str, &str)], request: &TunnelRequest) -> Result<(), Rejection> {
    let no = |message: &str| Err((403, "AccessDenied", message.to_owned()));
    let value = |name: &str| query.iter().find(|(known, _)| *known == name);
    let date = value("X-Amz-Date").map_or("", |(_, date)| *date);
    let compact = |moment| clock::iso(moment).replace(['-', ':'], "");
    let now = SystemTime::now();
    let mut recent = (0..60).map(|ago| now - Duration::from_secs(ago));
    let Some(made) = recent.find(|moment| compact(*moment) == date) else {
        return no("Signature expired");
    };
    let key = request.access_key.as_str();
    let session = key.starts_with("ASIALAB") && value("X-Amz-Security-Token").is_some();
    if !session && !key.starts_with("AKIALAB") {
        return no("The security token included in the request is invalid.");
    }
    match query.last() {
        Some(("X-Amz-Signature", given)) if *given == signature(query, request, made, date) => {
            Ok(())
        }
        _ => no("The request signature we calculated does not match the signature you provided"),
    }
}

fn signature(
    query: &[(&str, &str)],
    request: &TunnelRequest,
    made: SystemTime,
    date: &str,
) -> String {
    let TunnelRequest { host, region, .. } = request;
    let mut signed: Vec<String> = query
        .iter()
        .filter(|(name, _)| *name != "X-Amz-Signature")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    signed.sort();
    let canonical = format!(
        "GET\n/openTunnel\n{}\nhost:{host}\n\nhost\n{}",
        signed.join("&"),
        hex(&Sha256::digest(b""))
    );
    let text = format!(
        "AWS4-HMAC-SHA256\n{date}\n{}/{region}/{SERVICE}/aws4_request\n{}",
        &date[..8],
        hex(&Sha256::digest(canonical))
    );
    let key = generate_signing_key(sts::SECRET, made, region, SERVICE);
    calculate_signature(key, text.as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
