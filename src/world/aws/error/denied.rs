//! A call that IAM does not allow.

use std::fmt;

use thiserror::Error;

use crate::hint::Hint;
use crate::plan::aws::denial::{DenialReason, PolicyKind};

/// A call that IAM does not allow.
#[derive(Debug, Error)]
pub(crate) struct Denied {
    /// As a policy names it.
    pub action: &'static str,
    /// As a policy names it.
    pub resource: String,
    /// The `ec2:osuser` that a policy's condition may have to allow.
    pub os_user: Option<String>,
    /// Who was denied, if AWS says so.
    pub who: Option<String>,
    /// Which policy decided, if AWS says so.
    pub reason: Option<DenialReason>,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (who, verb) = match &self.who {
            Some(who) => (who.as_str(), "is"),
            None => ("you", "are"),
        };
        let (action, resource) = (self.action, &self.resource);
        write!(f, "{who} {verb} not allowed {action} on {resource}")?;
        match self.reason.as_ref().filter(|reason| !reason.is_plain()) {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}

impl Hint for Denied {
    fn hint(&self) -> Option<String> {
        let condition = self.os_user.as_ref().map_or(String::new(), |user| {
            format!(", with ec2:osuser `{user}` if the policy has that condition")
        });
        let what = format!("{} on {}{condition}", self.action, self.resource);
        Some(hint(self.reason.as_ref(), &what))
    }
}

/// What to try where IAM does not allow `what`, for this reason.
pub(crate) fn hint(reason: Option<&DenialReason>, what: &str) -> String {
    let explicit = reason.is_some_and(|reason| reason.explicit);
    match reason.and_then(|reason| reason.policy) {
        Some(PolicyKind::ServiceControl | PolicyKind::ResourceControl) => {
            "that policy is your AWS organization's, not your role's: ask who administers the \
             organization"
                .to_owned()
        }
        Some(PolicyKind::Session) => {
            "that policy came with the session (assume-role --policy, a federation or a broker): \
             no role's policy adds to it, so start a session with a wider one or none"
                .to_owned()
        }
        Some(PolicyKind::VpcEndpoint) => {
            "the calls go through a VPC endpoint of this network: its policy must change, or take \
             another way out"
                .to_owned()
        }
        Some(PolicyKind::Trust) => format!("the role's trust policy must let you in: {what}"),
        Some(PolicyKind::Boundary) if !explicit => {
            format!("the permissions boundary must allow it as well as a policy: {what}")
        }
        Some(PolicyKind::Resource) if !explicit => {
            format!("the resource's own policy must allow it, as in another account: {what}")
        }
        _ if explicit => {
            format!(
                "no Allow outweighs a Deny: its statement or its conditions must change for {what}"
            )
        }
        _ => format!("a policy must allow {what}"),
    }
}
