//! The report: all findings, and the one thing to do first.

mod json;
mod screen;

pub(crate) use self::json::json;
pub(crate) use self::screen::{Style, screen};
use super::checks::host_key;
use super::facts::Facts;
use super::finding::{Finding, Verdict};
use super::{CHECKS, Check};

/// All findings about a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    /// The release of mssh.
    pub version: &'static str,
    /// What the user typed.
    pub target: String,
    /// Whether a login should work.
    pub works: bool,
    pub findings: Vec<Finding>,
}

impl Report {
    /// Makes all checks. `shown` prepares texts of others for the screen.
    pub(crate) fn of(facts: &Facts, shown: impl Fn(&str) -> String) -> Self {
        let findings = CHECKS.iter().flat_map(|check: &Check| check(facts));
        let findings: Vec<Finding> = findings
            .map(|it| Finding {
                what: shown(&it.what),
                why: it.why.as_deref().map(&shown),
                fix: it.fix.as_deref().map(&shown),
                ..it
            })
            .collect();
        let mut bad = findings.iter().filter(|it| it.verdict == Verdict::Bad);
        // The trial accepts any host key, and a login does not.
        let works = if facts.login_succeeds() {
            !bad.any(|it| it.check == host_key::CHECK)
        } else {
            bad.next().is_none()
        };
        Self {
            version: facts.machine.version,
            target: shown(&facts.instance.typed),
            works,
            findings,
        }
    }

    /// The finding to mend first: the first that keeps a login from working.
    pub(crate) fn first(&self) -> Option<&Finding> {
        if self.works {
            return None;
        }
        let mut bad = self.findings.iter().filter(|it| it.verdict == Verdict::Bad);
        let first = bad.next()?;
        Some(
            Some(first)
                .filter(|it| it.fix.is_some())
                .or_else(|| bad.find(|it| it.fix.is_some()))
                .unwrap_or(first),
        )
    }
}
