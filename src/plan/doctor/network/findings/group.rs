//! Security groups, for a connection to one of the instance's addresses.

use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::finding::Finding;
use crate::plan::doctor::network::facts::{InstanceAddress, NetworkFacts};
use crate::plan::doctor::network::group::{self, Admission, GroupRule, NotAdmitted, Peer};
use crate::plan::doctor::network::prefix_list::PrefixList;
use crate::plan::doctor::network::source::Source;
use crate::plan::way::Way;

pub(super) const CHECK: &str = "security-group";

/// How many sources of rules a finding names.
const NAMED: usize = 4;

/// What the security groups do with this machine's connection.
pub(super) fn check(facts: &NetworkFacts, address: &InstanceAddress) -> Vec<Finding> {
    let Fact::Known(rules) = &facts.rules else {
        return Finding::unknown(CHECK, &facts.rules);
    };
    let Some(interface) = facts.interface_of(address.address) else {
        return Finding::unknown(CHECK, &facts.interfaces);
    };
    let source = facts.source_for(address);
    let judged = Judged {
        facts,
        groups: &interface.groups,
        source: &source,
    };
    match group::admit(rules, &interface.groups, &source, facts.port, &facts.lists) {
        Admission::By(rule) => vec![Finding::good(CHECK, judged.admitted(rule))],
        Admission::Refused(why) => vec![judged.refused(&why)],
        Admission::Unknown(rules) => judged.unknown(&rules, address),
    }
}

/// What a judgment was about.
pub(super) struct Judged<'a> {
    pub(super) facts: &'a NetworkFacts,
    pub(super) groups: &'a [String],
    pub(super) source: &'a Source,
}

impl Judged<'_> {
    fn admitted(&self, rule: &GroupRule) -> String {
        let peer = rule.peer.label(&self.facts.lists);
        let (group, port, source) = (&rule.group, self.facts.port, self.source);
        format!("{group} lets {source} into port {port} ({peer})")
    }

    fn refused(&self, why: &NotAdmitted) -> Finding {
        let (port, source) = (self.facts.port, self.source);
        let groups = self.groups.join(", ");
        let (what, because) = match why {
            NotAdmitted::NoRule => (
                format!("no rule of {groups} opens port {port}"),
                "what no rule of a security group allows is dropped".to_owned(),
            ),
            NotAdmitted::ConsoleOnly => (
                format!("port {port} is open to the console, but not to you ({source})"),
                format!(
                    "the prefix list of EC2 Instance Connect in {groups} holds the addresses of \
                     the console's browser terminal; ssh comes from your own"
                ),
            ),
            NotAdmitted::WrongConsoleList => (
                format!(
                    "port {port} is open to the console's IPv6 addresses only, not to {source}"
                ),
                format!(
                    "{groups} uses the IPv6 prefix list of EC2 Instance Connect, so that not \
                     even the console reaches this IPv4 address"
                ),
            ),
            NotAdmitted::Others(peers) => (
                format!("port {port} is open to others, but not to you ({source})"),
                format!("{groups} opens it to {}", labels(peers, &self.facts.lists)),
            ),
        };
        Finding::bad(CHECK, what)
            .because(because)
            .mended_by(self.opening())
    }

    /// The command that lets the source in.
    fn opening(&self) -> String {
        let group = self.groups.first().map_or("", String::as_str);
        self.facts
            .commands
            .open_to(group, self.facts.port, self.source)
    }

    fn unknown(&self, rules: &[&GroupRule], address: &InstanceAddress) -> Vec<Finding> {
        let missing = [
            (address.way == Way::Public)
                .then(|| Finding::unknown(CHECK, &self.facts.public_address)),
            Some(Finding::unknown(CHECK, &self.facts.are_lists_read)),
        ];
        let missing = missing.into_iter().flatten().find(|it| !it.is_empty());
        missing.unwrap_or_else(|| vec![self.perhaps(rules)])
    }

    fn perhaps(&self, rules: &[&GroupRule]) -> Finding {
        let peers: Vec<Peer> = rules.iter().map(|it| it.peer.clone()).collect();
        let (port, source) = (self.facts.port, self.source);
        let peers = labels(&peers, &self.facts.lists);
        Finding::warning(
            CHECK,
            format!("port {port} may be closed to you ({source})"),
        )
        .because(format!(
            "{} opens it to {peers}; whether you count cannot be told from here",
            self.groups.join(", ")
        ))
        .mended_by(self.opening())
    }
}

/// The sources of rules, shortened.
pub(super) fn labels(peers: &[Peer], lists: &[PrefixList]) -> String {
    let mut labels: Vec<String> = peers.iter().map(|it| it.label(lists)).collect();
    labels.dedup();
    let more = labels.len().saturating_sub(NAMED);
    labels.truncate(NAMED);
    match more {
        0 => labels.join(", "),
        more => format!("{} and {more} more", labels.join(", ")),
    }
}
