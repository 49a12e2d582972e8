//! `--proxy`: mssh is the ProxyCommand (ssh_config(5)) of an ssh that mssh did not start. Finds the
//! instance, pushes the key that ssh will log in with, copies the bytes, and is the agent of that ssh.
//!
//! ssh has already decided host, port and user: `ssh -G` only tells which agent the user has.

mod carrier;
mod first_contact;

use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use self::carrier::{Carrier, End};
use self::first_contact::FirstContact;

use crate::agent::host::HostAgent;
use crate::agent::pusher::Pusher;
use crate::error::Error;
use crate::plan::cli::proxy_command::ProxyRequest;
use crate::plan::cli::usage::Usage;
use crate::plan::ssh_g::{self, HostConfig, Query, QueryOptions};
use crate::resolve::Resolver;
use crate::resolve::host::Settings;
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::push::{KeyAgent, KeyPush};
use crate::resolve::search::{self, Ahead};
use crate::run::wait_for;
use crate::world::openssh::{self, ConfigSource, host_names, user_agent};
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::process::signals::ShutdownSignals;
use crate::world::process::stdio;
use crate::world::tty::terminal::Terminal;

/// How often to look whether ssh is there, before the bytes are copied.
const LOOK: Duration = Duration::from_millis(100);

/// How long the last bytes before an error may take to reach ssh.
const END: Duration = Duration::from_secs(1);

/// Copies the bytes between ssh and the instance, and answers ssh about the key meanwhile.
///
/// # Errors
/// The first step that fails.
pub(crate) fn run(request: &ProxyRequest, terminal: Terminal) -> Result<ExitCode, Error> {
    let options = &request.invocation.options;
    let terminal = terminal.with_verbosity(options.debug, request.invocation.is_verbose());
    wait_for(async {
        process::make_children_waitable().map_err(IoError::Start)?;
        // Before there is anything to remove.
        let hangup = ShutdownSignals::listen().map_err(IoError::Start)?;
        let place = request.agent.as_ref().filter(|_| !options.dry_run);
        let Some((directory, name)) = place else {
            let pusher = Arc::new(Pusher::new(String::new(), terminal));
            return Box::pin(carry(request, &pusher, hangup, terminal)).await;
        };
        let kind = options.key_type.unwrap_or_default();
        // First of all: ssh asks for the key as soon as it has spoken with the instance.
        let mut agent = HostAgent::listen(directory, name, kind, terminal)?;
        let pusher = Arc::clone(agent.pusher());
        let own = directory.join(name);
        let end = tokio::select! {
            // On the heap: it is large.
            end = Box::pin(carry(request, &pusher, hangup, terminal)) => end,
            never = agent.serve(users_agent(request, &own)) => match never {},
        };
        agent.close();
        end
    })
}

/// The user's own agent, with keys that ssh may need besides ours: that of ssh_config, where only `own`
/// is known to the ssh that has started us, or the usual one. ssh answers before it needs the agent, and
/// is asked only if its files say something.
async fn users_agent(request: &ProxyRequest, own: &Path) -> Option<PathBuf> {
    let config = async {
        host_names::have_keyword("identityagent").then_some(())?;
        let destination = request.invocation.destinations().next()?;
        let query = Query {
            port: Some(request.port),
            ..Query::of(destination)
        };
        let source = ConfigSource::of(&request.invocation);
        let options = QueryOptions {
            config: source.config(),
            canonical: false,
            debug: false,
        };
        let ssh = process::find("ssh").ok()?;
        let invocation = request.invocation.for_hop(destination.clone());
        let words = ssh_g::words(&invocation, &query, options);
        openssh::answer(&ssh, words).await.ok()
    };
    let config = config.await.unwrap_or_default();
    user_agent::of_parent(&config.agent, own)
}

