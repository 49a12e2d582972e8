//! The checks. Each is a function of the facts.

pub(super) mod aws;
pub(super) mod console;
pub(super) mod host_key;
pub(super) mod image;
pub(super) mod instance;
pub(super) mod login;
pub(super) mod machine;
pub(super) mod network;
pub(super) mod push;
pub(super) mod session;
pub(super) mod ssh;

#[cfg(test)]
use super::finding::{Finding, Verdict};

/// The verdict and the text of a check's only finding.
#[cfg(test)]
pub(super) fn only(findings: &[Finding]) -> (Verdict, &str) {
    match findings {
        [finding] => (finding.verdict, &finding.what),
        other => panic!("{other:?}"),
    }
}
