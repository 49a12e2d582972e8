//! The story of a shell by Session Manager: find the instance, start a session, be its terminal.
//!
//! sshd has no part in it, nor a key, nor a port: this is the way in when sshd is what is broken.

use std::os::fd::AsFd;

use crate::error::Error;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::aws::region::RegionSource;
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::usage::Usage;
use crate::plan::route::tunnel::Managed;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::instance::{Instance, State};
use crate::plan::target::lookup;
use crate::plan::target::lookup::Lookup;
use crate::tunnel::ssm::SsmSession;
use crate::world::aws::error::AwsError;
use crate::world::aws::{Aws, Prompts, Regional, SessionKind};
use crate::world::net::pump::Streams;
use crate::world::net::resolver;
use crate::world::openssh;
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::process::signals::Hangup;
use crate::world::process::stdio;
use crate::world::process::stdio::{FlagsGuard, Input, Output};
use crate::world::tty::raw_mode::Screen;
use crate::world::tty::terminal::Terminal;

/// Runs a shell until it ends or whoever started us has had enough. Session Manager does not tell
/// with which status it ended.
///
/// # Errors
/// Whatever is in the way.
pub async fn run(
    invocation: &Invocation,
    (typed, shown): (impl AsFd, impl AsFd),
    terminal: Terminal,
) -> Result<(), Error> {
    let options = &invocation.options;
    let terminal = terminal.telling(options.debug, invocation.has(b'v'));
    process::notice_children().map_err(IoError::Start)?;
    let destination = invocation.destinations().next().ok_or(Usage::NoTarget)?;
    let (target, host) = target(invocation, destination).await?;
    let told = destination.region().or(target.region());
    let region = options.region.as_ref().or(told);
    let profile = options.profile.as_deref();
    let load = Box::pin(Aws::load(profile, region, Prompts::Allowed, terminal));
    let aws = terminal.beside(false, load).await?;
    let place = aws.region(region)?;
    let place = match region {
        None => place,
        Some(_) if options.region.is_some() => place.chosen_by(RegionSource::Option),
        Some(_) => place.chosen_by(RegionSource::Target),
    };
    let managed = managed(invocation, &target, &host, &place);
    let managed = terminal.beside(false, managed).await?;
    terminal.note(&format!("a shell on {managed} by Session Manager"));
    let ssm = SsmSession {
        target: managed.as_str(),
        start: SessionKind::Shell,
        region: Some(&place.region),
        profile,
        background: false,
        quiet: false,
        terminal,
    };
    // First of all: whoever is killed while a session starts has to wait and to end it.
    let hangup = Hangup::listen().map_err(IoError::Start)?;
    let _flags = [FlagsGuard::of(&typed), FlagsGuard::of(&shown)];
    let ends = ends(&typed, &shown).map_err(IoError::Start)?;
    match Box::pin(ssm.run(&aws, hangup, ends)).await {
        Err(error @ Error::Instance(InstanceError::NotManaged { .. })) => {
            let reason = Box::pin(reason(error, &managed, &place));
            Err(terminal.beside(false, reason).await)
        }
        end => end,
    }
}

/// Why Session Manager does not reach an instance, which was not looked up where its ID was at hand:
/// it may not be running, or not be there at all. Else, and where that cannot be known, the error
/// stays as it is.
async fn reason(error: Error, managed: &Managed, place: &Regional<'_>) -> Error {
    let Managed::Instance(id) = managed else {
        return error;
    };
    match place.instance(id).await {
        Ok(instance) if instance.state != State::Running => not_running(instance, place),
        Err(missing @ AwsError::Instance(InstanceError::NotFound { .. })) => missing.into(),
        Ok(_) | Err(_) => error,
    }
}

fn not_running(instance: Instance, place: &Regional<'_>) -> Error {
    InstanceError::NotRunning {
        id: instance.id,
        state: instance.state,
        region: place.region.clone(),
    }
    .into()
}

fn ends(typed: impl AsFd, shown: impl AsFd) -> std::io::Result<(Streams<Input, Output>, Screen)> {
    let screen = Screen::of(&typed)?;
    let ends = Streams {
        input: Input::of(stdio::anew(&typed)?)?,
        output: Output::of(stdio::anew(&shown)?)?,
        input_closed: Input::is_closed,
        output_closed: Output::is_closed,
    };
    Ok((ends, screen))
}

/// What is meant, and the host that it was read in: ssh_config's HostName for a name that is no
/// name of AWS's.
async fn target(
    invocation: &Invocation,
    destination: &Destination,
) -> Result<(Target, String), Error> {
    let is_name = matches!(destination.target, Target::Host(_));
    if !is_name || invocation.options.instance.is_some() {
        return Ok((destination.target.clone(), destination.host.clone()));
    }
    let host = openssh::host_name(invocation, destination).await?;
    Ok((Target::parse(&host)?, host))
}

/// What Session Manager knows the target as. An ID need not be looked up.
async fn managed(
    invocation: &Invocation,
    target: &Target,
    host: &str,
    place: &Regional<'_>,
) -> Result<Managed, Error> {
    let filters = match (target, lookup::of(target), &invocation.options.instance) {
        (Target::Node(id), ..) => return Ok(Managed::Node(id.clone())),
        (_, Some(Lookup::Id(id)), _) => return Ok(Managed::Instance(id)),
        (_, _, Some(id)) => return Ok(Managed::Instance(id.clone())),
        (_, Some(Lookup::Filters(filters)), _) => filters,
        (_, None, _) => match lookup::by_addresses(&resolver::addresses(host).await?) {
            Lookup::Id(id) => return Ok(Managed::Instance(id)),
            Lookup::Filters(filters) => filters,
        },
    };
    let instance = place.instance_with(&filters, host).await?;
    if instance.state == State::Running {
        return Ok(Managed::Instance(instance.id));
    }
    Err(not_running(instance, place))
}
