//! Our own options, as one table: it feeds the scanner, `--help`, the completions and the man
//! pages, in this order.

use super::grammar::Program;

/// Names one of our options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is documented by its row in OPTIONS")]
pub enum Name {
    Region,
    Profile,
    Zone,
    InstanceId,
    Via,
    Private,
    Eice,
    Ssm,
    Shell,
    Endpoint,
    Duration,
    Serial,
    Listen,
    Proxy,
    KeyDir,
    SshConfig,
    Install,
    Uninstall,
    DryRun,
    Debug,
    Help,
    Version,
    Completions,
    Man,
}

/// One of our options: how it is spelled and what it is for.
#[derive(Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a column of the table"
)]
pub struct Opt {
    /// Which one it is.
    pub name: Name,
    /// Its long spelling, without `--`.
    pub long: &'static str,
    /// A second long spelling, kept from the original.
    pub alias: Option<&'static str>,
    /// The original's letter. New options get none: the letters belong to OpenSSH.
    pub letter: Option<u8>,
    /// The name of its value; `None` for a switch.
    pub value: Option<&'static str>,
    /// The values it may have, where they can be listed.
    pub choices: &'static [&'static str],
    /// Whether only `mssh` has it, and not `msftp` and `mscp`.
    pub mssh_only: bool,
    /// Whether `--help` leaves it to the man page.
    pub rare: bool,
    /// Whether the original had it. Only these may be abbreviated, as they could be there.
    pub original: bool,
    /// Whether it is the name of a way, short for `--via` and that.
    pub names_way: bool,
    /// One sentence for `--help`, the completions and the man page.
    pub help: &'static str,
}

/// A row's defaults: a new switch.
const SWITCH: Opt = Opt {
    name: Name::Help,
    long: "",
    alias: None,
    letter: None,
    value: None,
    choices: &[],
    mssh_only: false,
    rare: false,
    original: false,
    names_way: false,
    help: "",
};

/// The ways in that `--via` knows.
pub const WAYS: &[&str] = &[
    "auto",
    "public",
    "private",
    "ipv6",
    "instance-id",
    "eice",
    "ssm",
    "serial",
];

/// The shells that `--completions` knows.
pub const SHELLS: &[&str] = &["bash", "zsh", "fish"];

