//! `--listen`: forwards a port of this machine to one of an instance.

mod forwarder;

use std::process::ExitCode;

use self::forwarder::Forwarder;
use crate::error::Error;
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::listen::ListenRequest;
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
use crate::run::print;
use crate::world::aws::Credentials;
use crate::world::net::listener::Listener;
use crate::world::process::error::IoError;
use crate::world::process::signals::ShutdownSignals;
use crate::world::tty::terminal::Terminal;
use crate::world::{openssh, process};

/// Forwards a port of this machine to one of an instance.
///
/// # Errors
/// The first step that fails.
pub(crate) async fn run(request: &ListenRequest, terminal: Terminal) -> Result<ExitCode, Error> {
    let options = &request.invocation.options;
    let terminal = terminal.with_verbosity(options.debug, request.invocation.is_verbose());
    process::make_children_waitable().map_err(IoError::Start)?;
    // Before any call to AWS: another process may have the port.
    let port = Listener::open(&request.bind_address).await?;
    let (route, credentials) = terminal
        .show_wait_during(false, find(request, terminal))
        .await?;
    let goal = goal(request, &route);
    if options.dry_run {
        let line = format!("listen on {}, forward to {goal}\n", request.bind_address);
        print(line.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let forwarder = Forwarder::new(request, route, credentials, terminal);
    let hangup = ShutdownSignals::listen_unless_ignored().map_err(IoError::Start)?;
    terminal.info(&format!(
        "listening on {}, forwarding to {goal}",
        port.address
    ));
    Ok(forwarder.serve(port, hangup).await?.status())
}

/// The route to the instance, and the credentials for a tunnel. Pushes nothing: the program that
/// connects to the port logs in by its own means.
async fn find(
    request: &ListenRequest,
    terminal: Terminal,
) -> Result<(Route, Option<Credentials>), Error> {
    let by_host_name = by_host_name(&request.invocation).await?;
    let invocation = by_host_name.as_ref().unwrap_or(&request.invocation);
    let destination = invocation.destinations().next().ok_or(Usage::NoTarget)?;
    let config = HostConfig::given(&destination.host, request.port, None);
    let mut resolver = Resolver {
        invocation,
        settings: Settings::Given(Box::new(config)),
        aws: LazyAws::new(&invocation.options, true, terminal),
        push: KeyPush::by(None, invocation),
        terminal,
    };
    let targets = resolver.all().await?;
    let credentials = resolver.aws.credentials().await?;
    let route = targets.into_iter().next().ok_or(Usage::NoTarget)?.route;
    Ok((route, credentials))
}

/// The same command line with the HostName that ssh_config has for a name, if it has one, so that
/// the HostName is parsed as any other target is. Without an answer from ssh, the system's resolver
/// gets the name.
async fn by_host_name(invocation: &Invocation) -> Result<Option<Invocation>, Error> {
    let mut destinations = invocation.destinations();
    let is_name = |it: &&Destination| matches!(it.target, Target::Host(_));
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

/// What the port forwards to: the destination as typed, and the route to it.
fn goal(request: &ListenRequest, route: &Route) -> String {
    let mut destinations = request.invocation.destinations();
    let name = destinations.next().map_or("", Destination::name);
    let brackets = if name.contains(':') {
        ("[", "]")
    } else {
        ("", "")
    };
    format!(
        "{}{name}{}:{} ({route})",
        brackets.0, brackets.1, request.port
    )
}
