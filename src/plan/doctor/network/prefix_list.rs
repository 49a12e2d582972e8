//! Managed prefix lists: named lists of CIDR blocks.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html>

use ipnet::IpNet;

use super::source::Source;

/// A managed prefix list that a rule or a route refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PrefixList {
    pub id: String,
    /// Its name, if we may know it.
    pub name: Option<String>,
    /// Its blocks, if we may know them.
    pub blocks: Option<Vec<IpNet>>,
}

/// Whose addresses the lists of EC2 Instance Connect hold: those of the console's browser terminal,
/// not of other clients.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-tutorial.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConsoleList {
    Ipv4,
    Ipv6,
}

impl PrefixList {
    /// Whether it is EC2 Instance Connect's: `com.amazonaws.REGION.ec2-instance-connect`, or the
    /// same with `ipv6.` before the last part.
    pub(crate) fn console(&self) -> Option<ConsoleList> {
        let name = self.name.as_deref()?.strip_prefix("com.amazonaws.")?;
        let (_region, list) = name.split_once('.')?;
        match list {
            "ec2-instance-connect" => Some(ConsoleList::Ipv4),
            "ipv6.ec2-instance-connect" => Some(ConsoleList::Ipv6),
            _ => None,
        }
    }

    /// Its ID and, where known, its name.
    pub(crate) fn label(&self) -> String {
        match &self.name {
            Some(name) => format!("{} ({name})", self.id),
            None => self.id.clone(),
        }
    }
}

/// The list with this ID.
pub(crate) fn find<'a>(lists: &'a [PrefixList], id: &str) -> Option<&'a PrefixList> {
    lists.iter().find(|list| list.id == id)
}

/// Whether the list with this ID holds the source; `None` if that is unknown.
pub(crate) fn holds(lists: &[PrefixList], id: &str, source: &Source) -> Option<bool> {
    let blocks = find(lists, id)?.blocks.as_ref()?;
    any(blocks.iter().map(|block| source.is_within(block)))
}

/// Whether any is true, where some may be unknown.
pub(super) fn any(values: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(false);
    for value in values {
        match value {
            Some(true) => return Some(true),
            Some(false) => {}
            None => result = None,
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(name: Option<&str>, blocks: Option<&[&str]>) -> PrefixList {
        PrefixList {
            id: "pl-1".to_owned(),
            name: name.map(str::to_owned),
            blocks: blocks.map(|it| it.iter().map(|it| it.parse().unwrap()).collect()),
        }
    }

    #[test]
    fn the_lists_of_ec2_instance_connect_are_known_by_name() {
        for (name, console) in [
            (
                Some("com.amazonaws.us-east-1.ec2-instance-connect"),
                Some(ConsoleList::Ipv4),
            ),
            (
                Some("com.amazonaws.eu-west-1.ipv6.ec2-instance-connect"),
                Some(ConsoleList::Ipv6),
            ),
            (Some("com.amazonaws.us-east-1.s3"), None),
            (Some("ec2-instance-connect"), None),
            (None, None),
        ] {
            assert_eq!(list(name, None).console(), console, "{name:?}");
        }
    }

    #[test]
    fn a_list_holds_what_any_of_its_blocks_holds() {
        let source = Source::internet("192.0.2.9".parse().ok(), false);
        let known = [list(None, Some(&["198.51.100.0/24", "192.0.2.0/28"]))];
        assert_eq!(holds(&known, "pl-1", &source), Some(true));
        assert_eq!(holds(&known, "pl-2", &source), None);
        assert_eq!(
            holds(&[list(None, Some(&[]))], "pl-1", &source),
            Some(false)
        );
        assert_eq!(holds(&[list(None, None)], "pl-1", &source), None);
        let unknown = Source::internet(None, false);
        assert_eq!(holds(&known, "pl-1", &unknown), None);
    }
}