/// The table.
pub const OPTIONS: &[Opt] = &[
    Opt {
        name: Name::Region,
        long: "region",
        letter: Some(b'r'),
        value: Some("REGION"),
        original: true,
        help: "AWS region (else environment, profile or host name)",
        ..SWITCH
    },
    Opt {
        name: Name::Profile,
        long: "profile",
        letter: Some(b'u'),
        value: Some("PROFILE"),
        original: true,
        help: "AWS profile; beats keys in the environment",
        ..SWITCH
    },
    Opt {
        name: Name::Zone,
        long: "zone",
        letter: Some(b'z'),
        value: Some("ZONE"),
        original: true,
        help: "availability zone; with -t it spares a look-up",
        ..SWITCH
    },
    Opt {
        name: Name::InstanceId,
        long: "instance-id",
        alias: Some("instance_id"),
        letter: Some(b't'),
        value: Some("ID"),
        original: true,
        help: "instance behind the host that is the target",
        ..SWITCH
    },
    Opt {
        name: Name::Via,
        long: "via",
        value: Some("WAY"),
        choices: WAYS,
        help: "the way in: auto, public, ipv6, instance-id or below",
        ..SWITCH
    },
    Opt {
        name: Name::Private,
        long: "private",
        help: "the same as --via private",
        names_way: true,
        ..SWITCH
    },
    Opt {
        name: Name::Eice,
        long: "eice",
        help: "the same as --via eice: EC2 Instance Connect Endpoint",
        names_way: true,
        ..SWITCH
    },
    Opt {
        name: Name::Ssm,
        long: "ssm",
        help: "the same as --via ssm: Session Manager",
        names_way: true,
        ..SWITCH
    },
    Opt {
        name: Name::Shell,
        long: "shell",
        mssh_only: true,
        help: "a shell by Session Manager: no sshd, no key, no port",
        ..SWITCH
    },
    Opt {
        name: Name::Endpoint,
        long: "eice-endpoint",
        value: Some("ID"),
        rare: true,
        help: "go by this endpoint: its ID or its DNS name",
        ..SWITCH
    },
    Opt {
        name: Name::Duration,
        long: "max-tunnel-duration",
        value: Some("S"),
        rare: true,
        help: "end the tunnel after S seconds: 1 to 3600",
        ..SWITCH
    },
    Opt {
        name: Name::Serial,
        long: "serial",
        help: "the serial console: the same as --via serial",
        names_way: true,
        ..SWITCH
    },
    Opt {
        name: Name::Listen,
        long: "listen",
        value: Some("PORT"),
        mssh_only: true,
        help: "lead PORT here (or ADDR:PORT) to TARGET:PORT there",
        ..SWITCH
    },
    Opt {
        name: Name::Proxy,
        long: "proxy",
        mssh_only: true,
        help: "be ssh's ProxyCommand: mssh --proxy %h %p %r",
        ..SWITCH
    },
    Opt {
        name: Name::KeyDir,
        long: "key-dir",
        value: Some("DIR"),
        mssh_only: true,
        rare: true,
        help: "with --proxy: push the key in DIR/HOST/key, where ssh looks for it",
        ..SWITCH
    },
    Opt {
        name: Name::SshConfig,
        long: "ssh-config",
        mssh_only: true,
        help: "print what plain ssh needs (--install: write it)",
        ..SWITCH
    },
    Opt {
        name: Name::Install,
        long: "install",
        mssh_only: true,
        rare: true,
        help: "with --ssh-config: write it to ~/.ssh/mssh.conf, and include that",
        ..SWITCH
    },
    Opt {
        name: Name::Uninstall,
        long: "uninstall",
        mssh_only: true,
        rare: true,
        help: "with --ssh-config: take out of ~/.ssh what --install has put there",
        ..SWITCH
    },
    Opt {
        name: Name::DryRun,
        long: "dry-run",
        help: "find the instance, print the command, push nothing",
        ..SWITCH
    },
    Opt {
        name: Name::Debug,
        long: "debug",
        letter: Some(b'd'),
        original: true,
        help: "tell what is decided and why, and time AWS's answers",
        ..SWITCH
    },
    Opt {
        name: Name::Completions,
        long: "completions",
        value: Some("SHELL"),
        choices: SHELLS,
        help: "print the completions for bash, zsh or fish",
        ..SWITCH
    },
    Opt {
        name: Name::Man,
        long: "man",
        help: "print the man page, in roff",
        ..SWITCH
    },
    Opt {
        name: Name::Help,
        long: "help",
        letter: Some(b'h'),
        help: "print this help",
        ..SWITCH
    },
    Opt {
        name: Name::Version,
        long: "version",
        help: "print our version (-V is ssh's)",
        ..SWITCH
    },
];

/// The option spelled `--word`, if there is just one: exactly, or as the beginning of one of the
/// original's options, which Python's argparse took as well.
///
/// # Errors
/// The options it might be: none, or several.
pub fn find_long(word: &str) -> Result<&'static Opt, Vec<&'static Opt>> {
    let exact = |opt: &&Opt| opt.long == word || opt.alias == Some(word);
    if let Some(opt) = OPTIONS.iter().find(exact) {
        return Ok(opt);
    }
    let begins = |opt: &&Opt| {
        opt.original
            && (opt.long.starts_with(word) || opt.alias.is_some_and(|name| name.starts_with(word)))
    };
    let candidates: Vec<&Opt> = OPTIONS.iter().filter(begins).collect();
    match candidates.as_slice() {
        [only] if !word.is_empty() => Ok(only),
        _ => Err(candidates),
    }
}

impl Opt {
    /// Whether `program` has it.
    pub fn is_of(&self, program: Program) -> bool {
        !self.mssh_only || program == Program::Ssh
    }
}

/// The option with this letter, in any of our programs.
pub fn find_letter(letter: u8) -> Option<&'static Opt> {
    OPTIONS.iter().find(|opt| opt.letter == Some(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_originals_options_may_be_abbreviated_and_ours_may_not() {
        assert_eq!(find_long("reg").map(|opt| opt.name), Ok(Name::Region));
        assert_eq!(find_long("z").map(|opt| opt.name), Ok(Name::Zone));
        assert_eq!(
            find_long("instance_").map(|opt| opt.name),
            Ok(Name::InstanceId)
        );
        assert_eq!(find_long("d").map(|opt| opt.name), Ok(Name::Debug));
        assert_eq!(find_long("dry-run").map(|opt| opt.name), Ok(Name::DryRun));
        assert!(find_long("dry").is_err());
        assert!(find_long("").is_err());
        assert!(find_long("nothing").is_err());
    }

    #[test]
    fn only_the_originals_options_and_help_have_letters() {
        for opt in OPTIONS {
            let lettered = opt.original || opt.name == Name::Help;
            assert_eq!(opt.letter.is_some(), lettered, "--{}", opt.long);
        }
    }
}
