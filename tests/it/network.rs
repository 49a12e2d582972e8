//! TLS, proxies and endpoints, with a TLS server of the lab's own authority, and a real tinyproxy.

mod empty_endpoints;
mod endpoints;
mod file_reads;
mod proxies;
mod tls;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::lab::instances::WEB1;
use crate::lab::{Authority, Caller, Tinyproxy};
use crate::sandbox::{Outcome, finish, lab};

/// The fake AWS over TLS.
struct Secured {
    authority: Authority,
    /// The port with a certificate for `127.0.0.1` and `localhost`.
    port: u16,
    /// The port with a certificate for another name.
    misnamed: u16,
}

impl Secured {
    fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }
}

fn secured() -> &'static Secured {
    static SECURED: OnceLock<Secured> = OnceLock::new();
    SECURED.get_or_init(|| {
        let authority = Authority::make(lab().path().join("authority")).expect("openssl");
        let open = |names| lab().open_tls(&authority, names).expect("a TLS server");
        let port = open("IP:127.0.0.1,DNS:localhost");
        let misnamed = open("DNS:elsewhere.example");
        Secured {
            authority,
            port,
            misnamed,
        }
    })
}

/// Writes a file of this test.
fn file(caller: &Caller<'_>, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let directory = lab().path().join("network").join(caller.access_key());
    fs::create_dir_all(&directory).expect("a directory");
    let path = directory.join(name);
    fs::write(&path, text).expect("a file");
    path
}

/// A proxy of this test.
fn proxy(caller: &Caller<'_>, lines: &[&str]) -> Tinyproxy {
    let directory = lab().path().join("network").join(caller.access_key());
    Tinyproxy::start(&directory, lines).expect("tinyproxy")
}

/// One look-up (`mssh --dry-run`) of the fake AWS over TLS.
fn over_tls(caller: &Caller<'_>) -> Command {
    let mut command = caller.command("mssh");
    command
        .args(["--dry-run", WEB1])
        .env("AWS_ENDPOINT_URL", secured().url());
    command
}

impl Outcome {
    /// Asserts that the look-up succeeded without a message.
    #[track_caller]
    fn is_found(&self) -> &Self {
        assert_eq!((self.stderr.as_str(), self.code), ("", Some(0)));
        assert!(self.stdout.contains("127.0.0.11"), "{}", self.stdout);
        self
    }

    /// Asserts an error and a hint that contain these texts.
    #[track_caller]
    fn tells(&self, error: &str, hint: &str) -> &Self {
        let error = format!("mssh: error: {error}");
        let hint = format!("mssh: hint: {hint}");
        self.fails(255, &[error.as_str(), hint.as_str()])
    }
}

/// Runs a command with these variables.
#[track_caller]
fn with(mut command: Command, variables: &[(&str, &str)]) -> Outcome {
    finish(command.envs(variables.iter().copied()))
}
