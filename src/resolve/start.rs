//! `--start`: starts an instance that is stopped, and waits until it can be reached.
//!
//! ```text
//! stopping ─→ stopped ─StartInstances→ pending ─→ running ─→ a way in
//! ```

use std::cell::RefCell;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::find;
use super::host::Host;
use super::race;
use super::route::{self, Inputs};
use crate::error::Error;
use crate::hint::{self, Hint};
use crate::plan::argv::tunnel::TunnelRequest;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::cli::invocation::{Invocation, Options};
use crate::plan::route::Route;
use crate::plan::route::eice::EiceTunnel;
use crate::plan::route::error::RouteError;
use crate::plan::route::race::Unavailable;
use crate::plan::route::tunnel::{AgentStatus, Tunnel};
use crate::plan::target::ids::InstanceId;
use crate::plan::target::instance::{Instance, State};
use crate::plan::wait::{self, Awaited};
use crate::tunnel::eice::ssh_answer::ssh_answers;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;
use crate::world::net::tcp;
use crate::world::process::error::IoError;
use crate::world::process::signals::ShutdownSignals;
use crate::world::tty::waiting::Wait;

/// How long to pause between two looks.
const PAUSE: Duration = Duration::from_secs(2);

/// sshd's port.
const SSH: u16 = 22;

/// Whether an instance in this state is to be started, or waited for.
pub(crate) fn is_wanted(invocation: &Invocation, state: &State) -> bool {
    let options = &invocation.options;
    let helps = matches!(state, State::Stopped | State::Stopping | State::Pending);
    options.start && !options.dry_run && !invocation.is_control_command() && helps
}

/// Starts the instance that was found, waits until it runs, and then until `way_in` is there. That gets
/// the instance as it is then: its addresses are new.
///
/// # Errors
/// [`InstanceError::NotInTime`], [`InstanceError::Left`] after a signal, and those of the calls.
pub(crate) async fn run<T>(
    found: &Instance,
    options: &Options,
    aws: &Regional<'_>,
    way_in: impl AsyncFn(&Instance) -> Result<Awaited<T>, Error>,
) -> Result<(Instance, T), Error> {
    let limit = options.wait.unwrap_or(wait::USUAL);
    let mut signals = ShutdownSignals::listen_unless_ignored().map_err(IoError::Start)?;
    let start = Start {
        aws,
        wait: Wait::begin(format!("instance {}", found.id)),
        state: RefCell::new(found.state.clone()),
        why: RefCell::default(),
    };
    let steps = start.until_reachable(&found.id, way_in);
    let state = || start.state.borrow().clone();
    let id = found.id.clone();
    let end = tokio::select! {
        biased;
        () = signals.next() => Err(InstanceError::Left { id, state: state() }.into()),
        done = timeout(limit, steps) => done.unwrap_or_else(|_| {
            let why = start.why.take();
            Err(InstanceError::NotInTime { id, state: state(), limit, why }.into())
        }),
    };
    // A signal while the key is pushed ends the run as usual.
    signals.hand_back();
    end
}

/// An instance that is being started.
struct Start<'a> {
    aws: &'a Regional<'a>,
    /// What the terminal shows.
    wait: Wait,
    /// Its last known state.
    state: RefCell<State>,
    /// Why the last try to reach it has failed.
    why: RefCell<Option<String>>,
}

