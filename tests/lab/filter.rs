//! The filters of `DescribeInstances`.

use super::aws_error::AwsError;
use super::instances::{Instance, SecondaryAddress};

/// Whether the instance has one of the values of every filter.
pub(crate) fn matches(
    instance: &Instance,
    filters: &[(String, Vec<String>)],
) -> Result<bool, AwsError> {
    for (name, patterns) in filters {
        let values = values(instance, name)?;
        let hit = |value: &String| patterns.iter().any(|pattern| is_like(value, pattern));
        if !values.iter().any(hit) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The values of an instance that a filter of this name is compared with.
fn values(instance: &Instance, filter: &str) -> Result<Vec<String>, AwsError> {
    let one = |value: &str| Some(value.to_owned());
    let value = match filter {
        "instance-id" => one(instance.id),
        "instance-state-name" => one(instance.state.code_and_name().1),
        "availability-zone" => one(instance.zone),
        "vpc-id" => one(instance.vpc),
        // These filters see primary addresses only.
        "ip-address" => instance.public.and_then(one),
        "private-ip-address" => instance.private.and_then(one),
        "ipv6-address" => instance.ipv6.and_then(one),
        "dns-name" => instance.public_dns(),
        "private-dns-name" => instance.private_dns(),
        "tag-key" => {
            let tags = instance.tags().into_iter();
            return Ok(tags.map(|(key, _)| key.to_owned()).collect());
        }
        tag if tag.starts_with("tag:") => {
            let mut tags = instance.tags().into_iter();
            let tag = tags.find(|(key, _)| tag.strip_prefix("tag:") == Some(*key));
            tag.and_then(|(_, value)| one(value))
        }
        interface if interface.starts_with("network-interface.") => {
            return of_interfaces(instance, interface);
        }
        unknown => return Err(invalid(unknown)),
    };
    Ok(value.into_iter().collect())
}

fn invalid(filter: &str) -> AwsError {
    let message = format!("The filter '{filter}' is invalid");
    AwsError::new(400, "InvalidParameterValue", message)
}

/// The same for a filter on network interfaces: the values of all of them.
///
/// `association.public-ip` is the public address of an interface's primary address;
/// `addresses.association.public-ip` that of each of its addresses.
fn of_interfaces(instance: &Instance, filter: &str) -> Result<Vec<String>, AwsError> {
    let interfaces = instance.interfaces();
    let addresses = || interfaces.iter().flatten();
    let is_ipv6 = |it: &&SecondaryAddress| it.address.contains(':');
    let values: Vec<&str> = match filter {
        "network-interface.addresses.private-ip-address" => {
            let private = addresses().filter(|it| !is_ipv6(it));
            private.map(|it| it.address).collect()
        }
        "network-interface.addresses.association.public-ip" => {
            addresses().filter_map(|it| it.elastic).collect()
        }
        "network-interface.association.public-ip" => {
            let primary = interfaces.iter().filter_map(|it| it.first());
            primary.filter_map(|it| it.elastic).collect()
        }
        "network-interface.ipv6-addresses.ipv6-address" => {
            addresses().filter(is_ipv6).map(|it| it.address).collect()
        }
        unknown => return Err(invalid(unknown)),
    };
    Ok(values.into_iter().map(str::to_owned).collect())
}

/// Matches with `*` for any characters, `?` for any one, and `\` to escape either.
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
