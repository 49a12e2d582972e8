//! Our own options in one table, which the scanner, `--help`, the completions and the man pages read.

mod table;

pub(crate) use self::table::{KEY, options};
use crate::plan::program::Program;
use crate::plan::target::candidate::Pick;
use crate::plan::way::Way;

/// Names one of our options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Region,
    AllRegions,
    Profile,
    Pick(Pick),
    Zone,
    InstanceId,
    Via,
    /// Short for `--via` and this.
    Way(Way),
    Shell,
    Endpoint,
    Duration,
    KeyType,
    Login,
    HostKeyAlias,
    VerifyHostKey,
    List,
    Tsv,
    NoCache,
    Picker,
    Each,
    Jobs,
    Output,
    Stdin,
    Listen,
    Proxy,
    AgentDir,
    /// Only older versions had it; their block for plain ssh has it, too.
    KeyDir,
    SshConfig,
    Names,
    Install,
    Uninstall,
    ShowConfig,
    InitConfig,
    /// Of the configuration file only: what `-i` is on the command line.
    Key,
    Start,
    NoStart,
    Wait,
    DryRun,
    Doctor,
    Json,
    Debug,
    Help,
    Version,
    Completions,
    Man,
}

/// A shell that there are completions for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Shell {
    pub(crate) const NAMES: [&str; 3] = ["bash", "zsh", "fish"];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let at = Self::NAMES.iter().position(|known| *known == name)?;
        [Self::Bash, Self::Zsh, Self::Fish].get(at).copied()
    }
}

/// What mssh does with its target. Where options ask for several, the first of these is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    List,
    Each,
    Listen,
    Shell,
    SshConfig,
    InitConfig,
    Proxy,
    /// A connection by `--via serial`.
    Serial,
    /// Any other connection.
    Connect,
}

impl Task {
    /// The option that asks for it, without `--`.
    pub(crate) fn option(self) -> &'static str {
        let selects = |opt: &&Opt| opt.selects == Some(self);
        let option = options().find(selects).map(|opt| opt.long);
        option.unwrap_or(Way::Serial.name())
    }
}

/// One of our options: its names and what it does.
#[derive(Debug, PartialEq, Eq)]
pub struct Opt {
    pub(crate) name: Name,
    /// Its long name, without `--`.
    pub(crate) long: &'static str,
    /// A second long name, kept from the original.
    pub(crate) alias: Option<&'static str>,
    /// The original's letter. New options get none: the letters belong to OpenSSH.
    pub(crate) letter: Option<u8>,
    /// The name of its value; `None` for a switch.
    pub(crate) value: Option<&'static str>,
    /// The values it may have, where they can be listed.
    pub(crate) choices: &'static [&'static str],
    pub(crate) selects: Option<Task>,
    /// The tasks that it goes with.
    pub(crate) tasks: &'static [Task],
    /// The only way that it goes with.
    pub(crate) only_via: Option<Way>,
    /// The programs that have it.
    pub(crate) programs: &'static [Program],
    /// Whether `--help` leaves it to the man page.
    pub(crate) rare: bool,
    /// Whether the original had it. Only these may be abbreviated, as they could be there.
    pub(crate) original: bool,
    /// One line for `--help`, the completions and the man page.
    pub(crate) help: &'static str,
}

/// The option `--word`. The original's options may be abbreviated, as Python's argparse allowed.
///
/// # Errors
/// The options that it could be: none, or several.
pub(crate) fn find_long(word: &str) -> Result<&'static Opt, Vec<&'static Opt>> {
    let exact = |opt: &&Opt| opt.long == word || opt.alias == Some(word);
    if let Some(opt) = options().find(exact) {
        return Ok(opt);
    }
    let begins = |opt: &&Opt| {
        opt.original
            && (opt.long.starts_with(word) || opt.alias.is_some_and(|name| name.starts_with(word)))
    };
    let candidates: Vec<&Opt> = options().filter(begins).collect();
    match candidates.as_slice() {
        [only] if !word.is_empty() => Ok(only),
        _ => Err(candidates),
    }
}

impl Opt {
    /// Whether `program` accepts it.
    pub fn is_of(&self, program: Program) -> bool {
        self.programs.contains(&program)
    }

    /// Whether help, man page and completions of `program` list it. msftp and mscp accept `--serial`
    /// only to explain that a serial console transfers no files.
    pub fn suits(&self, program: Program) -> bool {
        match self.name {
            Name::KeyDir => false,
            Name::Way(Way::Serial) => program == Program::Ssh,
            _ => self.is_of(program),
        }
    }

    /// The help of `program`.
    pub(crate) fn help_of(&self, program: Program) -> &'static str {
        match (self.name, program) {
            (Name::Each, Program::Scp) => "copy to or from each of TARGET,TARGET; see --jobs",
            _ => self.help,
        }
    }

    /// The programs that have it, with their verb.
    pub(crate) fn who_has(&self) -> String {
        let names: Vec<_> = self.programs.iter().map(|it| it.name()).collect();
        let verb = if names.len() == 1 { "has" } else { "have" };
        format!("{} {verb}", names.join(" and "))
    }

    /// The values that `program` accepts.
    pub fn choices_of(&self, program: Program) -> &'static [&'static str] {
        match self.name {
            Name::Via => Way::names(program),
            _ => self.choices,
        }
    }
}

/// The option with this letter.
pub(crate) fn find_letter(letter: u8) -> Option<&'static Opt> {
    options().find(|opt| opt.letter == Some(letter))
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
    fn msftp_and_mscp_do_not_list_the_serial_console() {
        let serial = find_long("serial").expect("an option");
        assert!(serial.suits(Program::Ssh) && serial.is_of(Program::Scp));
        assert!(!serial.suits(Program::Scp));
    }

    #[test]
    fn an_option_that_selects_a_mode_goes_with_no_other() {
        for opt in options() {
            if let Some(task) = opt.selects {
                assert_eq!(opt.tasks, [task], "--{}", opt.long);
            }
        }
        assert_eq!(Task::SshConfig.option(), "ssh-config");
        assert_eq!(Task::Serial.option(), "serial");
    }

    #[test]
    fn only_the_originals_options_and_help_have_letters() {
        for opt in options() {
            let has_letter = opt.original || opt.name == Name::Help;
            assert_eq!(opt.letter.is_some(), has_letter, "--{}", opt.long);
        }
    }
}
