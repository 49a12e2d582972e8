//! An instance as people paste it: its ARN, or the URL of its page in the AWS console.
//!
//! ```text
//! arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0
//! https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-…
//! https://eu-west-1.console.aws.amazon.com/systems-manager/session-manager/i-…?region=eu-west-1
//! ```

use super::Target;
use super::ids::{InstanceId, NodeId, Region};
use crate::plan::target::bad_name::BadName;

/// The console's host in each partition.
const CONSOLES: [&str; 3] = [
    "console.aws.amazon.com",
    "console.amazonaws.cn",
    "console.amazonaws-us-gov.com",
];

/// An ARN or URL that was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pasted<'a> {
    pub(crate) target: Target,
    pub(crate) region: Option<Region>,
    /// What follows the ID, with its colon: a path, or a port.
    pub(crate) rest: &'a str,
}

/// Reads `word` as an ARN or the URL of a page; `None` if it is neither.
///
/// # Errors
/// [`BadName::Host`] if it is not that of an instance or managed node; else what is wrong with the
/// ID or region in it.
pub(crate) fn read(word: &str) -> Option<Result<Pasted<'_>, BadName>> {
    arn(word).or_else(|| page(word))
}

/// Whether `word` is the ARN or page of an instance.
#[must_use]
pub(crate) fn is_instance(word: &str) -> bool {
    matches!(read(word), Some(Ok(pasted)) if matches!(pasted.target, Target::Id(_)))
}

/// Refuses ARNs and URLs in a value of `-J`: `ssh -G` reads that value before mssh does, and its
/// message about a slash would not help.
///
/// # Errors
/// [`BadName::PastedHop`].
pub(crate) fn refuse_in_jump(jump: &str) -> Result<(), BadName> {
    for hop in jump.split(',') {
        let host = hop.rsplit_once('@').map_or(hop, |(_, host)| host);
        if read(host).is_some() {
            return Err(BadName::PastedHop(host.to_owned()));
        }
    }
    Ok(())
}

fn arn(word: &str) -> Option<Result<Pasted<'_>, BadName>> {
    let mut parts = word.strip_prefix("arn:aws")?.splitn(5, ':');
    let _partition = parts.next()?;
    let (service, region, _account) = (parts.next()?, parts.next()?, parts.next()?);
    let resource = parts.next()?;
    let (resource, rest) = resource.split_at(resource.find(':').unwrap_or(resource.len()));
    let target = match (service, resource.split_once('/')) {
        ("ec2", Some(("instance", id))) => InstanceId::parse(id).map(Target::Id),
        ("ssm", Some(("managed-instance", id))) => NodeId::parse(id).map(Target::Node),
        _ => Err(BadName::Host(word.to_owned())),
    };
    let read = |target| {
        let region = Some(Region::parse(region)?);
        Ok(Pasted {
            target,
            region,
            rest,
        })
    };
    Some(target.and_then(read))
}

fn page(word: &str) -> Option<Result<Pasted<'_>, BadName>> {
    let address = word.strip_prefix("https://")?;
    let (host, path) = address.split_once('/')?;
    if !CONSOLES.iter().any(|console| host.ends_with(console)) {
        return None;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let words = || path.split(|c: char| !is_part(c));
    let mut regions = words().chain(host.split('.'));
    let region = regions.find_map(|it| Region::parse(it).ok());
    let mut targets: Vec<(Target, &str)> = words().filter_map(id).collect();
    targets.dedup_by(|a, b| a.0 == b.0);
    let [(target, id)] = targets.as_slice() else {
        return Some(Err(BadName::Host(word.to_owned())));
    };
    let after = path.rsplit_once(*id).map_or("", |(_, rest)| rest);
    Some(Ok(Pasted {
        target: target.clone(),
        region,
        rest: if after.starts_with(':') { after } else { "" },
    }))
}

fn id(word: &str) -> Option<(Target, &str)> {
    let instance = InstanceId::parse(word).map(Target::Id);
    let target = instance.or_else(|_| NodeId::parse(word).map(Target::Node));
    Some((target.ok()?, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "i-0123456789abcdef0";

    /// The ID, the region and the rest.
    fn of(word: &str) -> Option<Result<(String, String, &str), BadName>> {
        let parts = |pasted: Pasted<'static>| {
            let id = match pasted.target {
                Target::Id(id) => id.to_string(),
                Target::Node(id) => id.to_string(),
                other => panic!("{other:?}"),
            };
            let region = pasted.region.map(|it| it.as_str().to_owned());
            (id, region.unwrap_or_default(), pasted.rest)
        };
        read(word.to_owned().leak()).map(|it| it.map(parts))
    }

    #[test]
    fn an_arn_contains_id_and_region() {
        for (arn, region, rest) in [
            ("arn:aws:ec2:eu-west-1:123456789012", "eu-west-1", ""),
            ("arn:aws-cn:ec2:cn-north-1:123456789012", "cn-north-1", ""),
            (
                "arn:aws-us-gov:ec2:us-gov-west-1:123456789012",
                "us-gov-west-1",
                ":/tmp/x",
            ),
            ("arn:aws:ec2:us-east-1:123456789012", "us-east-1", ":5432"),
        ] {
            let word = format!("{arn}:instance/{ID}{rest}");
            assert_eq!(
                of(&word),
                Some(Ok((ID.into(), region.into(), rest))),
                "{word}"
            );
        }
        let node = "mi-0123456789abcdef0";
        let word = format!("arn:aws:ssm:us-east-1:123456789012:managed-instance/{node}");
        let expected = (node.to_owned(), "us-east-1".to_owned(), "");
        assert_eq!(of(&word), Some(Ok(expected)));
        let volume = "arn:aws:ec2:us-east-1:123456789012:volume/vol-0123456789abcdef0";
        assert_eq!(of(volume), Some(Err(BadName::Host(volume.into()))));
        let near = of("arn:aws:ec2:us-east-1:123456789012:instance/i-0abc");
        assert_eq!(near, Some(Err(BadName::InstanceId("i-0abc".into()))));
    }

    #[test]
    fn the_url_of_a_page_contains_id_and_region() {
        for (before, after, region, rest) in [
            (
                "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=",
                "",
                "eu-west-1",
                "",
            ),
            (
                "https://console.aws.amazon.com/ec2/v2/home?region=us-east-1#Instances:instanceId=",
                ";sort=desc:instanceId",
                "us-east-1",
                "",
            ),
            (
                "https://123456789012-ab12cd34.us-west-2.console.aws.amazon.com/ec2/home#ConnectToInstance:instanceId=",
                ":5432",
                "us-west-2",
                ":5432",
            ),
            (
                "https://us-gov-west-1.console.amazonaws-us-gov.com/systems-manager/session-manager/",
                "?region=us-gov-west-1",
                "us-gov-west-1",
                "",
            ),
        ] {
            let word = format!("{before}{ID}{after}");
            assert_eq!(
                of(&word),
                Some(Ok((ID.into(), region.into(), rest))),
                "{word}"
            );
        }
    }

    #[test]
    fn anything_else_is_neither() {
        for word in [
            ID,
            "host:/tmp/arn:aws:ec2",
            "https://example.com/i-0123456789abcdef0",
            "https:/x",
            "arn:x",
        ] {
            assert_eq!(of(word), None, "{word}");
        }
        let list = "https://us-east-1.console.aws.amazon.com/ec2/home?region=us-east-1#Instances:";
        assert_eq!(of(list), Some(Err(BadName::Host(list.into()))));
    }
}
