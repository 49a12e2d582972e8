//! The command line: words in, a [`Request`] out.

pub(crate) mod bind_address;
pub(crate) mod complete;
pub(crate) mod config;
mod conflict;
pub(crate) mod each;
pub(crate) mod examination;
pub(crate) mod grammar;
pub(crate) mod invocation;
pub(crate) mod list;
pub(crate) mod listen;
pub(crate) mod options;
pub(crate) mod parent_ssh;
pub(crate) mod pick;
pub(crate) mod places;
pub(crate) mod proxy_command;
pub(crate) mod request;
pub(crate) mod scan;
pub(crate) mod setup;
mod shell;
pub(crate) mod usage;
mod values;

use std::ffi::OsString;

use self::grammar::Grammar;
pub(crate) use self::invocation::Options;
use self::invocation::{Invocation, Word};
use self::options::Task;
pub(crate) use self::request::{Document, Request};
use self::scan::Scan;
use self::usage::Usage;
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::destination::Destination;
use crate::plan::target::pasted;

/// Whether `--debug` is among our options.
pub(crate) fn has_debug(program: Program, grammar: Grammar, words: &[OsString]) -> bool {
    let scan = scan::scan(program, grammar, words);
    scan.is_ok_and(|scan| {
        scan.ours
            .iter()
            .any(|(opt, _)| opt.name == options::Name::Debug)
    })
}

/// Reads the command line without the program's name.
///
/// # Errors
/// The first mistake, except for those that the client reports itself.
pub fn parse(program: Program, grammar: Grammar, words: &[OsString]) -> Result<Request, Usage> {
    let scan = scan::scan(program, grammar, words)?;
    let (options, document) = values::read(&scan)?;
    if let Some(document) = document {
        return Ok(Request::Print(document));
    }
    request_of(program, options, scan)
}

/// The request, to be examined or shown if an option asks for that.
fn request_of(program: Program, options: Options, scan: Scan) -> Result<Request, Usage> {
    if options.doctor {
        let ours = examination::options_for_login(&scan);
        let request = request(program, options, scan)?;
        return Ok(examination::of(request, ours));
    }
    let shows = options.show_config;
    match request(program, options, scan)? {
        Request::Picker(_) if shows => Err(Usage::NoTarget),
        request if shows => Ok(Request::ShowConfig(Box::new(request))),
        request => Ok(request),
    }
}

fn request(program: Program, mut options: Options, mut scan: Scan) -> Result<Request, Usage> {
    let task = Task::of(&options, &scan);
    conflict::check_options(task, &options, &scan)?;
    target_by_id(program, task, &mut options, &mut scan);
    if options.picker {
        if task == Task::Each {
            conflict::check_words(task, program, &scan)?;
        }
        return Ok(Request::Picker(Box::new(pick::request(
            options, task, &scan,
        )?)));
    }
    if !matches!(task, Task::Connect | Task::Serial | Task::Proxy) {
        conflict::check_words(task, program, &scan)?;
    }
    Ok(match task {
        Task::List => Request::List(Box::new(list::request(options, &scan)?)),
        Task::Each => Request::Each(Box::new(each::request(program, options, scan)?)),
        Task::Listen => Request::Listen(Box::new(listen::request(&options, &scan)?)),
        Task::Shell => Request::Shell(Box::new(shell::request(options, scan)?)),
        Task::SshConfig => Request::Setup(setup::request(&options, &scan)?),
        Task::InitConfig => Request::InitConfig,
        Task::Proxy => Request::ProxyCommand(Box::new(proxy_command::request(&options, &scan)?)),
        Task::Serial | Task::Connect => return connection(program, task, options, scan),
    })
}

fn connection(
    program: Program,
    task: Task,
    options: Options,
    scan: Scan,
) -> Result<Request, Usage> {
    if is_for_client(program, &scan) {
        return Ok(client(options.dry_run, scan.words));
    }
    if scan.operands.is_empty() {
        return match program {
            Program::Ssh => Ok(Request::Picker(Box::new(pick::request(
                options, task, &scan,
            )?))),
            Program::Sftp | Program::Scp => Err(Usage::NoTarget),
        };
    }
    if task == Task::Serial {
        conflict::check_words(task, program, &scan)?;
    }
    let invocation = invocation(program, options, scan)?;
    if task == Task::Serial {
        conflict::check_user(task, &invocation)?;
    }
    match invocation.destinations().count() {
        0 => Ok(client(invocation.options.dry_run, typed(invocation.words))),
        1 => Ok(Request::Connect(Box::new(invocation))),
        _ if invocation.options.instance.is_some() => Err(Usage::SeveralForOneId),
        _ => Ok(Request::Connect(Box::new(invocation))),
    }
}

fn client(dry_run: bool, words: Vec<OsString>) -> Request {
    if dry_run {
        Request::ShowClient(words)
    } else {
        Request::Client(words)
    }
}

/// `--instance-id ID` and no target, as in `aws ec2-instance-connect ssh`: the ID is the target.
fn target_by_id(program: Program, task: Task, options: &mut Options, scan: &mut Scan) {
    let is_free = scan.operands.is_empty() && scan.refused.is_none();
    let has_one = program != Program::Scp
        && !matches!(
            task,
            Task::Proxy | Task::SshConfig | Task::InitConfig | Task::List
        );
    if is_free
        && has_one
        && let Some(id) = options.instance.take()
    {
        scan.operands.push(scan.words.len());
        scan.words.push(id.as_str().into());
    }
}

/// Whether the client runs with these words without an instance.
fn is_for_client(program: Program, scan: &Scan) -> bool {
    let asks = |letters: &[u8]| scan.flags.iter().any(|flag| letters.contains(&flag.letter));
    let question = match program {
        Program::Ssh => asks(b"GVQ"),
        Program::Sftp => asks(b"D"),
        // scp runs itself on the remote host with -t or -f.
        Program::Scp => asks(b"Dtf"),
    };
    let incomplete = match program {
        Program::Ssh | Program::Sftp => scan.operands.is_empty(),
        Program::Scp => scan.operands.len() < 2,
    };
    question || scan.refused.is_some() || (incomplete && !scan.words.is_empty())
}

fn invocation(program: Program, options: Options, scan: Scan) -> Result<Invocation, Usage> {
    let is_destination = |at: usize| match program {
        Program::Ssh | Program::Sftp => scan.operands.first() == Some(&at),
        // They are in order.
        Program::Scp => scan.operands.binary_search(&at).is_ok(),
    };
    let read = |(at, word): (usize, OsString)| {
        let destination = match program {
            _ if !is_destination(at) => None,
            Program::Scp => Destination::parse_operand(&word)?,
            Program::Ssh | Program::Sftp => Some(Destination::parse(program, &word)?),
        };
        Ok(destination.map_or(Word::Typed(word), Word::Destination))
    };
    let jumps = scan.flags.iter().filter(|flag| flag.letter == b'J');
    for jump in jumps.filter_map(|flag| flag.value.as_deref()?.to_str()) {
        pasted::refuse_in_jump(jump)?;
    }
    let words = scan.words.into_iter().enumerate().map(read);
    Ok(Invocation {
        program,
        options,
        words: words.collect::<Result<_, BadName>>()?,
        flags: scan.flags,
        command: scan.command,
    })
}

fn typed(words: Vec<Word>) -> Vec<OsString> {
    let typed = |word| match word {
        Word::Typed(word) => Some(word),
        Word::Destination(_) => None,
    };
    words.into_iter().filter_map(typed).collect()
}

#[cfg(test)]
mod tests;
