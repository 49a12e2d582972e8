//! The account: clock, credentials, region.

use crate::plan::aws::clock::Offset;
use crate::plan::doctor::fact::{Fact, Failure};
use crate::plan::doctor::facts::Facts;
use crate::plan::doctor::finding::Finding;

/// A session that ends within this many seconds is worth a warning.
const SOON: i64 = 15 * 60;

pub(in crate::plan::doctor) fn clock(facts: &Facts) -> Vec<Finding> {
    let check = "clock";
    let Fact::Known(ahead) = facts.aws.seconds_ahead else {
        return Finding::unknown(check, &facts.aws.seconds_ahead);
    };
    vec![match Offset::of(ahead, 0) {
        Some(off) => Finding::bad(check, format!("this machine's clock is {off}"))
            .because("AWS refuses requests that are more than five minutes off")
            .mended_by(
                "set the clock: `sudo timedatectl set-ntp true`, or `sudo sntp -sS \
                        time.apple.com` on macOS",
            ),
        None => Finding::good(check, format!("{} s from AWS's", ahead.abs())),
    }]
}

pub(in crate::plan::doctor) fn credentials(facts: &Facts) -> Vec<Finding> {
    let check = "credentials";
    let found = match &facts.aws.credentials {
        Fact::Known(Ok(found)) => found,
        Fact::Known(Err(failure)) => return vec![refused(check, failure)],
        other => return Finding::unknown(check, other),
    };
    let source = found.source.as_deref().unwrap_or("AWS's usual places");
    let what = format!("from {source}");
    let Some(left) = found.expires.map(|end| end - facts.aws.now) else {
        return vec![Finding::good(check, what)];
    };
    let minutes = left / 60;
    vec![match left {
        ..=0 => Finding::bad(check, format!("{what}, expired"))
            .because("AWS refuses a session that is over")
            .mended_by("get new ones, for example with `aws sso login`"),
        1..SOON => Finding::warning(check, format!("{what}, for {minutes} more minutes"))
            .because("a tunnel that is opened later needs new ones"),
        _ => Finding::good(check, format!("{what}, for {minutes} more minutes")),
    }]
}

pub(in crate::plan::doctor) fn identity(facts: &Facts) -> Vec<Finding> {
    let check = "identity";
    match &facts.aws.identity {
        Fact::Known(Ok(arn)) => vec![Finding::good(check, arn.clone())],
        Fact::Known(Err(failure)) => vec![refused(check, failure)],
        other => Finding::unknown(check, other),
    }
}

pub(in crate::plan::doctor) fn region(facts: &Facts) -> Vec<Finding> {
    let check = "region";
    match &facts.aws.region {
        Fact::Known(Ok(region)) => vec![Finding::good(check, region.chosen.clone())],
        Fact::Known(Err(failure)) => vec![refused(check, failure)],
        other => Finding::unknown(check, other),
    }
}

/// Something without which no call succeeds.
pub(super) fn refused(check: &'static str, failure: &Failure) -> Finding {
    Finding {
        fix: failure.hint.clone(),
        ..Finding::bad(check, failure.message.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::only;
    use super::*;
    use crate::plan::doctor::facts::CredentialFacts;
    use crate::plan::doctor::finding::Verdict;

    #[test]
    fn a_clock_that_aws_does_not_tolerate_is_bad() {
        for (ahead, verdict, what) in [
            (2, Verdict::Good, "2 s from AWS's"),
            (-200, Verdict::Good, "200 s from AWS's"),
            (
                -600,
                Verdict::Bad,
                "this machine's clock is 10 minutes behind AWS's",
            ),
        ] {
            let mut facts = Facts::default();
            facts.aws.seconds_ahead = Fact::Known(ahead);
            assert_eq!(only(&clock(&facts)), (verdict, what));
        }
    }

    #[test]
    fn a_session_is_good_until_it_ends() {
        for (expires, verdict, what) in [
            (None, Verdict::Good, "from the profile `dev`"),
            (Some(0), Verdict::Bad, "from the profile `dev`, expired"),
            (
                Some(601),
                Verdict::Warning,
                "from the profile `dev`, for 10 more minutes",
            ),
            (
                Some(3600),
                Verdict::Good,
                "from the profile `dev`, for 60 more minutes",
            ),
        ] {
            let mut facts = Facts::default();
            facts.aws.credentials = Fact::Known(Ok(CredentialFacts {
                source: Some("the profile `dev`".into()),
                expires,
            }));
            assert_eq!(only(&credentials(&facts)), (verdict, what));
        }
    }

    #[test]
    fn what_aws_refuses_is_bad_and_what_was_not_answered_is_skipped() {
        let mut facts = Facts::default();
        let failure = Failure::new("AWS does not accept the credentials");
        facts.aws.identity = Fact::Known(Err(failure.clone()));
        assert_eq!(only(&identity(&facts)).0, Verdict::Bad);
        facts.aws.identity = Fact::Failed(failure);
        assert_eq!(only(&identity(&facts)).0, Verdict::Skipped);
        assert!(region(&facts).is_empty());
    }
}
