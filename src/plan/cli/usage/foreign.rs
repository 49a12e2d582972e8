//! Hints for options of other programs, first of all `aws ec2-instance-connect ssh` and
//! `aws ssm start-session`.

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

/// What to use instead of the option `word` of another program.
pub(super) fn hint(word: &str) -> Option<&'static str> {
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