impl Start<'_> {
    async fn until_reachable<T>(
        &self,
        id: &InstanceId,
        way_in: impl AsyncFn(&Instance) -> Result<Awaited<T>, Error>,
    ) -> Result<(Instance, T), Error> {
        let mut instance = self.until_running(id).await?;
        loop {
            match way_in(&instance).await? {
                Awaited::There(way) => return Ok((instance, way)),
                Awaited::NotYet(why) => self.why.replace(Some(why)),
            };
            let progress = "runs, and cannot be reached yet";
            self.wait.progress(progress.to_owned());
            sleep(PAUSE).await;
            instance = self.look(id).await?;
        }
    }

    async fn until_running(&self, id: &InstanceId) -> Result<Instance, Error> {
        let mut is_asked = false;
        loop {
            if *self.state.borrow() == State::Stopped && !is_asked {
                self.aws.start_instance(id).await?;
                self.state.replace(State::Pending);
                is_asked = true;
            }
            let instance = self.look(id).await?;
            match &instance.state {
                State::Running => return Ok(instance),
                // EC2 may take a moment to say that it is pending.
                State::Stopped if is_asked => self.wait.progress(State::Pending.to_string()),
                state @ (State::Stopped | State::Stopping | State::Pending) => {
                    self.wait.progress(state.to_string());
                }
                _ => return Err(find::not_running(&instance, self.aws)),
            }
            sleep(PAUSE).await;
        }
    }

    async fn look(&self, id: &InstanceId) -> Result<Instance, Error> {
        let found = self.aws.instance(id).await?;
        let instance = found.ok_or_else(|| find::not_found(id, self.aws))?;
        self.state.replace(instance.state.clone());
        Ok(instance)
    }
}

/// The route to an instance that has been started, once it can be used.
///
/// # Errors
/// Those that waiting does not mend.
pub(super) async fn way_in(
    instance: &Instance,
    inputs: &Inputs<'_>,
) -> Result<Awaited<Route>, Error> {
    let choice = route::choose(instance, inputs).await?;
    let route = match race::settle(choice, instance, inputs).await {
        Err(Error::Route(error @ RouteError::NoRoute { .. })) => {
            return Ok(Awaited::NotYet(error.details().join("; ")));
        }
        route => route?,
    };
    let open = match &route {
        Route::Tunnel(_, Tunnel::Ssm(..)) => agent_answers(instance, inputs.aws).await?,
        Route::Tunnel(_, Tunnel::Eice(eice)) => answers_by(eice, inputs).await?,
        // Only its own proxy could tell; a console is always there.
        Route::Serial(_) | Route::InstanceId(_) => Awaited::There(()),
        Route::Direct(..) | Route::AsTyped(_) | Route::ByHostName(..) => {
            answers(&route, inputs.host).await
        }
    };
    Ok(match open {
        Awaited::There(()) => Awaited::There(route),
        Awaited::NotYet(why) => Awaited::NotYet(why),
    })
}

/// Whether Session Manager reaches the instance. If it must not be asked, the session will tell.
pub(crate) async fn agent_answers(
    instance: &Instance,
    aws: &Regional<'_>,
) -> Result<Awaited<()>, Error> {
    let not_yet = |why: Unavailable| Ok(Awaited::NotYet(why.to_string()));
    match aws.agent(instance.id.as_str()).await {
        Ok((AgentStatus::Unknown, _)) => not_yet(Unavailable::Unmanaged),
        Ok((AgentStatus::Silent, _)) => not_yet(Unavailable::NoAgent),
        Ok((AgentStatus::Online, _)) | Err(AwsError::Denied(_)) => Ok(Awaited::There(())),
        Err(error) => Err(error.into()),
    }
}

/// Whether sshd answers through an endpoint. Behind a hop, only ssh could tell; and another server, for
/// which a port is forwarded, may wait for its client to speak first.
async fn answers_by(eice: &EiceTunnel, inputs: &Inputs<'_>) -> Result<Awaited<()>, Error> {
    let (host, options) = (inputs.host, &inputs.invocation.options);
    let port = host.config.port.unwrap_or(SSH);
    let is_forwarded = !options.listen.is_empty();
    if !host.hops.is_empty() || is_forwarded && port != SSH {
        return Ok(Awaited::There(()));
    }
    let credentials = inputs.aws.aws().credentials().await?;
    let request = TunnelRequest::of(options, Tunnel::Eice(eice.clone()), port);
    ssh_answers(&request, eice, &credentials).await
}

/// Whether the port answers. Behind a proxy or a hop, only ssh could tell.
async fn answers(route: &Route, host: &Host<'_>) -> Awaited<()> {
    if host.config.proxy.is_some() || !host.hops.is_empty() {
        return Awaited::There(());
    }
    let port = host.config.port.unwrap_or(SSH);
    match tcp::connect(&route.destination(), port).await {
        Ok(_) => Awaited::There(()),
        Err(error) => Awaited::NotYet(hint::line(&error)),
    }
}
