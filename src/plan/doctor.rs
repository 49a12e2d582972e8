//! `--doctor`: judges the facts that were gathered about a login. Each check is a pure function.

#![expect(dead_code, reason = "wired up later")]

pub(crate) mod fact;
pub(crate) mod facts;
pub(crate) mod finding;
pub(crate) mod network;

use self::facts::Facts;
use self::finding::Finding;

/// A check: the findings that these facts give, in their order. None if the check does not apply.
pub(crate) type Check = fn(&Facts) -> Vec<Finding>;

/// All checks, in the order of the report: from this machine to the instance.
pub(crate) const CHECKS: &[Check] = &[];
