//! The trial login.

use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::{Facts, LoginEnd};
use crate::plan::doctor::finding::Finding;

const CHECK: &str = "login";

/// What ssh says where the login ends, in the order in which it could.
const ENDS: &[(&str, End)] = &[
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", End::HostKey),
    ("Host key verification failed", End::HostKey),
    ("Permission denied (", End::Refused),
    ("Too many authentication failures", End::TooManyKeys),
    ("Connection refused", End::NotListening),
    ("Connection timed out", End::NoAnswer),
    ("Operation timed out", End::NoAnswer),
    ("No route to host", End::NoAnswer),
    ("Network is unreachable", End::NoAnswer),
    ("kex_exchange_identification", End::Closed),
    ("banner exchange", End::Closed),
    ("Connection closed by", End::Closed),
    ("Connection reset by", End::Closed),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    HostKey,
    Refused,
    TooManyKeys,
    NotListening,
    NoAnswer,
    Closed,
}

pub(in crate::plan::doctor) fn login(facts: &Facts) -> Vec<Finding> {
    let end = match &facts.login {
        Fact::Known(end) => end,
        Fact::NotAsked if facts.is_dry_run => {
            return vec![Finding::skipped(CHECK, "not tried: --dry-run")];
        }
        Fact::NotAsked => {
            return vec![Finding::skipped(
                CHECK,
                "not tried, since it could not succeed",
            )];
        }
        other => return Finding::unknown(CHECK, other),
    };
    vec![match end.status {
        Some(0) => Finding::good(CHECK, "a trial login succeeds"),
        Some(255) => failed(end, facts),
        Some(status) => Finding::good(CHECK, format!("a trial login succeeds (status {status})"))
            .because("the user's shell does not run `true`: it may allow certain commands only"),
        None => Finding::bad(CHECK, "a trial login was ended, since it took too long")
            .because("ssh waits for something that does not answer"),
    }]
}

/// Whether the trial shows that ssh knows another host key.
pub(super) fn has_changed_key(facts: &Facts) -> bool {
    let end = facts.login.known();
    end.is_some_and(|it| it.stderr.contains("REMOTE HOST IDENTIFICATION HAS CHANGED"))
}

/// Whether a trial login succeeded.
pub(in crate::plan::doctor) fn succeeds(facts: &Facts) -> bool {
    let status = facts.login.known().and_then(|end| end.status);
    status.is_some_and(|status| status != 255)
}

fn failed(end: &LoginEnd, facts: &Facts) -> Finding {
    let says = |marker: &str| end.stderr.contains(marker);
    let known = ENDS.iter().find(|(marker, _)| says(marker));
    match known.map(|(_, end)| *end) {
        Some(End::Refused) => key_refused(facts),
        Some(End::HostKey) => Finding::bad(CHECK, "ssh does not accept the host key")
            .because("it is not the one that ssh knows, or ssh may not ask about it"),
        Some(End::TooManyKeys) => Finding::bad(CHECK, "sshd was offered too many keys")
            .because("it ends the login before the pushed key's turn (MaxAuthTries)")
            .mended_by("set `IdentitiesOnly yes` for this host, or remove keys from your agent"),
        Some(End::NotListening) => Finding::bad(CHECK, "nothing listens on sshd's port")
            .because("sshd is not running, listens on another port, or a firewall rejects")
            .mended_by("look at sshd with `mssh --shell` or `mssh --serial`; or name its port: -p"),
        Some(End::NoAnswer) => Finding::bad(CHECK, "no answer from sshd's port")
            .because("the network drops the packets: security group, network ACL, route, VPN")
            .mended_by("open the port to your address, or try `--eice` or `--ssm`"),
        Some(End::Closed) => Finding::bad(CHECK, "sshd closes the connection").because(
            "it refuses your address or has too many logins (MaxStartups), or the port \
                      is another program's",
        ),
        None => by_mssh(&end.stderr),
    }
}

