//! `--listen`: forwards ports of this machine to ports of instances, or of hosts that they reach.

mod forwarder;
mod serve;

use std::net::Ipv6Addr;
use std::process::ExitCode;

use self::forwarder::Forwarder;
use self::serve::serve;
use crate::error::Error;
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::listen::{Forward, ListenRequest};
use crate::plan::cli::usage::Usage;
use crate::plan::program::Program;
use crate::plan::route::Route;
use crate::plan::ssh_g::HostConfig;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::resolve::Resolver;
use crate::resolve::host::Settings;
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::push::KeyPush;
use crate::resolve::search::{self, Ahead};
use crate::run::{print, tell_program};
use crate::world::aws::Credentials;
use crate::world::net::listener::Listener;
use crate::world::process::error::IoError;
use crate::world::process::signals::ShutdownSignals;
use crate::world::tty::terminal::Terminal;
use crate::world::{openssh, process};

/// Forwards ports of this machine.
///
/// # Errors
/// The first step that fails.
pub(crate) async fn run(request: &ListenRequest, terminal: Terminal) -> Result<ExitCode, Error> {
    let forwards = &request.0;
    let invocation = &forwards.first().ok_or(Usage::NoTarget)?.invocation;
    let terminal = terminal.with_verbosity(invocation.options.debug, invocation.is_verbose());
    process::make_children_waitable().map_err(IoError::Start)?;
    // Before any call to AWS: another process may have a port.
    let mut ports = Vec::new();
    for forward in forwards {
        ports.push(Listener::open(&forward.bind_address).await?);
    }
    let found = terminal
        .show_wait_during(false, Box::pin(find_all(forwards, terminal)))
        .await?;
    let goals: Vec<String> = forwards.iter().zip(&found).map(goal).collect();
    if invocation.options.dry_run {
        for (forward, goal) in forwards.iter().zip(&goals) {
            let line = format!("listen on {}, forward to {goal}\n", forward.bind_address);
            print(line.as_bytes())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let hangup = ShutdownSignals::listen_unless_ignored().map_err(IoError::Start)?;
    for (port, goal) in ports.iter().zip(&goals) {
        let address = port.address;
        terminal.info(&format!("listening on {address}, forwarding to {goal}"));
    }
    tell_ports(forwards, &ports)?;
    let forwarders = forwards
        .iter()
        .zip(found)
        .map(|(forward, found)| Forwarder::new(forward, found, terminal));
    let served = ports.into_iter().zip(forwarders).collect();
    Ok(serve(served, hangup, terminal).await?.status())
}

/// Tells a script which ports the system has chosen: one number in a line for each `--listen`.
fn tell_ports(forwards: &[Forward], ports: &[Listener]) -> Result<(), Error> {
    let any = forwards.iter().any(|it| it.bind_address.is_any_port());
    if !any {
        return Ok(());
    }
    let lines = ports.iter().map(|it| format!("{}\n", it.address.port()));
    tell_program(lines.collect::<String>().as_bytes())
}

/// How a target is reached.
#[derive(Clone)]
struct Found {
    route: Route,
    /// The profile with which it was found, and its credentials, if they have been loaded.
    profile: Option<String>,
    credentials: Option<Credentials>,
}

/// The routes to all instances, each of which is looked up once, with the credentials for tunnels.
/// Pushes nothing: the program that connects to a port logs in by its own means.
async fn find_all(forwards: &[Forward], terminal: Terminal) -> Result<Vec<Found>, Error> {
    let key = |it: &Forward| {
        let mut destinations = it.invocation.destinations();
        let host = destinations.next().map(|it| it.host.clone());
        (
            host,
            it.invocation.options.via,
            it.host.is_none().then_some(it.port),
        )
    };
    let mut known: Vec<(_, Found)> = Vec::new();
    let mut all = Vec::new();
    let options = &forwards.first().ok_or(Usage::NoTarget)?.invocation.options;
    let is_one_target = forwards.iter().all(|it| key(it).0 == key(&forwards[0]).0);
    let mut aws = LazyAws::new(options, is_one_target, terminal);
    for forward in forwards {
        let key = key(forward);
        if let Some((_, found)) = known.iter().find(|(it, _)| *it == key) {
            all.push(found.clone());
            continue;
        }
        if options.places.are_several() {
            // The one before may have been found in another place.
            aws = LazyAws::new(options, is_one_target, terminal);
        }
        let (route, loaded) = find(forward, aws, terminal).await?;
        aws = loaded;
        let found = Found {
            route,
            profile: aws.profile().map(str::to_owned),
            credentials: aws.credentials().await?,
        };
        known.push((key, found.clone()));
        all.push(found);
    }
    if !options.places.are_several() {
        // A later target may have been the first to need them.
        let credentials = aws.credentials().await?;
        for found in &mut all {
            found.credentials.clone_from(&credentials);
        }
    }
    Ok(all)
}

/// The route to one instance. Takes AWS as it was loaded for the ones before, and returns it.
async fn find(
    forward: &Forward,
    aws: LazyAws,
    terminal: Terminal,
) -> Result<(Route, LazyAws), Error> {
    let ahead = search::ahead(&forward.invocation, None, aws, terminal);
    let Ahead { invocation, aws } = Box::pin(ahead).await?;
    let typed = invocation.as_ref().unwrap_or(&forward.invocation);
    let by_host_name = by_host_name(typed).await?;
    let invocation = by_host_name.as_ref().unwrap_or(typed);
    let destination = invocation.destinations().next().ok_or(Usage::NoTarget)?;
    let config = HostConfig::given(&destination.host, forward.port, None);
    let mut resolver = Resolver {
        invocation,
        settings: Settings::Given(Box::new(config)),
        aws,
        push: KeyPush::by(None, invocation),
        terminal,
    };
    let targets = resolver.all().await?;
    let route = targets.into_iter().next().ok_or(Usage::NoTarget)?.route;
    Ok((route, resolver.aws))
}

/// The same command line with the HostName that ssh_config has for a name, if it has one, so that
/// the HostName is parsed as any other target is. Without an answer from ssh, the system's resolver
/// gets the name.
async fn by_host_name(invocation: &Invocation) -> Result<Option<Invocation>, Error> {
    let mut destinations = invocation.destinations();
    let is_name = |it: &&Destination| matches!(it.target, Target::Host(_)) && it.known().is_none();
    let Some(destination) = destinations.next().filter(is_name) else {
        return Ok(None);
    };
    match openssh::host_name(invocation, destination).await {
        Ok(hostname) if hostname != destination.host => {
            let destination = Destination::parse(Program::Ssh, hostname.as_ref())?;
            Ok(Some(invocation.with_destination(destination)))
        }
        Ok(_) | Err(_) => Ok(None),
    }
}

/// What a port forwards to: the destination as typed, the host behind it, and the route to it.
fn goal((forward, found): (&Forward, &Found)) -> String {
    let route = &found.route;
    let mut destinations = forward.invocation.destinations();
    let name = destinations.next().map_or("", Destination::name);
    let name = match name.parse::<Ipv6Addr>() {
        Ok(address) => format!("[{address}]"),
        Err(_) => name.to_owned(),
    };
    let port = forward.port;
    match &forward.host {
        None => format!("{name}:{port} ({route})"),
        Some(host) => format!("{name}:{}:{port} ({route})", host.bracketed()),
    }
}
