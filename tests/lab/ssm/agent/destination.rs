//! What an agent relays to: a port, or a shell on a terminal of its own.

use std::io;
use std::net::IpAddr;
use std::process::Stdio;
use std::time::Duration;

use rustix::fs::{Mode, OFlags, open};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::sleep;

use crate::lab::ports;

/// The shell's prompt.
pub(crate) const PROMPT: &str = "there$ ";

/// Prints the name of the terminal first, and turns on its echo, which `script` has turned off.
const LINE: &str = "stty echo; tty; exec bash --norc --noprofile -i";

pub(super) enum Destination {
    Port(TcpStream),
    Shell(Box<Shell>),
}

/// A shell under the `script` of util-linux, which provides the terminal.
pub(super) struct Shell {
    keys: ChildStdin,
    shown: ChildStdout,
    terminal: String,
    /// Killed on drop, which closes the terminal.
    _script: Child,
}

impl Destination {
    pub(super) async fn port(
        address: Option<IpAddr>,
        port: u16,
        slow: Duration,
    ) -> io::Result<Self> {
        sleep(slow).await;
        let address = address.ok_or(io::ErrorKind::NotFound)?;
        let stream = TcpStream::connect((address, ports::real(port))).await?;
        let _ = stream.set_nodelay(true);
        Ok(Self::Port(stream))
    }

    pub(super) async fn shell(slow: Duration) -> io::Result<Self> {
        sleep(slow).await;
        let mut script = Command::new("script")
            .args(["-qc", LINE, "/dev/null"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("SHELL", "/bin/sh")
            .env("TERM", "dumb")
            .env("PS1", PROMPT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (keys, shown) = (script.stdin.take(), script.stdout.take());
        let (keys, mut shown) = keys.zip(shown).expect("pipes");
        let mut terminal = Vec::new();
        while !terminal.ends_with(b"\r\n") {
            terminal.push(shown.read_u8().await?);
        }
        Ok(Self::Shell(Box::new(Shell {
            keys,
            shown,
            terminal: String::from_utf8_lossy(terminal.trim_ascii_end()).into_owned(),
            _script: script,
        })))
    }

    pub(super) async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Port(stream) => stream.read(buffer).await,
            Self::Shell(shell) => shell.shown.read(buffer).await,
        }
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Port(stream) => stream.write_all(bytes).await,
            Self::Shell(shell) => {
                shell.keys.write_all(bytes).await?;
                shell.keys.flush().await
            }
        }
    }

    /// Sets the size of the terminal.
    pub(super) fn resize(&self, size: &[u8]) -> Result<(), String> {
        let Self::Shell(shell) = self else {
            return Err("a size for a port".to_owned());
        };
        let size: Value = serde_json::from_slice(size).map_err(|error| error.to_string())?;
        let count = |name: &str| size[name].as_u64().and_then(|count| count.try_into().ok());
        let (ws_col, ws_row) = count("cols").zip(count("rows")).ok_or("no size")?;
        let size = Winsize {
            ws_row,
            ws_col,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let terminal = open(shell.terminal.as_str(), flags, Mode::empty());
        let resized = terminal.and_then(|terminal| tcsetwinsize(terminal, size));
        resized.map_err(|error| error.to_string())
    }
}
