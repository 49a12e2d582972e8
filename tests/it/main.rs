//! The one integration-test binary: `mssh` against real neighbours and a fake AWS.
//!
//! - `grammar`: our reading of any words agrees with `ssh -G` of the installed OpenSSH
//! - `reference`: what the original did, kept or put right, row by row
//! - `targets`: every form of a target leads to its instance, by the fewest calls
//! - `auto`: of the ways to a private instance the best that is open is taken, in a second
//! - `eice`: tunnels through EC2 Instance Connect Endpoints
//! - `key`: the key's life, whatever dies
//! - `session`: stdin, terminal, signals and exit status are ssh's own
//! - `callers`: rsync, scp, sftp, git, Ansible and more, with `mssh` as their ssh
//! - `burst`: two hundred runs at once, throttled; and how long any trouble is waited for
//! - `serial`: the serial console, whose host key is checked
//! - `hops`: through instances that get their keys when their turn comes
//! - `plain`: ssh, scp, sftp, rsync and git themselves, with us as their ProxyCommand
//! - `listen`: a port here that leads to an instance, for whoever connects
//! - `sharing`: over a master connection that runs, nothing is pushed
//! - `credentials`: whose key signs, from every source that the AWS CLI knows
//! - `example`: the lab as a newcomer meets it, where all that it lists works as listed
//! - `errors`: each mistake has its line, its hint and its status
//! - `ssm`: Session Manager's tunnel survives everything, and leaves no session
//! - `network`: authorities, proxies and endpoints, and how little all that costs
//! - `completions`: what bash, zsh and fish offer at a TAB
//! - `texts`: help, completions, man pages and README are current and true
//! - `releases`: what depends on the release of OpenSSH
//! - `promises`: each promise of SECURITY.md names tests that exist
//! - `floors`: who may import whom in `src/`
//! - `layout`: what the features share stands in `sandbox` or `lab`

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that cannot go on panics, and what it skips it says"
)]

#[path = "../lab/mod.rs"]
mod lab;
mod sandbox;

mod auto;
mod burst;
mod callers;
mod completions;
mod credentials;
mod eice;
mod errors;
mod example;
mod floors;
mod grammar;
mod hops;
mod key;
mod layout;
mod listen;
mod network;
mod plain;
mod promises;
mod reference;
mod releases;
mod serial;
mod session;
mod sharing;
mod ssm;
mod targets;
mod texts;
