//! The trial login.

use super::{image, session};
use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::{Facts, LoginEnd};
use crate::plan::doctor::finding::Finding;
use crate::plan::doctor::network::facts::PortAnswer;
use crate::plan::way::Way;

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
        Fact::NotAsked if facts.way == Way::Serial => {
            let what = "not tried: a serial console has one session, and runs no command";
            return vec![Finding::skipped(CHECK, what)];
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
        None if is_port_bad(facts) => no_connection(),
        None if matches!(facts.aws.identity, Fact::Failed(_)) => {
            Finding::bad(CHECK, "a trial login was ended, since AWS did not answer")
                .because("no call to AWS was answered in time")
                .mended_by("check your network, and HTTPS_PROXY")
        }
        None => Finding::bad(CHECK, "a trial login was ended, since it took too long")
            .because("ssh waits for something that does not answer"),
    }]
}

/// Whether the trial shows that ssh knows another host key.
pub(super) fn has_changed_key(facts: &Facts) -> bool {
    let end = facts.login.known();
    end.is_some_and(|it| it.stderr.contains("REMOTE HOST IDENTIFICATION HAS CHANGED"))
}

/// Whether sshd has refused the key.
pub(crate) fn is_key_refused(login: &Fact<LoginEnd>) -> bool {
    let end = login.known().filter(|it| it.status == Some(255));
    end.and_then(end_of) == Some(End::Refused)
}

fn end_of(end: &LoginEnd) -> Option<End> {
    let mut known = ENDS.iter();
    let known = known.find(|(marker, _)| end.stderr.contains(marker));
    known.map(|(_, end)| *end)
}

/// Whether the check of the port says why there is no connection.
fn is_port_bad(facts: &Facts) -> bool {
    let mut used = facts.network.addresses.iter().filter(|it| it.is_used);
    used.any(|it| !matches!(it.answer, PortAnswer::Ssh(_)))
}

fn no_connection() -> Finding {
    Finding::bad(CHECK, "ssh gets no connection: see port")
}

fn failed(end: &LoginEnd, facts: &Facts) -> Finding {
    match end_of(end) {
        Some(End::NotListening | End::NoAnswer | End::Closed) if is_port_bad(facts) => {
            no_connection()
        }
        Some(End::Refused) => key_refused(facts),
        Some(End::HostKey) => Finding::bad(CHECK, "ssh does not accept the host key")
            .because("it is not the one that ssh knows, or ssh may not ask about it"),
        Some(End::TooManyKeys) => Finding::bad(CHECK, "sshd was offered too many keys")
            .because("it ends the login before the pushed key's turn (MaxAuthTries)")
            .mended_by("set `IdentitiesOnly yes` for this host, or remove keys from your agent"),
        Some(End::NotListening) => Finding::bad(CHECK, "nothing listens on sshd's port")
            .because("sshd is not running, listens on another port, or a firewall rejects")
            .mended_by("start sshd there, or give its port with -p"),
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
    let guess = image::guess(facts);
    let why = guess
        .as_ref()
        .map(|it| it.reason.as_str())
        .unwrap_or_default();
    if let Some(finding) = other_user_is_right(facts, login, why) {
        return finding;
    }
    if let Some(guess) = guess.filter(|it| it.has_instance_connect == Some(false)) {
        let family = guess.family.name;
        return bad
            .because(format!("{family} comes without EC2 Instance Connect"))
            .mended_by(install(facts));
    }
    if facts.other_login.is_some() {
        return refused_for_all(facts, bad);
    }
    bad.because(format!(
        "there is no user {login}, or the package ec2-instance-connect is missing, or another \
         program has sshd's AuthorizedKeysCommand"
    ))
    .mended_by(format!(
        "name another user (ubuntu@, admin@, rocky@ …); else {}",
        install(facts)
    ))
}

/// Whether the key is refused because the login is wrong: the usual user of the image was tried, too.
fn other_user_is_right(facts: &Facts, login: &str, why: &str) -> Option<Finding> {
    let (other, end) = facts.other_login.as_ref()?;
    let fix = format!("log in as {other}: `-l {other}`");
    let problem = format!("sshd refuses the pushed key for {login}");
    if end.known().and_then(|it| it.status) == Some(0) {
        let problem = format!("{problem}, and takes it for {other}");
        return Some(Finding::bad(CHECK, problem).because(why).mended_by(fix));
    }
    let why = format!("{why}: the usual user is {other}");
    (!is_key_refused(end)).then(|| Finding::bad(CHECK, problem).because(why).mended_by(fix))
}

/// It is not the user.
fn refused_for_all(facts: &Facts, bad: Finding) -> Finding {
    let other = facts
        .other_login
        .as_ref()
        .map_or("", |(user, _)| user.as_str());
    bad.because(format!(
        "it refuses it for {other}, too: the package ec2-instance-connect is missing, or another \
         program has sshd's AuthorizedKeysCommand"
    ))
    .mended_by(install(facts))
}

/// How to get sshd to ask for pushed keys.
pub(super) fn install(facts: &Facts) -> String {
    let way = session::way_to_repair(facts);
    format!(
        "{way}, install ec2-instance-connect, and see that `sudo sshd -T` names \
         eic_run_authorized_keys as authorizedkeyscommand"
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
mod tests;
