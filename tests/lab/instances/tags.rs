//! The tags of the instances, and when they were launched.

use super::{Instance, ODD_NAME, TWIN_IN_EU_WEST_1, TWIN_STOPPED, TWIN1, TWIN2, WEB1, WEB2};

/// The tag of an Auto Scaling group.
const GROUP: &str = "aws:autoscaling:groupName";

impl Instance {
    /// Its tags: key and value.
    pub(crate) fn tags(&self) -> Vec<(&'static str, &'static str)> {
        let more: &[(&str, &str)] = match self.id {
            WEB1 => &[
                ("role", "web"),
                ("kubernetes.io/cluster/lab", "owned"),
                ("a:b", "c:d@e"),
            ],
            WEB2 => &[("role", "web"), (GROUP, "front")],
            TWIN1 => &[("role", "db"), ("empty", "")],
            TWIN2 | TWIN_STOPPED | TWIN_IN_EU_WEST_1 => &[("role", "db")],
            _ => &[],
        };
        [("Name", self.name)].iter().chain(more).copied().collect()
    }

    /// When it was launched, as AWS writes it.
    pub(crate) fn launched(&self) -> &'static str {
        match self.id {
            TWIN1 => "2026-02-01T00:00:00.000Z",
            TWIN2 => "2026-03-01T00:00:00.000Z",
            TWIN_STOPPED => "2026-04-01T00:00:00.000Z",
            _ => "2026-01-01T00:00:00.000Z",
        }
    }

    /// Whether its name can be a label of a DNS name.
    pub(crate) fn has_plain_name(&self) -> bool {
        self.id != ODD_NAME
    }
}
