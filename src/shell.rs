//! A shell through Session Manager: find the instance, start a session, connect it to the terminal.
//!
//! It needs no sshd, no key and no port, so it works when sshd is broken.

use std::os::fd::AsFd;

use crate::error::Error;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::usage::Usage;
use crate::plan::route::tunnel::SsmTarget;
use crate::plan::ssh_g::bad_value::BadConfigValue;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::Region;
use crate::plan::target::instance::{Instance, State};
use crate::plan::target::lookup::Lookup;
use crate::plan::way::Way;
use crate::resolve::find;
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::name::Named;
use crate::resolve::search;
use crate::resolve::start;
use crate::tunnel::ssm::SsmSession;
use crate::world::aws::{Regional, SessionKind};
use crate::world::net::pump::Streams;
use crate::world::process::error::IoError;
use crate::world::process::signals::ShutdownSignals;
use crate::world::process::stdio::{self, FlagsGuard, Input, Output};
use crate::world::tty::input_terminal::InputTerminal;
use crate::world::tty::terminal::Terminal;
use crate::world::{openssh, process};

/// Runs a shell until it ends or the user ends it. Session Manager does not tell
/// with which status it ended.
///
/// # Errors
/// The first step that fails.
pub(crate) async fn run(
    invocation: &Invocation,
    (typed, shown): (impl AsFd, impl AsFd),
    terminal: Terminal,
) -> Result<(), Error> {
    let options = &invocation.options;
    let terminal = terminal.with_verbosity(options.debug, invocation.is_verbose());
    process::make_children_waitable().map_err(IoError::Start)?;
    let aws = LazyAws::new(options, true, terminal);
    let ahead = search::ahead(invocation, None, aws, terminal);
    let ahead = terminal.show_wait_during(false, Box::pin(ahead)).await?;
    let invocation = ahead.invocation.as_ref().unwrap_or(invocation);
    let (options, aws) = (&invocation.options, ahead.aws);
    let destination = invocation.destinations().next().ok_or(Usage::NoTarget)?;
    let (target, host) = target(invocation, destination).await?;
    let target_region = destination.region().or(target.region());
    let find = async {
        let place = aws.in_region(target_region).await?;
        let named = Named {
            target: &target,
            typed: &destination.host,
            hostname: &host,
        };
        let in_region = (&aws, target_region);
        let found = ssm_target(invocation, &named, in_region, &place, terminal).await?;
        Ok::<_, Error>((place, found))
    };
    let (place, ssm_target) = terminal.show_wait_during(false, Box::pin(find)).await?;
    let profile = options.profile.as_deref();
    terminal.verbose(&format!("a shell on {ssm_target} by Session Manager"));
    let ssm = SsmSession {
        target: ssm_target.as_str(),
        start: SessionKind::Shell,
        region: Some(&place.region),
        profile,
        background: false,
        quiet: false,
        terminal,
    };
    // First of all: a signal while a session starts must wait until we can end the session.
    let mut hangup = ShutdownSignals::listen().map_err(IoError::Start)?;
    let _flags = [FlagsGuard::of(&typed), FlagsGuard::of(&shown)];
    let ends = ends(&typed, &shown).map_err(IoError::Start)?;
    match Box::pin(ssm.run(place.aws(), &mut hangup, ends)).await {
        Err(error @ Error::Instance(InstanceError::NotManaged { .. })) => {
            let reason = Box::pin(reason(error, &ssm_target, &place));
            Err(terminal.show_wait_during(false, reason).await)
        }
        end => end,
    }
}

/// Why Session Manager does not reach an instance that was not looked up because its ID was known:
/// it may not be running, or not exist. If it is running, or cannot be looked up, returns the error
/// unchanged.
async fn reason(error: Error, ssm_target: &SsmTarget, place: &Regional<'_>) -> Error {
    let SsmTarget::Instance(id) = ssm_target else {
        return error;
    };
    match place.instance(id).await {
        Ok(None) => find::not_found(id, place).into(),
        Ok(Some(instance)) if instance.state != State::Running => {
            find::not_running(&instance, place)
        }
        Ok(_) | Err(_) => error,
    }
}

fn ends(
    typed: impl AsFd,
    shown: impl AsFd,
) -> std::io::Result<(Streams<Input, Output>, InputTerminal)> {
    let screen = InputTerminal::of(&typed)?;
    let ends = Streams {
        input: Input::of(stdio::reopen_terminal(&typed)?)?,
        output: Output::of(stdio::reopen_terminal(&shown)?)?,
        input_closed: Input::is_closed,
        output_closed: Output::is_closed,
    };
    Ok((ends, screen))
}

/// The target, and the host that it was parsed from: ssh_config's HostName, if the typed name is
/// not one of AWS's.
async fn target(
    invocation: &Invocation,
    destination: &Destination,
) -> Result<(Target, String), Error> {
    let is_name = matches!(destination.target, Target::Host(_));
    if !is_name || invocation.options.instance.is_some() {
        return Ok((destination.target.clone(), destination.host.clone()));
    }
    let host = openssh::host_name(invocation, destination).await?;
    let target = Target::parse(&host).map_err(BadConfigValue::host_name)?;
    Ok((target, host))
}

/// The target as Session Manager names it. An ID need not be looked up.
async fn ssm_target(
    invocation: &Invocation,
    named: &Named<'_>,
    in_region: (&LazyAws, Option<&Region>),
    place: &Regional<'_>,
    terminal: Terminal,
) -> Result<SsmTarget, Error> {
    if let Target::Node(id) = named.target {
        return Ok(SsmTarget::Node(id.clone()));
    }
    let options = &invocation.options;
    let query = find::lookup(named, options, in_region, terminal).await?;
    if let Lookup::Id(id) = &query.lookup
        && !options.start
    {
        return Ok(SsmTarget::Instance(id.clone()));
    }
    let instance = find::instance(&query.lookup, named.hostname, options.pick, place).await?;
    if start::is_wanted(invocation, &instance.state) {
        let way_in = async |it: &Instance| start::agent_answers(it, place).await;
        let (instance, ()) = Box::pin(start::run(&instance, options, place, way_in)).await?;
        return Ok(SsmTarget::Instance(instance.id));
    }
    find::check_state(&instance, Way::Ssm, place, terminal)?;
    Ok(SsmTarget::Instance(instance.id))
}
