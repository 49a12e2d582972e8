//! The host key: whether it is known, and whether it is the one that the console shows.

use ssh_key::{Algorithm, Fingerprint};

use super::{login, session};
use crate::plan::console::{PublishedKeys, Verdict};
use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::Facts;
use crate::plan::doctor::finding::Finding;
use crate::plan::verify_host_key::VerifyHostKey;
use crate::plan::way::Way;

pub(in crate::plan::doctor) const CHECK: &str = "host-key";

pub(in crate::plan::doctor) fn host_key(facts: &Facts) -> Vec<Finding> {
    // AWS publishes those of the serial consoles.
    if facts.way == Way::Serial {
        return Vec::new();
    }
    if login::has_changed_key(facts) {
        return vec![changed(facts)];
    }
    let judged = judged(facts);
    if let Some(Verdict::Different(published)) = &judged {
        return vec![different(facts, published)];
    }
    let is_published = judged == Some(Verdict::Published);
    match &facts.ssh.is_known {
        Fact::Known(true) => vec![Finding::good(CHECK, "known_hosts has a key for the host")],
        Fact::Known(false) if is_published => vec![Finding::good(
            CHECK,
            "not in known_hosts yet, and the console shows the same key",
        )],
        Fact::Known(false) => vec![
            Finding::good(CHECK, "not in known_hosts yet")
                .because("the first login may ask about it, and BatchMode may refuse it"),
        ],
        other => Finding::unknown(CHECK, other),
    }
}

/// What the console says about the key that sshd has shown to the trial.
fn judged(facts: &Facts) -> Option<Verdict> {
    if facts.verify_host_key == VerifyHostKey::Off {
        return None;
    }
    let shown = facts.login.known()?.host_key.as_ref()?;
    let published = PublishedKeys::read(facts.instance.console.known()?.as_bytes());
    let algorithm = Algorithm::new(&shown.algorithm).ok()?;
    let fingerprint: Fingerprint = shown.fingerprint.parse().ok()?;
    Some(published.judge_fingerprint(&algorithm, fingerprint))
}

fn changed(facts: &Facts) -> Finding {
    let host = facts.instance.id.as_deref().unwrap_or("HOST");
    let why = match judged(facts) {
        Some(Verdict::Published) => {
            "the console shows the new key, too: the instance was rebuilt, or another machine had \
             its address before"
        }
        _ => {
            "the instance was rebuilt, another machine has its old address, or somebody is in \
             between"
        }
    };
    Finding::bad(CHECK, "the host key is not the one in known_hosts")
        .because(why)
        .mended_by(format!(
            "compare it with the console's (`aws ec2 get-console-output`); if it is right, remove \
             the old one: `ssh-keygen -R {host}`"
        ))
}

/// The console shows another key of this type, with this fingerprint.
fn different(facts: &Facts, published: &str) -> Finding {
    let shown = facts.login.known().and_then(|it| it.host_key.as_ref());
    let shown = shown.map_or("another key", |it| it.fingerprint.as_str());
    let what = format!("sshd shows {shown}, and the console {published}");
    let finding = match facts.ssh.is_known {
        Fact::Known(true) => Finding::warning(CHECK, what).because(
            "known_hosts has the key of sshd, so that ssh accepts it: has somebody replaced the \
             key since the console showed it?",
        ),
        _ => Finding::bad(CHECK, what).because(
            "mssh refuses it: another machine answers, or somebody has replaced the key since \
             the console showed it",
        ),
    };
    finding.mended_by(format!(
        "{} and compare it with `ssh-keygen -lf` of the files /etc/ssh/ssh_host_*_key.pub; if it \
         is right, add `--verify-host-key off` to the first login",
        session::way_to_repair(facts)
    ))
}

#[cfg(test)]
mod tests {
    use super::super::only;
    use super::*;
    use crate::plan::doctor::facts::{LoginEnd, ShownKey};
    use crate::plan::doctor::finding::Verdict::{Bad, Good, Warning};

    const SHOWN: &str = "SHA256:h343fMb5eDE86IA0D1Sw2j8jJrfAMRHuBefVNX5MIdU";
    const OTHER: &str = "SHA256:uNiVztksCsDhcc0u9e8BrQQXVUpKZIDTMczCvj3tD2s";

    fn facts(is_known: bool, console: &str, stderr: &str) -> Facts {
        let mut facts = Facts::default();
        facts.ssh.is_known = Fact::Known(is_known);
        facts.instance.console = Fact::Known(format!(
            "-----BEGIN SSH HOST KEY FINGERPRINTS-----\r\n256 {console} root@web (ED25519)\r\n\
             -----END SSH HOST KEY FINGERPRINTS-----\r\n"
        ));
        facts.login = Fact::Known(LoginEnd {
            status: Some(0),
            stderr: stderr.into(),
            host_key: Some(ShownKey {
                algorithm: "ssh-ed25519".into(),
                fingerprint: SHOWN.into(),
            }),
        });
        facts
    }

    #[test]
    fn the_key_is_compared_with_known_hosts_and_the_console() {
        let differs = format!("sshd shows {SHOWN}, and the console {OTHER}");
        for (is_known, console, verdict, what) in [
            (true, SHOWN, Good, "known_hosts has a key for the host"),
            (true, "", Good, "known_hosts has a key for the host"),
            (true, OTHER, Warning, &differs),
            (
                false,
                SHOWN,
                Good,
                "not in known_hosts yet, and the console shows the same key",
            ),
            (false, "", Good, "not in known_hosts yet"),
            (false, OTHER, Bad, &differs),
        ] {
            let found = host_key(&facts(is_known, console, ""));
            assert_eq!(only(&found), (verdict, what));
        }
        let mut off = facts(false, OTHER, "");
        off.verify_host_key = VerifyHostKey::Off;
        assert_eq!(only(&host_key(&off)).0, Good);
    }

    #[test]
    fn a_changed_key_is_bad() {
        let stderr = "WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!";
        for (console, why) in [(SHOWN, "the console shows the new key"), ("", "somebody")] {
            let found = host_key(&facts(true, console, stderr));
            assert_eq!(only(&found).0, Bad);
            assert!(found[0].why.as_ref().is_some_and(|it| it.contains(why)));
        }
    }
}
