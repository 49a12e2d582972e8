//! Options of other programs that people type here: those of `aws ec2-instance-connect ssh` and
//! `aws ssm start-session` first of all.

/// Names without their dashes, and how that is said here.
const WORDS: &[(&[&str], &str)] = &[
    (
        &["os-user", "user", "username", "login", "login-name"],
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
        "write -i FILE",
    ),
    (
        &["ssh-port", "port"],
        "write -p PORT, or -P PORT with msftp and mscp",
    ),
    (&["local-port"], "write --listen PORT TARGET:PORT"),
    (&["local-forwarding"], "write -L PORT:HOST:PORT"),
    (
        &["connection-type"],
        "write --eice to go by an EC2 Instance Connect Endpoint, --via public or --via private \
         to go to an address",
    ),
    (
        &["eice-options", "eice-id"],
        "write --eice-endpoint ID, --max-tunnel-duration SECONDS",
    ),
    (
        &["instance-ip", "ip"],
        "write the address as the target; `--instance-id ID ADDRESS` names its instance, too",
    ),
    (
        &["instance-ids", "target", "host"],
        "write the instance as the target",
    ),
    (&["public", "public-ip"], "write --via public"),
    (&["private-ip"], "write --via private"),
    (&["ipv6"], "write --via ipv6"),
    (&["ipv4"], "write -4"),
    (
        &["list", "list-instances", "ls"],
        "`aws ec2 describe-instances` lists instances",
    ),
    (&["verbose"], "write -v"),
    (&["quiet"], "write -q"),
    (&["config", "config-file"], "write -F FILE"),
    (
        &["jump", "jump-host", "proxy-jump", "bastion"],
        "write -J HOP",
    ),
    (&["recursive"], "write -r"),
    (
        &["command", "parameters"],
        "write the command after the target",
    ),
    (
        &["document-name"],
        "write --ssm to reach sshd by Session Manager, --shell for a shell of its own",
    ),
];

/// How the option `word` is said here, if it is one of another program.
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
