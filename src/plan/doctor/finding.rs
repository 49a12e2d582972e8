//! What a check finds.

use super::fact::Fact;

/// How a check ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    /// A login may work, but this may be why it does not, or soon will not.
    Warning,
    /// A login does not work because of this.
    Bad,
    /// IAM does not allow what the check asks, or it could not be made. It never counts as good.
    Skipped,
}

/// What a check finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The name of the check, in kebab case. It is part of the JSON format and does not change.
    pub check: &'static str,
    pub verdict: Verdict,
    /// The finding, in one line.
    pub what: String,
    /// Why it matters.
    pub why: Option<String>,
    /// What mends it: a command, a policy statement, a setting.
    pub fix: Option<String>,
}

impl Finding {
    /// All is well.
    pub(crate) fn good(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Verdict::Good, what)
    }

    /// Something that may be the reason.
    pub(crate) fn warning(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Verdict::Warning, what)
    }

    /// Something that keeps a login from working.
    pub(crate) fn bad(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Verdict::Bad, what)
    }

    /// A check that could not be made.
    pub(crate) fn skipped(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Verdict::Skipped, what)
    }

    /// What a check says about a fact that is not known; none if nothing asked for it.
    pub(crate) fn unknown<T>(check: &'static str, fact: &Fact<T>) -> Vec<Self> {
        match fact {
            Fact::Known(_) | Fact::NotAsked => Vec::new(),
            Fact::Denied(denial) => vec![
                Self::skipped(check, format!("not checked: it needs {}", denial.action))
                    .because(denial.message.clone())
                    .mended_by(denial.fix.clone()),
            ],
            Fact::Failed(failure) => vec![Self {
                fix: failure.hint.clone(),
                ..Self::skipped(check, format!("not checked: {}", failure.message))
            }],
        }
    }

    /// The same with why it matters.
    pub(crate) fn because(self, why: impl Into<String>) -> Self {
        Self {
            why: Some(why.into()),
            ..self
        }
    }

    /// The same with what mends it.
    pub(crate) fn mended_by(self, fix: impl Into<String>) -> Self {
        Self {
            fix: Some(fix.into()),
            ..self
        }
    }

    fn new(check: &'static str, verdict: Verdict, what: impl Into<String>) -> Self {
        Self {
            check,
            verdict,
            what: what.into(),
            why: None,
            fix: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fact::{Denial, Failure};
    use super::*;

    #[test]
    fn what_is_not_known_is_skipped_and_never_good() {
        let denied: Fact<()> = Fact::Denied(Denial {
            action: "ec2:DescribeImages".into(),
            message: "no identity policy allows it".into(),
            fix: "allow it".into(),
        });
        let [finding] = &Finding::unknown("image", &denied)[..] else {
            panic!("one finding");
        };
        assert_eq!(finding.verdict, Verdict::Skipped);
        assert_eq!(finding.what, "not checked: it needs ec2:DescribeImages");
        assert_eq!(finding.fix.as_deref(), Some("allow it"));
        let failed: Fact<()> = Fact::Failed(Failure::new("no answer"));
        let found = Finding::unknown("image", &failed);
        assert_eq!(found, [Finding::skipped("image", "not checked: no answer")]);
        assert_eq!(Finding::unknown("image", &Fact::<()>::NotAsked), []);
    }
}
