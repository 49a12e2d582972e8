//! mssh: ssh to EC2 instances through EC2 Instance Connect.
//!
//! This library serves our own programs and tests; it promises nothing to others. A map:
//!
//! ```text
//! argv ─scan→ Invocation ─look up→ Instance ─choose→ Route ─spell→ CommandLine ─exec
//!                            └ push(Key), at the same time
//! ```
//!
//! - [`plan`] decides: pure functions from values to values.
//! - [`wire`] speaks: protocols without sockets and clocks.
//! - [`world`] touches: AWS, OpenSSH, files, processes, the terminal; one thin file for each.
//! - [`connect`], [`tunnel`], [`setup`] and [`generate`] are the stories told with them.
//! - `for_ssh` is what ssh starts us for.
//! - this file is the door: the one place where an error becomes text and an exit status.
//!
//! Words of the house: an *invocation* is what the user said, with *options* for our own options
//! and *destinations* for the client; a *way* is what `--via` names, a *route* what is taken; an
//! *arrival* is a destination with its login and route settled, a *departure* the client's command
//! line ready to become. The *room* is the private directory of one run, the *keeper* the process
//! that clears it, the *badge* what we log in with.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::ExitCode;

use crate::listen::Destination;
use error::Error;
use plan::argv::CommandLine;
use plan::argv::host_key;
use plan::argv::ssh_config::SKIP_BLOCK;
use plan::cli::complete::{LINE_OPTION, OPTION};
use plan::cli::grammar::SCP_BY_HERE;
use plan::cli::invocation::Invocation;
use plan::cli::listen::ListenRequest;
use plan::cli::{self, Document, Request};
use plan::program::Program;
use tokio::runtime::Builder;
use world::key::keeper;
use world::net::listener::Listener;
use world::openssh::error::SshError;
use world::process::error::IoError;
use world::process::own_program;
use world::process::panics;
use world::process::signals::Hangup;
use world::tty::pager;
use world::tty::terminal::Terminal;
use world::{openssh, process};

pub mod complete;
pub mod connect;
pub mod error;
mod for_ssh;
pub mod generate;
pub mod hint;
pub mod listen;
pub mod plan;
pub mod setup;
pub mod shell;
pub mod tunnel;
pub mod wire;
pub mod world;

/// `mssh`, or the program that our name tells (`msftp`, `mscp`): from the words to the client.
#[must_use]
pub fn main() -> ExitCode {
    if own_program::is_first()
        && let Ok(status) = own_program::as_first()
    {
        return status;
    }
    own_program::with_stack(run_words)
}

