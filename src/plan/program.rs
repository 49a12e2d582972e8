//! The programs: `mssh`, `msftp`, `mscp`, each in front of an OpenSSH client.

/// One of our programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// `mssh`, which runs `ssh`.
    Ssh,
    /// `msftp`, which runs `sftp`.
    Sftp,
    /// `mscp`, which runs `scp`.
    Scp,
}

impl Program {
    /// All three, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Ssh, Self::Sftp, Self::Scp];

    /// The program for the name that mssh was started under. A link may have the client's name; any
    /// other name means `mssh`.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|program| [program.name(), program.client()].contains(&name))
            .unwrap_or(Self::Ssh)
    }

    /// Its name: `mssh`, `msftp` or `mscp`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ssh => "mssh",
            Self::Sftp => "msftp",
            Self::Scp => "mscp",
        }
    }

    /// The OpenSSH client that it runs: `ssh`, `sftp` or `scp`.
    pub const fn client(self) -> &'static str {
        match self {
            Self::Ssh => "ssh",
            Self::Sftp => "sftp",
            Self::Scp => "scp",
        }
    }

    /// The scheme of the client's URIs, without `://`.
    pub const fn scheme(self) -> &'static str {
        self.client()
    }
}
