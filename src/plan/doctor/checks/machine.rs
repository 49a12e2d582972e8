//! This machine: releases, files, variables.

use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::Facts;
use crate::plan::doctor::finding::Finding;

/// The oldest OpenSSH that mssh is tested with.
const OLDEST: (u32, u32) = (7, 4);

pub(in crate::plan::doctor) fn versions(facts: &Facts) -> Vec<Finding> {
    let check = "versions";
    let mssh = facts.machine.version;
    let (major, minor) = match &facts.machine.openssh {
        Fact::Known(release) => *release,
        Fact::Failed(failure) => {
            let bad = Finding::bad(
                check,
                format!("mssh {mssh}, and no ssh: {}", failure.message),
            );
            return vec![bad.mended_by("install OpenSSH's client, and put it on PATH")];
        }
        other => return Finding::unknown(check, other),
    };
    let what = format!("mssh {mssh}, OpenSSH {major}.{minor}");
    vec![match (major, minor) {
        release if release < OLDEST => Finding::warning(check, what)
            .because("mssh is not tested with releases before 7.4")
            .mended_by("install a newer OpenSSH"),
        release if release < (8, 5) => Finding::good(check, what).because(
            "before 8.5, ssh cannot ask mssh about a host key while it connects \
             (KnownHostsCommand)",
        ),
        _ => Finding::good(check, what),
    }]
}

pub(in crate::plan::doctor) fn files(facts: &Facts) -> Vec<Finding> {
    let check = "config-files";
    let files = &facts.machine.files;
    let unreadable = files.iter().filter_map(|file| {
        let problem = file.problem.as_ref()?;
        let what = format!("cannot read {}: {problem}", file.path);
        Some(Finding::warning(check, what).because("its settings do not apply"))
    });
    let mut findings: Vec<Finding> = unreadable.collect();
    let read = files.iter().filter(|file| file.problem.is_none());
    let read: Vec<&str> = read.map(|file| file.path.as_str()).collect();
    let what = if read.is_empty() {
        "no configuration file of mssh, AWS or ssh exists".to_owned()
    } else {
        format!("read: {}", read.join(", "))
    };
    findings.push(Finding::good(check, what));
    let settings = facts.machine.settings.iter();
    findings.extend(settings.map(|it| Finding::good(check, it.clone())));
    findings
}

pub(in crate::plan::doctor) fn variables(facts: &Facts) -> Vec<Finding> {
    let set = &facts.machine.variables;
    if set.is_empty() {
        return Vec::new();
    }
    vec![Finding::good(
        "environment",
        format!("set: {}", set.join(", ")),
    )]
}

#[cfg(test)]
mod tests {
    use super::super::only;
    use super::*;
    use crate::plan::doctor::fact::Failure;
    use crate::plan::doctor::facts::ConfigFile;
    use crate::plan::doctor::finding::Verdict;

    #[test]
    fn old_releases_of_ssh_are_named() {
        for (release, verdict) in [
            ((9, 2), Verdict::Good),
            ((8, 0), Verdict::Good),
            ((7, 3), Verdict::Warning),
        ] {
            let mut facts = Facts::default();
            facts.machine.version = "2.0.0";
            facts.machine.openssh = Fact::Known(release);
            let found = versions(&facts);
            let what = format!("mssh 2.0.0, OpenSSH {}.{}", release.0, release.1);
            assert_eq!(only(&found), (verdict, what.as_str()));
        }
        let mut facts = Facts::default();
        facts.machine.openssh = Fact::Failed(Failure::new("not on PATH"));
        assert_eq!(only(&versions(&facts)).0, Verdict::Bad);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_a_warning() {
        let mut facts = Facts::default();
        assert_eq!(
            only(&files(&facts)),
            (
                Verdict::Good,
                "no configuration file of mssh, AWS or ssh exists"
            )
        );
        let file = |path: &str, problem: Option<&str>| ConfigFile {
            path: path.into(),
            problem: problem.map(str::to_owned),
        };
        facts.machine.files = vec![file("/a", None), file("/b", Some("Permission denied"))];
        let found = files(&facts);
        assert_eq!(found[0].what, "cannot read /b: Permission denied");
        assert_eq!(found[1].what, "read: /a");
        assert!(variables(&facts).is_empty());
    }
}
