//! `--doctor`: gathers what can be known about a login, all at once, and reports what is wrong.
//!
//! It has two effects: it pushes a key, which is forgotten, and logs in to run `true`. Everything has
//! a time limit of its own, and ten seconds are the limit of all.

mod account;
mod instance;
mod limits;
mod login;
mod machine;
mod network;
mod settings;

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use self::account::Account;
use self::limits::Limits;
use self::settings::DestinationSettings;
use crate::error::Error;
use crate::plan::cli::examination::Examination;
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::usage::Usage;
use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::{Facts, Found};
use crate::plan::doctor::network::facts::NetworkFacts;
use crate::plan::doctor::report::{self, Report, Style};
use crate::plan::target::destination::Destination;
use crate::plan::target::eice_id::EndpointRef;
use crate::plan::target::instance::State;
use crate::plan::way::Way;
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::search;
use crate::run::{print, wait_for};
use crate::world::aws::Regional;
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::tty::printable::{printable, without_numbers};
use crate::world::tty::terminal::Terminal;
use crate::world::tty::{color, picker, waiting};

/// When a terminal shows what is waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// The longest text of others in the report, in characters.
const MOST: usize = 600;

/// Examines a connection and reports on standard output. The status is 0 if a login should work, else
/// 255.
///
/// # Errors
/// A missing destination, and standard output that cannot be written to.
pub(crate) fn run(examination: &Examination, terminal: Terminal) -> Result<ExitCode, Error> {
    let options = &examination.invocation.options;
    let terminal = terminal.with_verbosity(options.debug, false);
    waiting::set_patience(PATIENCE);
    picker::forbid();
    let facts = wait_for(async {
        process::make_children_waitable().map_err(IoError::Start)?;
        let find = Box::pin(in_one_place(&examination.invocation, terminal));
        let found = terminal.show_wait_during(false, find).await?;
        let found = found.map(|invocation| Examination {
            invocation,
            options: examination.options.clone(),
        });
        let examination = found.as_ref().unwrap_or(examination);
        let destination = examination.invocation.destinations().next();
        let destination = destination.ok_or(Usage::NoTarget)?;
        let gather = Box::pin(gather(examination, destination, terminal));
        Ok(terminal.show_wait_during(false, gather).await)
    })?;
    let report = Report::of(&facts, shown);
    let text = if options.json {
        report::json(&report)
    } else {
        let color = io::stdout().is_terminal() && !color::is_unwanted();
        report::screen(&report, Style { color })
    };
    print(text.as_bytes())?;
    Ok(if report.works {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(255)
    })
}

/// The same command line for the place where the instance is, if there are several to look in; and with
/// the IDs of hops that ssh cannot read.
async fn in_one_place(
    invocation: &Invocation,
    terminal: Terminal,
) -> Result<Option<Invocation>, Error> {
    let options = &invocation.options;
    if !options.places.are_several() && !search::has_hops(invocation) {
        return Ok(None);
    }
    let aws = LazyAws::new(options, true, terminal);
    let ahead = search::ahead(invocation, None, aws, terminal).await?;
    Ok(ahead.invocation)
}

/// A text for the screen: what may move the cursor is escaped, and what is too long is cut.
fn shown(text: &str) -> String {
    let text = without_numbers(text);
    let mut short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    printable(&short)
}

/// Gathers all facts: first what does not depend on anything else, then what needs the settings of ssh
/// and the credentials, then what needs the instance; last the trial, which needs what was found.
async fn gather(examination: &Examination, destination: &Destination, terminal: Terminal) -> Facts {
    let invocation = &examination.invocation;
    let account = Account::load(&invocation.options, destination, terminal).await;
    let limits = Limits::start();
    let mut facts = Facts {
        way: invocation.options.via,
        is_dry_run: invocation.options.dry_run,
        verify_host_key: invocation.options.verify_host_key,
        ..Facts::default()
    };
    facts.aws = account.facts();
    let (machine, settings) = tokio::join!(
        machine::facts(invocation, &limits),
        settings::ask(invocation, destination, &account, &limits, terminal),
    );
    facts.machine = machine;
    let place = account.place(settings.region());
    let gather = instance::gather(
        invocation,
        (destination, &settings),
        place.as_ref(),
        &limits,
    );
    (facts.aws.identity, facts.aws.seconds_ahead, facts.instance) = gather.await;
    facts.aws.region = account.region(settings.region());
    facts.ssh = settings.facts(&facts.instance);
    facts.machine.files.extend(settings.files());
    facts.network.commands = account.commands(place.as_ref());
    let commands = facts.network.commands.clone();
    let (login, network) = tokio::join!(
        login::attempt(examination, &facts, &limits),
        network_of(invocation, (&facts, &settings), place.as_ref(), &limits),
    );
    (facts.login, facts.other_login) = login;
    facts.network = network.unwrap_or(NetworkFacts {
        commands,
        ..NetworkFacts::default()
    });
    facts
}

/// What is around a running instance; `None` if there is none.
async fn network_of(
    invocation: &Invocation,
    (facts, settings): (&Facts, &DestinationSettings),
    place: Option<&Regional<'_>>,
    limits: &Limits,
) -> Option<NetworkFacts> {
    let Fact::Known(Ok(Found::One(instance))) = &facts.instance.found else {
        return None;
    };
    if instance.state != State::Running || invocation.options.via == Way::Serial {
        return None;
    }
    let login = network::Login {
        instance,
        way: invocation.options.via,
        endpoint: invocation.options.endpoint.as_ref().map(EndpointRef::id),
        family: settings.family(),
        port: settings.port(),
        aws: place?,
        limits,
        profile: facts.network.commands.profile.as_deref(),
    };
    Some(Box::pin(network::gather(login)).await)
}
