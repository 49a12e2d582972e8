//! OpenSSH's own option tables: which letters there are, and which take a value.

use crate::plan::program::Program;

/// The options of one OpenSSH client, as its own getopt(3) call lists them.
///
/// They are passed on unchanged. mssh needs the table only to distinguish an option's value from
/// the destination: in `-p 22 host`, `22` is not a host. Source: `main()` in OpenSSH's `ssh.c`,
/// `sftp.c` and `scp.c`, the union of releases 8.4 to 10; [`NEWER`] lists what is newer than 8.4.
/// The client itself refuses letters that it does not know. Command lines with an unknown letter
/// are passed to it unchanged, so that a newer release's option works if it connects to nothing,
/// like `-Z` of ssh 10.5.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    table: &'static str,
    /// The letters in it that this release does not have.
    lacks: [&'static str; 2],
}

/// A release of OpenSSH, like (9, 2).
pub(crate) type Release = (u32, u32);

/// The letters that are newer than 8.4, with the release that added them. ssh's `-P` existed before,
/// but took no value.
const NEWER: &[(Program, Release, &str)] = &[
    (Program::Ssh, (9, 4), "P"),
    (Program::Sftp, (9, 2), "X"),
    (Program::Scp, (8, 7), "DMORs"),
    (Program::Scp, (9, 2), "X"),
];

/// The first release whose scp copies between two hosts through this machine, which has the keys.
/// Older ones need `-3` for that.
pub(crate) const SCP_BY_HERE: Release = (8, 7);

/// The release from which on scp uses SFTP, unless `-O` is given (release notes of OpenSSH 9.0).
pub(crate) const SCP_BY_SFTP: Release = (9, 0);

/// The first release with KnownHostsCommand.
pub(crate) const KNOWN_HOSTS_COMMAND: Release = (8, 5);

// In ssh, `-P` was a switch without effect until 9.3, and takes a tag since 9.4.
const SSH_UNTIL_9_3: &str = "1246ab:c:e:fgi:kl:m:no:p:qstvxyAB:CD:E:F:GI:J:KL:MNO:PQ:R:S:TVw:W:XY";
const SSH: &str = "1246ab:c:e:fgi:kl:m:no:p:qstvxyAB:CD:E:F:GI:J:KL:MNO:P:Q:R:S:TVw:W:XY";
const SFTP: &str = "1246AafhNpqrvCc:D:i:l:o:s:S:b:B:F:J:P:R:X:";
const SCP: &str = "12346ABCTdfOpqRrstvD:F:J:M:P:S:c:i:l:o:X:";

/// What a letter is in a client's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterKind {
    /// An option without a value, like ssh's `-A`.
    Switch,
    /// An option with a value, attached or in the next word, like ssh's `-p`.
    Valued,
    /// Not an option of this client.
    Unknown,
}

impl Grammar {
    /// The table of `program`, in its current form.
    #[must_use]
    pub const fn of(program: Program) -> Self {
        let table = match program {
            Program::Ssh => SSH,
            Program::Sftp => SFTP,
            Program::Scp => SCP,
        };
        Self {
            table,
            lacks: [""; 2],
        }
    }

    /// The table of a release.
    #[must_use]
    pub fn of_release(program: Program, release: Release) -> Self {
        let missing = |it: &&(Program, Release, &str)| it.0 == program && release < it.1;
        let mut missing = NEWER.iter().filter(missing).map(|it| it.2);
        match (program, missing.next()) {
            (_, None) => Self::of(program),
            (Program::Ssh, Some(_)) => Self {
                table: SSH_UNTIL_9_3,
                lacks: [""; 2],
            },
            (_, Some(first)) => Self {
                lacks: [first, missing.next().unwrap_or_default()],
                ..Self::of(program)
            },
        }
    }

    /// Whether the meaning of this letter depends on the release.
    #[must_use]
    pub fn depends_on_release(program: Program, letter: u8) -> bool {
        let mut newer = NEWER.iter().filter(|it| it.0 == program);
        newer.any(|it| it.2.as_bytes().contains(&letter))
    }

    /// Looks a letter up.
    pub fn kind(self, letter: u8) -> LetterKind {
        let is_missing = self.lacks.iter().any(|it| it.as_bytes().contains(&letter));
        if is_missing || !letter.is_ascii_alphanumeric() {
            return LetterKind::Unknown;
        }
        match self.table.bytes().position(|known| known == letter) {
            None => LetterKind::Unknown,
            Some(at) if self.table.as_bytes().get(at + 1) == Some(&b':') => LetterKind::Valued,
            Some(_) => LetterKind::Switch,
        }
    }

    /// Every letter with its kind, in the order of the table.
    pub fn letters(self) -> impl Iterator<Item = (char, LetterKind)> {
        self.table
            .bytes()
            .filter(|&letter| letter != b':')
            .map(move |letter| (char::from(letter), self.kind(letter)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_makes_an_option_valued() {
        let ssh = Grammar::of(Program::Ssh);
        assert_eq!(ssh.kind(b'p'), LetterKind::Valued);
        assert_eq!(ssh.kind(b'A'), LetterKind::Switch);
        assert_eq!(ssh.kind(b'r'), LetterKind::Unknown);
        assert_eq!(ssh.kind(b':'), LetterKind::Unknown);
        assert_eq!(ssh.kind(b'-'), LetterKind::Unknown);
    }

    #[test]
    fn the_tag_option_depends_on_the_release() {
        let kind = |release| Grammar::of_release(Program::Ssh, release).kind(b'P');
        assert_eq!(Grammar::of(Program::Ssh).kind(b'P'), LetterKind::Valued);
        assert_eq!(
            (kind((9, 4)), kind((9, 3))),
            (LetterKind::Valued, LetterKind::Switch)
        );
        assert!(Grammar::depends_on_release(Program::Ssh, b'P'));
        assert!(!Grammar::depends_on_release(Program::Scp, b'P'));
    }

    #[test]
    fn an_older_client_lacks_letters() {
        let known = |program, release, letters: &str| {
            let grammar = Grammar::of_release(program, release);
            let known = |letter: &u8| grammar.kind(*letter) != LetterKind::Unknown;
            letters.bytes().filter(known).count()
        };
        assert_eq!(known(Program::Scp, (8, 6), "DMORsX"), 0);
        assert_eq!(known(Program::Scp, (9, 1), "DMORsX"), 5);
        assert_eq!(known(Program::Scp, (10, 0), "DMORsX"), 6);
        assert_eq!(known(Program::Sftp, (9, 1), "DRsX"), 3);
        assert_eq!(known(Program::Sftp, (9, 2), "DRsX"), 4);
        assert_eq!(known(Program::Scp, (8, 4), "3rpPl"), 5);
    }
}