fn run_words() -> ExitCode {
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_default();
    let name = Path::new(&name).file_name().unwrap_or_default();
    let program = Program::from_name(&name.to_string_lossy());
    let words: Vec<OsString> = words.collect();
    if let [option, rest @ ..] = words.as_slice()
        && option == keeper::OPTION
    {
        return match keeper::run(rest) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    process::hide_memory();
    let terminal = Terminal::new(program);
    panics::record(terminal.telling(asks_for_debug(&words), false));
    match panics::caught(|| become_one(program, &words, terminal)) {
        Ok(status) => status,
        Err(error) => {
            report(&error, terminal);
            ExitCode::from(error.status())
        }
    }
}

fn report(error: &Error, terminal: Terminal) {
    match error {
        // ssh's own words about ssh's own options.
        Error::Ssh(SshError::Refused { stderr, .. }) => terminal.pass_on(stderr),
        error => terminal.error(error),
    }
}

/// What the words say that we are: one of those whom ssh starts, or what the user calls.
fn become_one(program: Program, words: &[OsString], terminal: Terminal) -> Result<ExitCode, Error> {
    let done = match words {
        [option, rest @ ..] if option == host_key::OPTION => {
            return Ok(for_ssh::testify(rest, terminal));
        }
        [option, rest @ ..] if option == SKIP_BLOCK => return Ok(for_ssh::skips_block(rest)),
        [option, rest @ ..] if option == tunnel::OPTION => for_ssh::carry(rest, terminal),
        [option, rest @ ..] if option == OPTION => print(&complete::words(program, rest)),
        [option, line] if option == LINE_OPTION => print(&complete::line(program, line)),
        words => return run(program, words, terminal),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// Whether a panic is to be told at length. The words need not be understood for that.
fn asks_for_debug(words: &[OsString]) -> bool {
    let tunnel = words.first().is_some_and(|word| word == tunnel::OPTION);
    let asks = |word: &OsString| word == "--debug" || word == "-d" || tunnel && word == "debug";
    words.iter().any(asks)
}

fn run(program: Program, words: &[OsString], terminal: Terminal) -> Result<ExitCode, Error> {
    let grammar = openssh::grammar(program, words);
    let done = match cli::parse(program, grammar, words)? {
        Request::Print(Document::Man) if io::stdout().is_terminal() => {
            let page = generate::document(program, &Document::Man);
            pager::show(&page).map_err(IoError::Start)?;
            print(&page)
        }
        Request::Print(page) => print(&generate::document(program, &page)),
        Request::Connect(mut invocation) => {
            if invocation.copies_between_hosts() && openssh::is_older_than(SCP_BY_HERE) {
                invocation.copy_through_here();
            }
            go(&invocation, terminal)
        }
        Request::ProxyCommand(ride) => for_ssh::ride(&ride, terminal),
        Request::Listen(listening) => return wait_for(listen(&listening, terminal)),
        Request::Setup(setup) => print(&setup::run(&setup, terminal)?),
        Request::Shell(invocation) => wait_for(shell::run(
            &invocation,
            (io::stdin(), io::stdout()),
            terminal,
        )),
        Request::Client(words) => become_client(&client(program, words)?),
        Request::ShowClient(words) => show(&client(program, words)?),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// One thread is enough: we wait for others. What is given up is not waited for: a resolver takes
/// its time where no name server answers, and cannot be stopped.
fn wait_for<T>(story: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(IoError::Start)?;
    let end = panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(story)));
    runtime.shutdown_background();
    end.unwrap_or_else(|panic| panic::resume_unwind(panic))
}

/// Prepares the connection, then shows the command line or becomes it.
fn go(invocation: &Invocation, terminal: Terminal) -> Result<(), Error> {
    let options = &invocation.options;
    let terminal = terminal.telling(options.debug, invocation.has(b'v'));
    let quiet = invocation.has(b'q');
    let preparing = terminal.beside(quiet, connect::prepare(invocation, terminal));
    let departure = wait_for(preparing)?;
    let line = &departure.line;
    if options.dry_run {
        return show(line);
    }
    terminal.debug(|| format!("becoming {}", line.quoted().to_string_lossy()));
    // Its luggage is held until then: on failure it goes with it.
    become_client(line)
}

/// Has a port of this machine lead to one of an instance.
async fn listen(listening: &ListenRequest, terminal: Terminal) -> Result<ExitCode, Error> {
    let options = &listening.invocation.options;
    let terminal = terminal.telling(options.debug, listening.invocation.has(b'v'));
    process::notice_children().map_err(IoError::Start)?;
    // Before it costs a call: the port may be somebody else's.
    let port = Listener::open(&listening.place).await?;
    let found = terminal
        .beside(false, connect::lead(listening, terminal))
        .await?;
    if options.dry_run {
        print(format!("{}\n", listening.describe(&found.0)).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let goal = listening.goal(&found.0);
    let destination = Destination::of(listening, found, terminal);
    let hangup = Hangup::unless_ignored().await.map_err(IoError::Start)?;
    terminal.announce(&format!(
        "listening on {}, forwarding to {goal}",
        port.address
    ));
    Ok(destination.serve(port, hangup).await?.status())
}

/// The client with these words.
fn client(program: Program, words: Vec<OsString>) -> Result<CommandLine, Error> {
    let program = process::find(program.client())?;
    Ok(CommandLine {
        program,
        words,
        by_shell: false,
    })
}

/// Shows what would be run.
fn show(line: &CommandLine) -> Result<(), Error> {
    print(&[line.quoted().as_encoded_bytes(), b"\n"].concat())
}

fn become_client(line: &CommandLine) -> Result<(), Error> {
    match process::become_client(line)? {}
}

/// Writes one of our texts to standard output. A reader who has seen enough is no error.
fn print(text: &[u8]) -> Result<(), Error> {
    match io::stdout().write_all(text) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(IoError::Output(cause).into())
        }
        _ => Ok(()),
    }
}
