//! What a serial console cannot do.

use std::fmt;

/// What was asked of a serial console, and cannot be done there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the text of each variant stands in Display")]
pub enum SerialConflict {
    Files,
    Command,
    Forwarding,
    User,
}

impl SerialConflict {
    /// What to try instead.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Files | Self::Forwarding => "take another way (`--via`), if the network works",
            Self::Command => "leave out the command, log in there, and type it",
            Self::User => "leave the user out; the instance asks there who logs in",
        }
    }
}

impl fmt::Display for SerialConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Files => "a serial console transfers no files",
            Self::Command => "a serial console runs no commands",
            Self::Forwarding => "a serial console forwards nothing",
            Self::User => "a serial console has no users",
        })
    }
}