/// Finds the instance, pushes the key, and copies the bytes to their end.
async fn carry(
    request: &ProxyRequest,
    pusher: &Arc<Pusher>,
    mut hangup: ShutdownSignals,
    terminal: Terminal,
) -> Result<ExitCode, Error> {
    let aws = LazyAws::new(&request.invocation.options, true, terminal);
    let given = Settings::Given(Box::default());
    let ahead = search::ahead(&request.invocation, Some(&given), aws, terminal);
    let Ahead { invocation, aws } = tokio::select! {
        biased;
        ahead = ahead => ahead?,
        () = hangup.next() => return Ok(ExitCode::from(255)),
        () = reader_is_gone() => return Ok(ExitCode::from(255)),
    };
    let found = invocation.map(|found| request.with(found)).transpose()?;
    let request = found.as_ref().unwrap_or(request);
    let options = &request.invocation.options;
    let agent = (!options.dry_run).then_some(KeyAgent::Here(pusher));
    let push = KeyPush::by(agent, &request.invocation);
    let (carrier, contact, push) = tokio::select! {
        // On the heap: it is large.
        ready = Box::pin(prepare(request, aws, push, terminal)) => ready?,
        () = hangup.next() => return Ok(ExitCode::from(255)),
        () = reader_is_gone() => return Ok(ExitCode::from(255)),
    };
    pusher.has_all();
    if options.dry_run {
        return carrier.show(request.port).map(|()| ExitCode::SUCCESS);
    }
    tokio::select! {
        end = copy(request, (carrier, contact), hangup, terminal) => end,
        error = push.failure() => Err(error),
    }
}

/// Waits until the reader of standard output is gone: an ssh that was killed sends no SIGHUP.
async fn reader_is_gone() {
    while !stdio::is_hung_up(io::stdout()) {
        tokio::time::sleep(LOOK).await;
    }
}

/// Copies the bytes, past the comparison of the host key if there is one to be made.
async fn copy(
    request: &ProxyRequest,
    (carrier, contact): (Carrier, Option<FirstContact<'_>>),
    hangup: ShutdownSignals,
    terminal: Terminal,
) -> Result<ExitCode, Error> {
    let output = io::stdout().as_fd().try_clone_to_owned();
    let output = output.map_err(IoError::Start)?;
    let Some(contact) = contact else {
        let end = carrier.copy(request, output, hangup, terminal).await?;
        return Ok(end.status());
    };
    let (output, copying) = first_contact::copy_past(output)?;
    let mut watching = pin!(contact.watch(copying));
    let mut is_watched = false;
    let mut carrying = pin!(carrier.copy(request, output, hangup, terminal));
    let end = loop {
        tokio::select! {
            end = &mut carrying => break end,
            watched = &mut watching, if !is_watched => {
                watched?;
                is_watched = true;
            }
        }
    };
    // The last bytes may be on their way still.
    match end {
        Ok(End::Done(_)) if !is_watched => watching.await?,
        Err(_) if !is_watched => drop(timeout(END, watching).await),
        _ => {}
    }
    Ok(end?.status())
}

async fn prepare<'a>(
    request: &'a ProxyRequest,
    aws: LazyAws,
    push: KeyPush<'a>,
    terminal: Terminal,
) -> Result<(Carrier, Option<FirstContact<'a>>, KeyPush<'a>), Error> {
    let invocation = &request.invocation;
    let mut destinations = invocation.destinations();
    let settings = destinations.next().map_or_else(HostConfig::default, |it| {
        HostConfig::given(&it.host, request.port, it.login.as_ref())
    });
    let mut resolver = Resolver {
        invocation,
        settings: Settings::Given(Box::new(settings)),
        aws,
        push,
        terminal,
    };
    let targets = resolver.all().await?;
    let route = targets.into_iter().next().map(|it| it.route);
    let route = route.ok_or(Usage::NoTarget)?;
    let contact = if invocation.options.dry_run {
        None
    } else {
        FirstContact::of(request, &resolver.push, &route, terminal)?
    };
    let carrier = if request.hops.is_empty() {
        Carrier::Ourselves(route, resolver.aws.credentials().await?)
    } else {
        // On the heap: it is large, and few destinations have hops.
        Carrier::Ssh(Box::pin(carrier::forwarding_ssh(request, &route, terminal)).await?)
    };
    Ok((carrier, contact, resolver.push))
}
