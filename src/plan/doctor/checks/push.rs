//! Whether EC2 Instance Connect takes a key.

use super::aws::refused;
use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::{Facts, Found};
use crate::plan::doctor::finding::Finding;
use crate::plan::target::instance::State;
use crate::plan::way::Way;

pub(in crate::plan::doctor) fn push(facts: &Facts) -> Vec<Finding> {
    let check = "push";
    let stopped = matches!(
        &facts.instance.found,
        Fact::Known(Ok(Found::One(it))) if it.state != State::Running
    );
    match &facts.instance.push {
        Fact::NotAsked if facts.is_dry_run => {
            vec![Finding::skipped(
                check,
                "not tried: --dry-run pushes nothing",
            )]
        }
        Fact::Known(Ok(())) => {
            let what = match facts.way {
                Way::Serial => "the serial console takes a key",
                _ => "EC2 Instance Connect takes a key for this user",
            };
            vec![Finding::good(check, what)]
        }
        // The state says it already.
        Fact::Known(Err(_)) if stopped => Vec::new(),
        Fact::Known(Err(failure)) => vec![refused(check, failure)],
        Fact::Denied(denial) => vec![
            Finding::bad(check, denial.message.clone())
                .because("without a pushed key, sshd knows none of yours")
                .mended_by(denial.fix.clone()),
        ],
        other => Finding::unknown(check, other),
    }
}

#[cfg(test)]
mod tests {
    use super::super::only;
    use super::*;
    use crate::plan::doctor::fact::{Denial, Failure};
    use crate::plan::doctor::finding::Verdict::{Bad, Good, Skipped};

    #[test]
    fn a_denied_push_is_bad_and_an_unanswered_one_is_skipped() {
        for (answer, verdict) in [
            (Fact::Known(Ok(())), Good),
            (Fact::Known(Err(Failure::new("not found"))), Bad),
            (
                Fact::Denied(Denial {
                    action: "a:B".into(),
                    message: "no".into(),
                    fix: "allow it".into(),
                }),
                Bad,
            ),
            (Fact::Failed(Failure::new("no answer")), Skipped),
        ] {
            let mut facts = Facts::default();
            facts.instance.push = answer;
            assert_eq!(only(&push(&facts)).0, verdict);
        }
        let facts = Facts {
            is_dry_run: true,
            ..Facts::default()
        };
        assert_eq!(only(&push(&facts)).0, Skipped);
        assert!(push(&Facts::default()).is_empty());
    }
}
