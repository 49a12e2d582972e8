//! What the console shows.

use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::Facts;
use crate::plan::doctor::finding::Finding;

/// What a console says when the system does not come up, and what that means.
const TROUBLE: &[(&str, &str)] = &[
    ("Kernel panic", "the kernel has panicked"),
    ("You are in emergency mode", "it is in emergency mode"),
    ("Welcome to emergency mode", "it is in emergency mode"),
    ("Entering emergency mode", "it is in emergency mode"),
    (
        "UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY",
        "a file system needs fsck",
    ),
    (
        "Give root password for maintenance",
        "it waits for the root password",
    ),
];

pub(in crate::plan::doctor) fn console(facts: &Facts) -> Vec<Finding> {
    let check = "console";
    let Fact::Known(text) = &facts.instance.console else {
        return Finding::unknown(check, &facts.instance.console);
    };
    if text.is_empty() {
        return vec![
            Finding::skipped(check, "not checked: AWS has no text of it")
                .because("it has some a few minutes after a boot"),
        ];
    }
    // A later boot may have succeeded.
    let last = TROUBLE
        .iter()
        .filter_map(|(words, meaning)| Some((text.rfind(words)?, meaning)))
        .max();
    let after = |at: usize| text[at..].contains(" login:");
    match last.filter(|(at, _)| !after(*at)) {
        Some((_, meaning)) => vec![
            Finding::bad(check, format!("by its console, {meaning}"))
                .because("sshd does not run then")
                .mended_by("repair it at the serial console (`mssh --serial`), or from its volume"),
        ],
        None => vec![Finding::good(check, "shows no panic and no emergency mode")],
    }
}

#[cfg(test)]
mod tests {
    use super::super::only;
    use super::*;
    use crate::plan::doctor::finding::Verdict::{Bad, Good, Skipped};

    #[test]
    fn only_the_last_trouble_on_the_console_counts() {
        for (text, verdict) in [
            ("", Skipped),
            ("web login: ", Good),
            ("[ 1.0] Kernel panic - not syncing: VFS", Bad),
            ("Kernel panic\r\n[ 0.0] Linux\r\nip-10-0-0-1 login: ", Good),
            ("web login: \r\nYou are in emergency mode. After", Bad),
            (
                "/dev/xvda1: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.",
                Bad,
            ),
        ] {
            let mut facts = Facts::default();
            facts.instance.console = Fact::Known(text.into());
            assert_eq!(only(&console(&facts)).0, verdict, "{text:?}");
        }
    }
}
