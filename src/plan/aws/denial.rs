//! Why IAM denies a call, according to AWS's message.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use std::fmt;

/// What AWS says about the policy that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DenialReason {
    /// Its kind, if we know that.
    pub policy: Option<PolicyKind>,
    /// Whether a `Deny` in it matches; else it has no `Allow` that does.
    pub explicit: bool,
    /// Its ARN, where AWS names it.
    pub arn: Option<String>,
}

/// A kind of policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PolicyKind {
    /// Of the user, group or role.
    Identity,
    Resource,
    /// The limit of what a user's or role's policies can allow.
    Boundary,
    /// Given when the session was started.
    Session,
    /// Of the organization, for its accounts.
    ServiceControl,
    /// Of the organization, for the resources of its accounts.
    ResourceControl,
    /// Of a VPC endpoint that the request came through.
    VpcEndpoint,
    /// Of a role: who may assume it.
    Trust,
}

/// Their names in AWS's messages.
const NAMES: [(&str, PolicyKind); 8] = [
    ("identity-based policy", PolicyKind::Identity),
    ("resource-based policy", PolicyKind::Resource),
    ("permissions boundary", PolicyKind::Boundary),
    ("session policy", PolicyKind::Session),
    ("service control policy", PolicyKind::ServiceControl),
    ("resource control policy", PolicyKind::ResourceControl),
    ("vpc endpoint policy", PolicyKind::VpcEndpoint),
    ("role trust policy", PolicyKind::Trust),
];

impl DenialReason {
    /// Reads the message of a denial; `None` if it gives no reason.
    #[must_use]
    pub(crate) fn parse(message: &str) -> Option<Self> {
        // Lower case keeps the positions.
        let lower = message.to_ascii_lowercase();
        let after = |marker: &str| lower.find(marker).map(|at| at + marker.len());
        let (explicit, at) = match after("with an explicit deny") {
            Some(at) => (true, at),
            None => (false, after("because no ")?),
        };
        let named = NAMES.iter().filter_map(|(name, policy)| {
            let found = at + lower[at..].find(name)?;
            Some((found, found + name.len(), *policy))
        });
        let named = named.min_by_key(|(begin, ..)| *begin);
        let arn = named.and_then(|(_, end, _)| arn(&message[end..]));
        let policy = named.map(|(.., policy)| policy);
        (explicit || policy.is_some()).then_some(Self {
            policy,
            explicit,
            arn,
        })
    }

    /// Whether this is the usual reason, which need not be said: no policy of the caller allows it.
    #[must_use]
    pub(crate) fn is_plain(&self) -> bool {
        !self.explicit && self.policy == Some(PolicyKind::Identity)
    }
}

/// The ARN after a policy's name and a colon.
fn arn(rest: &str) -> Option<String> {
    let word = rest.strip_prefix(": ")?.split_whitespace().next()?;
    let word = word.trim_end_matches(['.', ',']);
    word.starts_with("arn:").then(|| word.to_owned())
}

impl fmt::Display for DenialReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.policy {
            None => "policy",
            Some(PolicyKind::Identity) => "identity policy",
            Some(PolicyKind::Resource) => "policy of the resource",
            Some(PolicyKind::Boundary) => "permissions boundary",
            Some(PolicyKind::Session) => "session policy",
            Some(PolicyKind::ServiceControl) => "service control policy",
            Some(PolicyKind::ResourceControl) => "resource control policy",
            Some(PolicyKind::VpcEndpoint) => "VPC endpoint policy",
            Some(PolicyKind::Trust) => "trust policy of the role",
        };
        let arn = self.arn.as_ref();
        let arn = arn.map_or(String::new(), |arn| format!(" ({arn})"));
        match self.policy {
            Some(PolicyKind::Identity) if self.explicit => write!(f, "an {name}{arn} denies it"),
            _ if self.explicit => write!(f, "a {name}{arn} denies it"),
            _ => write!(f, "no {name} allows it{arn}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(message: &str) -> Option<String> {
        DenialReason::parse(message).map(|reason| reason.to_string())
    }

    #[test]
    fn every_reason_of_aws_has_a_message() {
        let denial = "User: arn:aws:iam::1:user/u is not authorized to perform: a:B on resource: r";
        for (reason, words) in [
            (
                "because no identity-based policy allows the a:B action",
                "no identity policy allows it",
            ),
            (
                "because no resource-based policy allows the a:B action",
                "no policy of the resource allows it",
            ),
            (
                "because no permissions boundary allows the a:B action",
                "no permissions boundary allows it",
            ),
            (
                "because no session policy allows the a:B action",
                "no session policy allows it",
            ),
            (
                "because no service control policy allows the a:B action",
                "no service control policy allows it",
            ),
            (
                "because no VPC endpoint policy allows the a:B action",
                "no VPC endpoint policy allows it",
            ),
            (
                "because no role trust policy allows the sts:AssumeRole action",
                "no trust policy of the role allows it",
            ),
            (
                "with an explicit deny in an identity-based policy",
                "an identity policy denies it",
            ),
            (
                "with an explicit deny in a resource-based policy",
                "a policy of the resource denies it",
            ),
            (
                "with an explicit deny in a permissions boundary",
                "a permissions boundary denies it",
            ),
            (
                "with an explicit deny in a session policy",
                "a session policy denies it",
            ),
            (
                "with an explicit deny in a service control policy",
                "a service control policy denies it",
            ),
            (
                "with an explicit deny in a resource control policy",
                "a resource control policy denies it",
            ),
            (
                "with an explicit deny in a VPC endpoint policy",
                "a VPC endpoint policy denies it",
            ),
            (
                "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-2.",
                "a service control policy (arn:aws:organizations::1:policy/o-1/p-2) denies it",
            ),
            ("with an explicit deny", "a policy denies it"),
            (
                "with an explicit deny in a policy of tomorrow",
                "a policy denies it",
            ),
        ] {
            assert_eq!(said(&format!("{denial} {reason}")).as_deref(), Some(words));
        }
    }

    #[test]
    fn a_message_without_a_reason_has_none() {
        for message in [
            "",
            "Access denied",
            "because no",
            "because no policy of tomorrow allows it",
            "ü",
        ] {
            assert_eq!(said(message), None, "{message}");
        }
    }

    #[test]
    fn the_policy_that_is_named_first_decides() {
        let message =
            "because no session policy allows the a:B action. See the service control policy.";
        let policy = DenialReason::parse(message).and_then(|reason| reason.policy);
        assert_eq!(policy, Some(PolicyKind::Session));
    }
}
