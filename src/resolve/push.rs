//! The push: the public half of one key, for every destination of a run (`SendSSHPublicKey`).
//!
//! The agent makes it. ssh need not wait for it: the agent tells ssh of the key only then.

mod agent;
mod begun;
mod key_type;

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::sync::OnceCell;
use tokio::time::timeout;

pub(crate) use self::agent::KeyAgent;
pub(super) use self::begun::Begun;
use self::begun::explained;
use crate::agent::push::{AwsAccess, Push};
use crate::agent::ticket::Ticket;
use crate::error::Error;
use crate::plan::cli::invocation::Invocation;
use crate::plan::key_type::KeyType;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::{InstanceId, Login, Zone};
use crate::world::aws::{Aws, Regional};
use crate::world::key;

/// How long ssh's start waits for a push that is not answered when all else is ready. ssh asks for
/// keys some 100 ms after its start.
const MOMENT: Duration = Duration::from_millis(10);

/// The pushes of a run.
pub(crate) struct KeyPush<'a> {
    invocation: &'a Invocation,
    mode: PushMode,
    agent: Option<KeyAgent<'a>>,
    /// The public half of the user's own key.
    own_key: OnceCell<String>,
    /// The type of the key, and whether the agent knows it.
    key_type: Cell<KeyType>,
    is_key_made: Cell<bool>,
    tickets: RefCell<Vec<Ticket>>,
    /// The instance of the last push.
    last: RefCell<Option<(InstanceId, AwsAccess)>>,
}

/// What a run pushes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PushMode {
    /// Nothing, in any case.
    Never,
    /// Nothing, but what could not be pushed is the same error as in a real push.
    DryRun,
    /// The key.
    Push,
}

impl<'a> KeyPush<'a> {
    /// The pushes of this run, by this agent.
    pub(crate) fn by(agent: Option<KeyAgent<'a>>, invocation: &'a Invocation) -> Self {
        let mode = match agent {
            Some(_) => PushMode::Push,
            None if invocation.options.dry_run && !invocation.is_control_command() => {
                PushMode::DryRun
            }
            None => PushMode::Never,
        };
        Self {
            invocation,
            mode,
            agent,
            own_key: OnceCell::new(),
            key_type: Cell::default(),
            is_key_made: Cell::default(),
            tickets: RefCell::default(),
            last: RefCell::default(),
        }
    }

    /// Whether this run pushes anything.
    pub(super) fn pushes(&self) -> bool {
        self.mode == PushMode::Push
    }

    /// Checks the user and the user's own key before any call to AWS.
    ///
    /// # Errors
    /// A user that EC2 Instance Connect would refuse, if `logs_in`; a key without a public half.
    pub(super) async fn check(
        &self,
        logs_in: bool,
        login: &Login,
        bad_user: impl FnOnce(BadName) -> Error,
    ) -> Result<(), Error> {
        if logs_in && self.mode != PushMode::Never {
            login.for_push().map_err(bad_user)?;
        }
        if !self.invocation.is_control_command() {
            self.own_key().await?;
        }
        Ok(())
    }

    /// Begins to push the key for a user of an instance.
    ///
    /// # Errors
    /// A user that EC2 Instance Connect would refuse, and a missing agent.
    pub(super) async fn to_user<'b>(
        &self,
        id: &InstanceId,
        login: &Login,
        aws: &'b Regional<'b>,
    ) -> Result<Begun<'b>, Error> {
        let login = login.for_push()?.clone();
        self.begin(id, Some(login), self.zone().cloned(), aws).await
    }

    /// Begins to push the key for the serial console of an instance.
    ///
    /// # Errors
    /// A missing agent.
    pub(super) async fn to_console<'b>(
        &self,
        id: &InstanceId,
        aws: &'b Regional<'b>,
    ) -> Result<Begun<'b>, Error> {
        self.begin(id, None, None, aws).await
    }

    async fn begin<'b>(
        &self,
        id: &InstanceId,
        login: Option<Login>,
        zone: Option<Zone>,
        aws: &'b Regional<'b>,
    ) -> Result<Begun<'b>, Error> {
        let Some(agent) = self.agent else {
            return Ok(Begun::nothing(aws));
        };
        let push = Push {
            id: id.clone(),
            login,
            zone,
            own_key: self.own_key().await?.map(str::to_owned),
            access: self.access(aws).await?,
        };
        let access = push.access.clone();
        self.last.replace(Some((id.clone(), access.clone())));
        // No agent of ours could keep ssh waiting for the user's own key.
        let waits = push.own_key.is_some() && matches!(agent, KeyAgent::Here(_));
        let ticket = match agent {
            KeyAgent::Process(agent) => agent.push(push).await?,
            KeyAgent::Here(pusher) => pusher.begin(push),
        };
        self.tickets.borrow_mut().push(ticket.clone());
        Ok(Begun::new(ticket, access, waits, aws))
    }

    async fn access(&self, aws: &Regional<'_>) -> Result<AwsAccess, Error> {
        Ok(AwsAccess {
            region: aws.region.clone(),
            by: aws.chosen().by,
            profile: self.invocation.options.profile.clone(),
            credentials: aws.aws().credentials().await?,
        })
    }

    /// The public half of the user's own key, if they named one.
    async fn own_key(&self) -> Result<Option<&str>, Error> {
        let Some(file) = self.invocation.identity() else {
            return Ok(None);
        };
        let read = || async { key::public_half(file) };
        Ok(Some(self.own_key.get_or_try_init(read).await?))
    }

    /// The instance to which the last push went, and with what.
    pub(crate) fn last(&self) -> Option<(InstanceId, AwsAccess)> {
        self.last.borrow().clone()
    }

    /// Begins again: what was pushed, or could not be, counts no more.
    ///
    /// # Errors
    /// A missing agent.
    pub(super) fn forget(&self) -> Result<(), Error> {
        self.tickets.borrow_mut().clear();
        match self.agent {
            Some(KeyAgent::Process(agent)) => agent.forget()?,
            Some(KeyAgent::Here(pusher)) => pusher.forget(),
            None => {}
        }
        Ok(())
    }

    /// Gives pushes that are not answered a moment more: ssh need not start to learn of a failure
    /// that comes as fast as the instance's own look-up. If AWS throttles a push, it may take long:
    /// ssh does not start before the answer, since sshd lets only a few logins wait (MaxStartups in
    /// sshd_config(5)).
    ///
    /// # Errors
    /// Why the first of them failed.
    pub(super) async fn wait_a_moment(&self, aws: Option<&Aws>) -> Result<(), Error> {
        let tickets = self.tickets.borrow().clone();
        let answered = async || try_join_all(tickets.iter().map(Ticket::accepted)).await;
        let answers = match timeout(MOMENT, answered()).await {
            Ok(answers) => answers,
            Err(_) if tickets.iter().any(Ticket::is_retried) => answered().await,
            Err(_) => return Ok(()),
        };
        answers.map(drop).map_err(|it| explained(it, aws))
    }

    /// Waits for the first push that fails, as long as it may take.
    pub(crate) async fn failure(&self) -> Error {
        let tickets = self.tickets.borrow().clone();
        for ticket in tickets {
            if let Err(error) = ticket.accepted().await {
                return error;
            }
        }
        pending().await
    }

    /// The zone for the push: only if the user gave instance and host separately, where it is part
    /// of the name. With an ID alone, a wrong zone must do no harm.
    fn zone(&self) -> Option<&Zone> {
        let mut destinations = self.invocation.destinations();
        let apart = destinations.all(|it| self.invocation.is_host_beside_id(it));
        self.invocation.options.zone.as_ref().filter(|_| apart)
    }
}
