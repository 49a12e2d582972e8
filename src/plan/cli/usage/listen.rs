//! Mistakes in the words of `--listen`.

use std::fmt;

/// A mistake in the words of `--listen`.
#[derive(Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the text of each variant stands in Display")]
pub enum ListenMistake {
    Place(String),
    Port(String),
    Beside(String),
    By(&'static str),
    EndpointPort(u16),
}

impl fmt::Display for ListenMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(word) => write!(f, "`{word}` is no place to listen at"),
            Self::Port(word) => write!(f, "`{word}` is not a port of an instance"),
            Self::Beside(word) => write!(f, "`{word}` does not go with --listen"),
            Self::EndpointPort(port) => {
                write!(
                    f,
                    "no EC2 Instance Connect Endpoint connects to port {port}"
                )
            }
            Self::By(way) => write!(f, "--listen cannot go by --via {way}"),
        }
    }
}

impl ListenMistake {
    /// What to try instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Place(_) => "write PORT or ADDRESS:PORT, like 5000, [::1]:5000 or *:5000",
            Self::Port(_) => "write TARGET:PORT, from 1 to 65535; without a port it is 22",
            Self::Beside(_) => {
                "ssh has no part in it: whatever connects logs in by itself, and the port is that \
                 of TARGET:PORT"
            }
            Self::EndpointPort(_) => {
                "they connect to ports 22 and 3389 alone; --ssm leads to any, and ssh forwards \
                 others: `mssh --eice -N -L PORT:localhost:PORT TARGET`"
            }
            Self::By(_) => "there ssh would have to go itself: name another",
        }
    }
}
