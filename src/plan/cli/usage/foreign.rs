//! Hints for options that are none of ours, such as those of other programs, first of all `aws ec2-instance-connect ssh` and
//! `aws ssm start-session`.

use crate::plan::cli::options::options;
use crate::plan::nearest::nearest;

/// Options without their dashes, and what to use instead.
const WORDS: &[(&[&str], &str)] = &[
    (
        &["os-user", "user", "username", "login-name"],
        "write USER@ before the target",
    ),
    (
        &[
            "private-key-file",
            "private-key",
            "identity-file",
            "identity",
            "key",
            "key-file",
        ],
        "use -i FILE",
    ),
    (
        &["ssh-port", "port"],
        "use -p PORT, or -P PORT with msftp and mscp",
    ),
    (&["local-port"], "use --listen PORT TARGET:PORT"),
    (&["local-forwarding"], "use -L PORT:HOST:PORT"),
    (
        &["connection-type"],
        "use --eice for an EC2 Instance Connect Endpoint, --via public or --via private for an \
         address",
    ),
    (
        &["eice-options", "eice-id"],
        "use --eice-endpoint ID, --max-tunnel-duration SECONDS",
    ),
    (
        &["instance-ip", "ip"],
        "use the address as the target; `--instance-id ID ADDRESS` also names its instance",
    ),
    (
        &["instance-ids", "target", "host"],
        "use the instance as the target",
    ),
    (&["public", "public-ip"], "use --via public"),
    (&["private-ip"], "use --via private"),
    (&["ipv6"], "use --via ipv6"),
    (&["ipv4"], "use -4"),
    (&["list-instances", "ls"], "use --list"),
    (&["verbose"], "use -v"),
    (&["quiet"], "use -q"),
    (&["config", "config-file"], "use -F FILE"),
    (
        &["jump", "jump-host", "proxy-jump", "bastion"],
        "use -J HOP",
    ),
    (&["recursive"], "use -r"),
    (
        &["command", "parameters"],
        "write the command after the target",
    ),
    (
        &["document-name"],
        "use --ssm for ssh through Session Manager, --shell for a shell without ssh",
    ),
];

/// What to write instead of an option that nobody has.
pub(super) fn of_unknown(word: &str) -> String {
    match (hint(word), similar(word)) {
        (Some(hint), _) => hint.into(),
        (None, Some(long)) => format!("did you mean --{long}?"),
        (None, None) => "`--help` lists our options; ssh's are single letters".into(),
    }
}

/// The long option that a mistyped one is nearest to.
fn similar(word: &str) -> Option<&'static str> {
    let typed = word.trim_start_matches('-');
    nearest(typed, options().map(|opt| opt.long))
}

/// What to use instead of the option `word` of another program.
fn hint(word: &str) -> Option<&'static str> {
    let name = word.trim_start_matches('-').replace('_', "-");
    let known = |(names, _): &&(&[&str], &str)| names.contains(&name.as_str());
    WORDS.iter().find(known).map(|(_, hint)| *hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::cli::options;

    #[test]
    fn no_option_of_ours_is_taken_for_another_programs() {
        for (names, _) in WORDS {
            for name in *names {
                assert!(options::find_long(name).is_err(), "--{name}");
            }
        }
    }
}
