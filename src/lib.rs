//! mssh: ssh to EC2 instances through EC2 Instance Connect.
//!
//! This library serves our own programs and tests; it promises nothing to others.
//!
//! ```text
//! argv ─parse→ Invocation ─ask ssh→ HostConfig ─find→ Instance ─route→ Route ─build→ CommandLine ─exec
//!                                                └ push, at the same time
//! ```
//!
//! - `plan` makes decisions: pure functions from values to values.
//! - `wire` has the protocols of tunnels, without sockets and clocks.
//! - `world` does the I/O: AWS, OpenSSH, files, processes, the network, the terminal.
//! - `resolve` has the steps from a destination to a route, and `tunnel` copies bytes through an EC2
//!   Instance Connect Endpoint or Session Manager.
//! - `connect`, `proxy_command`, `listen`, `shell`, `setup` and the like use them: one file for each
//!   mode.
//! - This file chooses the mode, and turns the error that ends a run into a message and an exit
//!   status.

mod agent;
mod complete;
mod config;
mod connect;
mod connection;
mod doctor;
mod each;
mod error;
#[cfg(test)]
mod fuzz;
mod generate;
mod hint;
mod host_key;
mod list;
mod listen;
mod match_exec;
mod modes;
mod pick;
mod plan;
mod proxy_command;
mod resolve;
mod run;
mod setup;
mod shell;
mod tunnel;
mod wire;
mod world;

/// What the integration tests compare with the installed OpenSSH and with botocore.
pub mod for_tests {
    pub use crate::plan::aws::date;
    pub use crate::plan::cli::grammar::{Grammar, LetterKind};
    pub use crate::plan::cli::invocation::{Invocation, Word};
    pub use crate::plan::cli::parse;
    pub use crate::plan::cli::request::Request;
    pub use crate::plan::program::Program;
    pub use crate::plan::ssh_g::{Config, HostConfig, Query, QueryOptions, config, words};
    pub use crate::plan::way::Way;
    pub use crate::world::openssh::grammar;
}

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use error::Error;
use modes::Mode;
use plan::argv::own_connection::OPTION;
use plan::aws::instance_error::InstanceError;
use plan::cli::config::apply::CommandWords;
use plan::cli::grammar::SCP_BY_HERE;
use plan::cli::{self, Document, Request};
use plan::program::Program;
use run::{become_client, client, print, show, wait_for};
use world::openssh::{self, error::SshError};
use world::process::error::IoError;
use world::process::{self, own_program};
use world::tty::pager;
use world::tty::panics;
use world::tty::terminal::Terminal;

/// Runs `mssh`, or `msftp` or `mscp` if started under that name.
#[must_use]
pub fn main() -> ExitCode {
    // Before anything else: a login waits for it.
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|first| first == OPTION) {
        let words: Vec<OsString> = words.collect();
        return connection::hand_to_ssh(&words);
    }
    if own_program::is_pid_1()
        && let Ok(status) = own_program::run_as_pid_1()
    {
        return status;
    }
    own_program::with_large_stack(run_command_line)
}

fn run_command_line() -> ExitCode {
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_default();
    let name = Path::new(&name).file_name().unwrap_or_default();
    let program = Program::from_name(&name.to_string_lossy());
    let words: Vec<OsString> = words.collect();
    let mode = Mode::of(&words);
    process::hide_memory();
    let terminal = Terminal::new(program);
    panics::record(terminal.with_verbosity(mode.asks_for_debug(), false));
    match panics::caught(|| run_mode(program, &mode, terminal)) {
        Ok(status) => status,
        Err(error) => {
            report(
                &error,
                terminal.with_verbosity(has_debug(program, &mode), false),
            );
            ExitCode::from(error.status())
        }
    }
}

/// Whether to report the causes of an error: unlike a panic, it leaves time to parse the words.
fn has_debug(program: Program, mode: &Mode<'_>) -> bool {
    match mode {
        Mode::User(words) => cli::has_debug(program, openssh::grammar(program, words), words),
        other => other.asks_for_debug(),
    }
}

fn report(error: &Error, terminal: Terminal) {
    match error {
        // ssh's own message about its own options.
        Error::Ssh(SshError::Refused { stderr, .. }) => Terminal::write_verbatim(stderr),
        // The user has closed the picker.
        Error::Instance(InstanceError::NotChosen) => (),
        error => terminal.error(error),
    }
}

fn run_mode(program: Program, mode: &Mode<'_>, terminal: Terminal) -> Result<ExitCode, Error> {
    let done = match mode {
        Mode::Agent(words) => {
            agent::process::run(words, terminal).map_err(|it| IoError::Start(it).into())
        }
        Mode::HostKey(words) => return Ok(host_key::answer(words, terminal)),
        Mode::KnownHost(words) => return Ok(host_key::ask_agent(words, terminal)),
        Mode::SkipBlock(words) => return Ok(match_exec::skips_block(words)),
        Mode::TakesName(words) => return match_exec::takes_name(words),
        Mode::Tunnel(words) => wait_for(tunnel::run(words, (io::stdin(), io::stdout()), terminal)),
        Mode::Complete(words) => print(&complete::words(program, words, terminal)),
        Mode::CompleteLine(line, end) => print(&complete::line(program, line, *end, terminal)),
        Mode::Refresh(words) => complete::refresh::run(words, terminal),
        Mode::User(words) => return run_request(program, words, terminal),
    };
    done.map(|()| ExitCode::SUCCESS)
}

fn run_request(
    program: Program,
    words: &[OsString],
    terminal: Terminal,
) -> Result<ExitCode, Error> {
    let grammar = openssh::grammar(program, words);
    let line = CommandWords {
        program,
        grammar,
        words,
    };
    let request = cli::parse(program, grammar, words)?;
    let done = match config::applied(line, request, terminal)? {
        Request::Print(Document::Man) if io::stdout().is_terminal() => {
            let page = generate::document(program, &Document::Man);
            pager::show(&page).map_err(IoError::Start)?;
            print(&page)
        }
        Request::Print(Document::Version) => {
            let ssh = openssh::version().map(|it| it + "\n");
            let ours = generate::document(program, &Document::Version);
            print(&[ours, ssh.unwrap_or_default().into_bytes()].concat())
        }
        Request::Print(page) => print(&generate::document(program, &page)),
        Request::Connect(mut invocation) => {
            if invocation.copies_between_hosts() && openssh::is_older_than(SCP_BY_HERE) {
                invocation.copy_through_here();
            }
            connect::run(&invocation, terminal)
        }
        Request::ProxyCommand(request) => return proxy_command::run(&request, terminal),
        Request::Listen(request) => return wait_for(listen::run(&request, terminal)),
        Request::Picker(request) => return pick::run(&request, terminal),
        Request::List(request) => list::run(&request, terminal),
        Request::Each(request) => return wait_for(each::run(&request, terminal)),
        Request::ShowConfig(request) => print(&config::shown(line, &request)?),
        Request::InitConfig => config::init(terminal),
        Request::Setup(setup) => print(&setup::run(&setup, terminal)?),
        Request::Shell(invocation) => {
            let ends = (io::stdin(), io::stdout());
            wait_for(shell::run(&invocation, ends, terminal))
        }
        Request::Examine(examination) => return doctor::run(&examination, terminal),
        Request::Client(words) => become_client(&client(program, words)?),
        Request::ShowClient(words) => show(&client(program, words)?),
    };
    done.map(|()| ExitCode::SUCCESS)
}
