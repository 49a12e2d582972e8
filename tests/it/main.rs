//! The integration tests: `mssh` with real programs around it, and a fake AWS.
//!
//! - `grammar`: mssh parses command lines as `ssh -G` of the installed OpenSSH does
//! - `reference`: the behavior of the original, kept or fixed, row by row
//! - `verify_host_key`: host keys that an instance prints on its console
//! - `targets`: every form of a target finds its instance, with the fewest calls
//! - `agent`: the agent of a run: whom it serves, what it waits for, and the user's own agent behind it
//! - `auto`: without `--via`, the best open route to a private instance is used
//! - `eice`: tunnels through EC2 Instance Connect Endpoints
//! - `key`: the life of the key, whatever happens
//! - `session`: stdin, terminal, signals and exit status are ssh's own
//! - `callers`: rsync, scp, sftp, git, Ansible and more, with `mssh` as their ssh
//! - `burst`: two hundred runs at once, throttled; and how long errors are retried
//! - `own_connection`: ssh takes a TCP connection from us as if it had made it
//! - `host_key`: host keys are kept by instance ID, where the user has no other arrangement
//! - `serial`: the serial console and its host key
//! - `hops`: through instances (`-J`), with a key for each
//! - `pick`: the picker, in a terminal
//! - `plain`: plain ssh, scp, sftp, rsync and git, with `mssh` as their ProxyCommand
//! - `list`: `--list` shows all instances, whatever they are called
//! - `each`: `--each` runs one command on several instances
//! - `listen`: a local port that is forwarded to an instance
//! - `sharing`: over a running master connection, nothing is pushed
//! - `credentials`: every source of credentials that the AWS CLI knows
//! - `example`: the lab as a program does what it says
//! - `doctor`: `--doctor` names what is wrong
//! - `errors`: each error has a line, a hint and an exit status
//! - `faults`: every call to AWS with every fault: one clear error, in time, and nothing left
//! - `ssm`: tunnels through Session Manager survive faults, and leave no session
//! - `network`: certificate authorities, proxies and endpoints
//! - `config`: the configuration file
//! - `completions`: what bash, zsh and fish offer at a TAB
//! - `texts`: help, completions, man pages, README and docs are current and correct
//! - `try_on_aws`: the script that tries mssh on the real AWS
//! - `releases`: differences between releases of OpenSSH
//! - `packages`: what `scripts/release` makes installs, and logs in
//! - `moto`: the same with moto, an independent fake of AWS, as with the lab
//! - `promises`: each promise of SECURITY.md names tests that exist
//! - `imports`: what may import what in `src/`
//! - `layout`: what the features share is in `sandbox` or `lab`

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "tests fail by a panic, and report what they skip"
)]

#[path = "../lab/mod.rs"]
mod lab;
mod sandbox;

mod agent;
mod auto;
mod burst;
mod callers;
mod completions;
mod config;
mod credentials;
mod doctor;
mod each;
mod eice;
mod errors;
mod example;
mod faults;
mod grammar;
mod hops;
mod host_key;
mod imports;
mod key;
mod layout;
mod list;
mod listen;
mod moto;
mod network;
mod os_user;
mod own_connection;
mod packages;
mod pick;
mod plain;
mod promises;
mod reference;
mod releases;
mod serial;
mod session;
mod sharing;
mod ssm;
mod start;
mod targets;
mod texts;
mod try_on_aws;
mod verify_host_key;
