//! The programs: `mssh`, `msftp`, `mscp`, each in front of an OpenSSH client.

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
