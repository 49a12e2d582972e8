//! OpenSSH's own option tables: which letters there are, and which take a value.

/// Which OpenSSH client we stand in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// `mssh`, which becomes `ssh`.
    Ssh,
    /// `msftp`, which becomes `sftp`.
    Sftp,
    /// `mscp`, which becomes `scp`.
    Scp,
}

impl Program {
    /// All three, in the order in which the documentation lists them.
    pub const ALL: [Self; 3] = [Self::Ssh, Self::Sftp, Self::Scp];

    /// The program meant by the name we were started under, which may be the client's own, by a
    /// link; `mssh` for any other name.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|program| [program.name(), program.client()].contains(&name))
            .unwrap_or(Self::Ssh)
    }

    /// Our own name: `mssh`, `msftp` or `mscp`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ssh => "mssh",
            Self::Sftp => "msftp",
            Self::Scp => "mscp",
        }
    }

    /// The OpenSSH client that we become: `ssh`, `sftp` or `scp`.
    pub const fn client(self) -> &'static str {
        match self {
            Self::Ssh => "ssh",
            Self::Sftp => "sftp",
            Self::Scp => "scp",
        }
    }

    /// The scheme of this client's URI form, `ssh://` and so on, without `://`.
    pub const fn scheme(self) -> &'static str {
        self.client()
    }
}

/// The options of one OpenSSH client, as its own getopt(3) call lists them.
///
/// They are handed on untouched. We need the table only to tell an option's value from the
/// destination: in `-p 22 host`, `22` is no host. Source: `main()` in OpenSSH's `ssh.c`, `sftp.c`
/// and `scp.c`, the union of releases 8.4 to 10.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    table: &'static str,
}

/// `-P` was a switch without effect in ssh until 9.3 and takes a tag since 9.4, hence two tables.
const SSH_UNTIL_9_3: &str = "1246ab:c:e:fgi:kl:m:no:p:qstvxyAB:CD:E:F:GI:J:KL:MNO:PQ:R:S:TVw:W:XY";
const SSH: &str = "1246ab:c:e:fgi:kl:m:no:p:qstvxyAB:CD:E:F:GI:J:KL:MNO:P:Q:R:S:TVw:W:XY";
const SFTP: &str = "1246AafhNpqrvCc:D:i:l:o:s:S:b:B:F:J:P:R:X:";
const SCP: &str = "12346ABCTdfOpqRrstvD:F:J:M:P:S:c:i:l:o:X:";

/// What a letter is in a client's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
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
        Self { table }
    }

    /// The table of an ssh older than 9.4, where `-P` takes no value.
    #[must_use]
    pub const fn ssh_until_9_3() -> Self {
        Self {
            table: SSH_UNTIL_9_3,
        }
    }

    /// What `letter` is.
    pub fn kind(self, letter: u8) -> Kind {
        if !letter.is_ascii_alphanumeric() {
            return Kind::Unknown;
        }
        match self.table.bytes().position(|known| known == letter) {
            None => Kind::Unknown,
            Some(at) if self.table.as_bytes().get(at + 1) == Some(&b':') => Kind::Valued,
            Some(_) => Kind::Switch,
        }
    }

    /// Every option letter with its kind, in table order: for completions and the man page.
    pub fn letters(self) -> impl Iterator<Item = (char, Kind)> {
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
        assert_eq!(ssh.kind(b'p'), Kind::Valued);
        assert_eq!(ssh.kind(b'A'), Kind::Switch);
        assert_eq!(ssh.kind(b'r'), Kind::Unknown);
        assert_eq!(ssh.kind(b':'), Kind::Unknown);
        assert_eq!(ssh.kind(b'-'), Kind::Unknown);
    }

    #[test]
    fn the_tag_option_depends_on_the_release() {
        assert_eq!(Grammar::of(Program::Ssh).kind(b'P'), Kind::Valued);
        assert_eq!(Grammar::ssh_until_9_3().kind(b'P'), Kind::Switch);
    }
}
