//! EC2's filters: which instances of a region match.

use super::cast::Member;
use super::refusal::Refusal;

/// Whether `member` has, for every filter, one of the values it names.
pub(crate) fn matches(member: &Member, filters: &[(String, Vec<String>)]) -> Result<bool, Refusal> {
    for (name, patterns) in filters {
        let values = values(member, name)?;
        let hit = |value: &String| patterns.iter().any(|pattern| is_like(value, pattern));
        if !values.iter().any(hit) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What a filter of this name is compared with.
fn values(member: &Member, filter: &str) -> Result<Vec<String>, Refusal> {
    let one = |value: &str| Some(value.to_owned());
    let value = match filter {
        "instance-id" => one(member.id),
        "instance-state-name" => one(member.state.spelled().1),
        "availability-zone" => one(member.zone),
        "vpc-id" => one(member.vpc),
        "ip-address" | "network-interface.association.public-ip" => member.public.and_then(one),
        "private-ip-address" | "network-interface.addresses.private-ip-address" => {
            member.private.and_then(one)
        }
        "ipv6-address" | "network-interface.ipv6-addresses.ipv6-address" => {
            member.ipv6.and_then(one)
        }
        "dns-name" => member.public_dns(),
        "private-dns-name" => member.private_dns(),
        "tag:Name" => one(member.name),
        tag if tag.starts_with("tag:") => None,
        unknown => {
            let message = format!("The filter '{unknown}' is invalid");
            return Err(Refusal::new(400, "InvalidParameterValue", message));
        }
    };
    Ok(value.into_iter().collect())
}

/// Matches with `*` for any characters, `?` for any one, and `\` before those meant themselves.
pub(crate) fn is_like(text: &str, pattern: &str) -> bool {
    fn like(text: &[u8], pattern: &[u8]) -> bool {
        match (pattern, text) {
            ([], _) => text.is_empty(),
            ([b'*', rest @ ..], _) => (0..=text.len()).any(|skipped| like(&text[skipped..], rest)),
            ([b'?', pattern @ ..], [_, text @ ..]) => like(text, pattern),
            ([b'\\', literal, pattern @ ..] | [literal, pattern @ ..], [first, text @ ..]) => {
                literal == first && like(text, pattern)
            }
            _ => false,
        }
    }
    like(text.as_bytes(), pattern.as_bytes())
}