/// sshd has not accepted the pushed key. From here all reasons look alike; the facts rank them.
fn key_refused(facts: &Facts) -> Finding {
    let login = match &facts.ssh.settings {
        Fact::Known(Ok(settings)) => settings.login.as_str(),
        _ => "the user",
    };
    let bad = Finding::bad(CHECK, format!("sshd refuses the pushed key for {login}"));
    let details = facts.instance.details.known();
    if details.is_some_and(|it| it.is_metadata_off) {
        return bad.because("the instance cannot read pushed keys: its metadata service is off");
    }
    if let Some(guess) = super::image::guess(facts) {
        let family = guess.family.name;
        match guess.family.user {
            Some(usual) if usual != login => {
                return bad
                    .because(format!(
                        "{}: on {family} it is usually {usual}",
                        guess.reason
                    ))
                    .mended_by(format!("log in as {usual}: `-l {usual}`"));
            }
            _ if guess.has_instance_connect == Some(false) => {
                return bad
                    .because(format!("{family} comes without EC2 Instance Connect"))
                    .mended_by("install ec2-instance-connect, for example by `mssh --shell`");
            }
            _ => {}
        }
    }
    bad.because(format!(
        "there is no user {login}, or the image lacks the package ec2-instance-connect, or \
         another program has sshd's AuthorizedKeysCommand"
    ))
    .mended_by(
        "name another user (ubuntu@, admin@, rocky@ …); else, by `mssh --shell`: install \
         ec2-instance-connect, and see that `sshd -T | grep -i authorizedkeyscommand` names \
         eic_run_authorized_keys",
    )
}

/// An error of mssh's own, or one that is not known here: in its own words.
fn by_mssh(stderr: &str) -> Finding {
    let ours = |kind: &str| {
        let mut lines = stderr.lines();
        lines.find_map(|line| line.split_once(kind).map(|(_, text)| text.to_owned()))
    };
    let last = || {
        let mut lines = stderr.lines().rev();
        lines
            .find(|line| !line.trim().is_empty())
            .map(str::to_owned)
    };
    let what = ours(": error: ").or_else(last);
    Finding {
        fix: ours(": hint: "),
        ..Finding::bad(
            CHECK,
            what.unwrap_or_else(|| "ssh failed without a message".to_owned()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::only;
    use super::*;
    use crate::plan::doctor::finding::Verdict::{Bad, Good, Skipped};

    #[test]
    fn the_end_of_a_login_tells_what_refused_it() {
        for (status, stderr, verdict, what) in [
            (Some(0), "", Good, "a trial login succeeds"),
            (Some(1), "", Good, "a trial login succeeds (status 1)"),
            (
                Some(255),
                "me@10.0.0.1: Permission denied (publickey).",
                Bad,
                "sshd refuses the pushed key for the user",
            ),
            (
                Some(255),
                "ssh: connect to host 10.0.0.1 port 22: Connection refused",
                Bad,
                "nothing listens on sshd's port",
            ),
            (
                Some(255),
                "ssh: connect to host 10.0.0.1 port 22: Connection timed out",
                Bad,
                "no answer from sshd's port",
            ),
            (
                Some(255),
                "kex_exchange_identification: read: Connection reset by peer",
                Bad,
                "sshd closes the connection",
            ),
            (
                Some(255),
                "Received disconnect: Too many authentication failures",
                Bad,
                "sshd was offered too many keys",
            ),
            (
                Some(255),
                "Host key verification failed.",
                Bad,
                "ssh does not accept the host key",
            ),
            (
                Some(255),
                "mssh: error: no way\nmssh: hint: take another",
                Bad,
                "no way",
            ),
            (Some(255), "", Bad, "ssh failed without a message"),
            (
                None,
                "",
                Bad,
                "a trial login was ended, since it took too long",
            ),
        ] {
            let stderr = stderr.to_owned();
            let facts = Facts {
                login: Fact::Known(LoginEnd { status, stderr }),
                ..Facts::default()
            };
            assert_eq!(only(&login(&facts)), (verdict, what));
            assert_eq!(succeeds(&facts), verdict == Good);
        }
        assert_eq!(only(&login(&Facts::default())).0, Skipped);
        assert!(!succeeds(&Facts::default()));
    }
}
