//! `--proxy`: mssh is the ProxyCommand (ssh_config(5)) of an ssh that mssh did not start. Finds the
//! instance, pushes the key that ssh will log in with, and copies the bytes.
//!
//! Does not run `ssh -G`: ssh has already decided host, port and user.

use std::io;
use std::os::fd::AsFd;

use crate::error::Error;
use crate::plan::argv::CommandLine;
use crate::plan::argv::tunnel::TunnelRequest;
use crate::plan::cli::proxy_command::ProxyRequest;
use crate::plan::cli::usage::Usage;
use crate::plan::route::{Route, hops};
use crate::plan::ssh_g::HostConfig;
use crate::resolve::Resolver;
use crate::resolve::host::Settings;
use crate::resolve::key::LoginKey;
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::push::KeyPush;
use crate::resolve::{find, jump};
use crate::run::{become_client, print, show, wait_for};
use crate::tunnel;
use crate::world::aws::Credentials;
use crate::world::net::stdio_tcp;
use crate::world::net::tcp::{self, ConnectError};
use crate::world::openssh::ConfigSource;
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::tty::terminal::Terminal;

/// What must be ready before the first byte is copied.
struct Prepared {
    route: Route,
    /// The ssh that copies the bytes through hops.
    forwarding_ssh: Option<CommandLine>,
    /// The credentials for a tunnel.
    credentials: Option<Credentials>,
    /// Keep alive until the end: ssh logs in with it.
    _key: Option<LoginKey>,
}

/// Copies the bytes between ssh and the instance.
///
/// # Errors
/// The first step that fails.
pub(crate) fn run(request: &ProxyRequest, terminal: Terminal) -> Result<(), Error> {
    let options = &request.invocation.options;
    let terminal = terminal.with_verbosity(options.debug, request.invocation.is_verbose());
    let prepared = wait_for(prepare(request, terminal))?;
    let route = &prepared.route;
    match (&prepared.forwarding_ssh, route) {
        (Some(line), _) if options.dry_run => show(line),
        (Some(line), _) => become_client(line),
        (None, _) if options.dry_run => {
            print(format!("connect to port {} by {route}\n", request.port).as_bytes())
        }
        (None, Route::Tunnel(_, tunnel)) => {
            let wanted = TunnelRequest::of(options, tunnel.clone(), request.port);
            let (handed, ends) = (prepared.credentials, (io::stdin(), io::stdout()));
            wait_for(tunnel::through(&wanted, handed, ends, terminal))
        }
        (None, _) => relay(&route.destination(), request.port),
    }
}

async fn prepare(request: &ProxyRequest, terminal: Terminal) -> Result<Prepared, Error> {
    process::make_children_waitable().map_err(IoError::Start)?;
    // Before any step that takes long: ssh has already read the path of the key, which must stay.
    let key = request.key_dir.as_deref();
    let key = key.map(LoginKey::shared).transpose()?;
    let invocation = &request.invocation;
    let mut destinations = invocation.destinations();
    let settings = destinations.next().map_or_else(HostConfig::default, |it| {
        HostConfig::given(&it.host, request.port, it.login.as_ref())
    });
    let mut resolver = Resolver {
        invocation,
        settings: Settings::Given(Box::new(settings)),
        aws: LazyAws::new(&invocation.options, true, terminal),
        push: KeyPush::with_key(invocation, key),
        terminal,
    };
    let targets = resolver.all().await?;
    let route = targets.into_iter().next().map(|it| it.route);
    let route = route.ok_or(Usage::NoTarget)?;
    let credentials = resolver.aws.credentials().await?;
    let forwarding_ssh = if request.hops.is_empty() {
        None
    } else {
        // On the heap: it is large, and few destinations have hops.
        Some(Box::pin(forwarding_ssh(request, &route, terminal)).await?)
    };
    Ok(Prepared {
        route,
        forwarding_ssh,
        credentials,
        _key: resolver.push.into_key(),
    })
}

/// The ssh that connects through the hops to the end of the route.
async fn forwarding_ssh(
    request: &ProxyRequest,
    route: &Route,
    terminal: Terminal,
) -> Result<CommandLine, Error> {
    let invocation = &request.invocation;
    let aws = LazyAws::new(&invocation.options, true, terminal);
    let is_instance = async |address| find::is_instance_at(address, &aws, None, terminal).await;
    let mut hops = request.hops.clone();
    jump::identify(
        &mut hops,
        invocation,
        &ConfigSource::of(invocation),
        is_instance,
    )
    .await?;
    hops::check(&hops, request.first_hop_via)?;
    let forward = format!("[{}]:{}", route.destination(), request.port);
    jump::forwarding_ssh(&hops, invocation, request.first_hop_via, &forward)
}

/// Copies the bytes over a TCP connection of our own.
fn relay(host: &str, port: u16) -> Result<(), Error> {
    let socket = tcp::connect_blocking(host, port)?;
    // Ctrl-C is for ssh, which may have gone to the background and still need us.
    process::detach_from_terminal();
    let input = io::stdin().as_fd().try_clone_to_owned();
    let output = io::stdout().as_fd().try_clone_to_owned();
    let ends = input.and_then(|input| Ok((input, output?)));
    let (input, output) = ends.map_err(IoError::Start)?;
    let (relayed, host) = (stdio_tcp::relay(&socket, input, output), host.to_owned());
    relayed.map_err(|source| ConnectError { host, port, source }.into())
}
