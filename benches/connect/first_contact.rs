//! A first contact, checked against the console, beside a login to a known host.
//!
//! The user has a home of their own, where ssh finds its known_hosts: an option for the file would be
//! the user's policy, and nothing would be checked. All programs thus run with `nss_wrapper`.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::Command;

use crate::Plan;
use crate::connection::{self, Aws, Case};
use crate::lab::Lab;
use crate::lab::console_output::ConsoleOutput;
use crate::setup::{Setup, succeeds};

/// A login to a host whose key is known.
const KNOWN: &str = "mssh";
/// A login to a host that is not known.
const FIRST: &str = "mssh, first contact";

/// A home that knows the hosts in `known_hosts`.
struct Home(PathBuf);

impl Home {
    fn make(lab: &Lab, name: &str, known_hosts: &str) -> Self {
        let home = Self(lab.path().join(name));
        let mut builder = DirBuilder::new();
        let made = builder
            .recursive(true)
            .mode(0o700)
            .create(home.0.join(".ssh"));
        made.expect("a directory");
        fs::write(home.known_hosts(), known_hosts).expect("a file");
        let users = fs::read_to_string(lab.path().join("passwd")).expect("users");
        let of_lab = format!(":{}:", lab.home().display());
        let users = users.replacen(&of_lab, &format!(":{}:", home.0.display()), 1);
        fs::write(home.0.join("passwd"), users).expect("a file");
        home
    }

    fn known_hosts(&self) -> PathBuf {
        self.0.join(".ssh/known_hosts")
    }

    /// `true` on the instance.
    fn client(&self, setup: &Setup<'_>, name: &str) -> Command {
        let mut command = setup.caller.command(connection::program(name));
        command
            .env("HOME", &self.0)
            .env("NSS_WRAPPER_PASSWD", self.0.join("passwd"))
            .args(["-F", "none", "-p", &setup.port.to_string()]);
        if name == "ssh" {
            command.args(setup.key_options());
        }
        command.args(["-l", &setup.user, connection::host(name), "true"]);
        command
    }
}

/// The homes, by what their user knows.
struct Homes {
    /// Every host, by any name.
    all: Home,
    /// The instance, under its ID.
    id: Home,
    none: Home,
}

impl Homes {
    fn make(lab: &Lab, known_hosts: &str) -> Self {
        Self {
            all: Home::make(lab, "knows-all", known_hosts),
            id: Home::make(lab, "knows-id", ""),
            none: Home::make(lab, "knows-none", ""),
        }
    }

    /// A login as the row with this name has it.
    fn client(&self, setup: &Setup<'_>, name: &str) -> Command {
        let home = match name {
            "ssh" => &self.all,
            FIRST => {
                fs::write(self.none.known_hosts(), "").expect("a file");
                &self.none
            }
            _ => &self.id,
        };
        home.client(setup, if name == FIRST { KNOWN } else { name })
    }
}

/// Compares the programs with each latency of AWS.
pub(crate) fn compare(lab: &Lab, plan: &Plan) {
    let known_hosts = fs::read_to_string(lab.home().join(".ssh/known_hosts")).expect("keys");
    let key = known_hosts.lines().find_map(|it| it.strip_prefix("* "));
    let console = ConsoleOutput::of(format!(
        "-----BEGIN SSH HOST KEY KEYS-----\r\n{}\r\n-----END SSH HOST KEY KEYS-----\r\n",
        key.expect("a key of all hosts")
    ));
    let homes = Homes::make(lab, &known_hosts);
    let mut names: Vec<&str> = plan.programs().collect();
    names.insert(2, FIRST);
    let case = |aws: &Aws| {
        let setup = aws.setup(lab);
        setup.caller.console(console.clone());
        // The first contact of the row for a known host.
        succeeds(&mut homes.client(&setup, KNOWN));
        Case::new(&names, aws.title(), setup)
    };
    let mut cases: Vec<_> = plan.aws.iter().map(case).collect();
    connection::measure(&mut cases, plan.pairs, |setup, name| {
        homes.client(setup, name)
    });
    println!(
        "\na connection: `true` on an instance that is known under its ID, or not known at all"
    );
    connection::print(&cases, plan.pairs);
}
