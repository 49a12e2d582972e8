//! The pushes of an agent: made when the parent says so, and made again when ssh asks for the key
//! too late.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::watch;

use super::push::Push;
use super::ticket::{Progress, Ticket};
use crate::error::{Error, PushError};
use crate::plan::os_user::advice::DefaultLogin;
use crate::plan::os_user::{OsGuess, by_image};
use crate::plan::target::ids::Login;
use crate::world::aws::{Credentials, Prompts, PushRequest, PushTarget, RefreshingCredentials};
use crate::world::process::clock::took;
use crate::world::tty::terminal::Terminal;

/// How long after a push ssh may still log in with the key: AWS keeps it for 60 seconds, of which
/// the login needs some.
const FRESH: Duration = Duration::from_secs(45);

/// Pushes, and remembers what it pushed.
#[derive(Debug)]
pub(crate) struct Pusher {
    /// The public half of the agent's key.
    public: String,
    pushes: Mutex<Vec<Push>>,
    state: watch::Sender<PushState>,
    /// Held while all is pushed again, so that it is done once.
    again: tokio::sync::Mutex<()>,
    terminal: Terminal,
}

/// How far the pushes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PushState {
    /// How often all before was forgotten.
    round: u32,
    /// How many are not answered; one more until it is known that there are no others.
    open: usize,
    has_failed: bool,
    /// When the last one was accepted, by the system's clock, which goes on while the machine sleeps.
    accepted: Option<SystemTime>,
}

impl Pusher {
    pub(crate) fn new(public: String, terminal: Terminal) -> Self {
        let state = PushState {
            round: 0,
            open: 1,
            has_failed: false,
            accepted: None,
        };
        Self {
            public,
            pushes: Mutex::default(),
            state: watch::Sender::new(state),
            again: tokio::sync::Mutex::default(),
            terminal,
        }
    }

    /// Begins a push. Call it in the runtime.
    pub(crate) fn begin(self: &Arc<Self>, push: Push) -> Ticket {
        self.state.send_modify(|it| it.open += 1);
        let round = self.state.borrow().round;
        let (progress, ticket) = Ticket::new(&push);
        let pusher = Arc::clone(self);
        tokio::spawn(async move {
            let retried = progress.clone();
            let attempts = AtomicU32::new(0);
            let retried = move |throttled| {
                let attempts = attempts.fetch_add(1, Ordering::Relaxed) + 1;
                retried.send_replace(Progress::Retried(attempts, throttled));
            };
            let credentials = &push.access.credentials;
            let result = pusher.send(&push, credentials, retried).await;
            if pusher.finish(push, round, result.is_ok()) {
                progress.send_replace(Progress::Answered(result));
            }
        });
        ticket
    }

    /// Notes the answer, unless the push was forgotten: then nobody is told of it.
    fn finish(&self, push: Push, round: u32, is_accepted: bool) -> bool {
        if self.state.borrow().round != round {
            return false;
        }
        if is_accepted {
            self.pushes().push(push);
        }
        self.state.send_modify(|it| {
            it.open -= 1;
            it.has_failed |= !is_accepted;
            if is_accepted {
                it.accepted = Some(SystemTime::now());
            }
        });
        true
    }

    /// Nothing that was pushed or has failed so far counts.
    pub(crate) fn forget(&self) {
        self.pushes().clear();
        self.state.send_modify(|it| {
            *it = PushState {
                round: it.round + 1,
                open: 1,
                has_failed: false,
                accepted: None,
            };
        });
    }

    /// No push will be begun from now on: ssh starts.
    pub(crate) fn has_all(&self) {
        self.state.send_modify(|it| it.open -= 1);
        if self.state.borrow().open > 0 {
            self.terminal
                .debug(|| "ssh starts while the key is being pushed".to_owned());
        }
    }

    /// Waits until all pushes are answered, and says whether the keys can be used: one that was
    /// pushed too long ago is pushed again first.
    pub(crate) async fn is_usable(&self) -> bool {
        let asked = Instant::now();
        let mut state = self.state.subscribe();
        let has_waited = state.borrow().open > 0;
        let state = state.wait_for(|it| it.open == 0).await;
        if has_waited {
            let waited = took(asked);
            self.terminal
                .debug(|| format!("ssh waited {waited} for the push"));
        }
        if !state.is_ok_and(|it| !it.has_failed) {
            return false;
        }
        let _one_at_a_time = self.again.lock().await;
        let Some(accepted) = self.state.borrow().accepted else {
            return true;
        };
        let age = accepted.elapsed().unwrap_or(FRESH);
        age < FRESH || self.push_again().await
    }

    /// Whether the key logs in this user; the user at a console is the instance's ID.
    pub(crate) fn has_user(&self, user: &[u8]) -> bool {
        self.pushes().iter().any(|push| match &push.login {
            Some(login) => login.as_str().as_bytes() == user,
            None => Login::at_console(&push.id).as_str().as_bytes() == user,
        })
    }

    /// What the image of an instance suggests, if AWS tells.
    pub(super) async fn image_of(&self, login: &DefaultLogin) -> Option<OsGuess> {
        let id = login.software.image_id.as_deref()?;
        let push = self.pushes().iter().find(|it| it.id == login.id).cloned()?;
        let access = &push.access;
        let aws = access.with(&access.credentials, self.terminal).await.ok()?;
        let regional = aws.region(Some(&access.region)).ok()?;
        by_image(&regional.image(id).await.ok()??)
    }

    async fn push_again(&self) -> bool {
        let pushes = self.pushes().clone();
        for push in &pushes {
            self.terminal
                .debug(|| format!("the key of {} is too old: pushing it again", push.id));
            let result = match self.fresh_credentials(push).await {
                Ok(credentials) => self.send(push, &credentials, |_| ()).await,
                Err(error) => Err(error),
            };
            if let Err(error) = result {
                self.terminal.error(&error);
                return false;
            }
        }
        self.state
            .send_modify(|it| it.accepted = Some(SystemTime::now()));
        true
    }

    /// Those of the push, or others if they have expired. Nobody is asked for an MFA code: ssh has
    /// the terminal.
    async fn fresh_credentials(&self, push: &Push) -> Result<Credentials, PushError> {
        let credentials = RefreshingCredentials::new(
            push.access.profile.clone(),
            Some(push.access.region.clone()),
            Some(push.access.credentials.clone()),
            Prompts::Forbidden,
            self.terminal,
        );
        let fresh = credentials.get().await;
        fresh.map_err(|error| PushError::from(&Error::from(error)))
    }

    /// Makes the call, and says when an attempt of it has failed.
    async fn send(
        &self,
        push: &Push,
        credentials: &Credentials,
        retried: impl Fn(bool) + Send + Sync + 'static,
    ) -> Result<(), PushError> {
        let sent = async {
            let access = &push.access;
            let aws = access.with(credentials, self.terminal).await?;
            let regional = aws.region(Some(&access.region))?;
            let regional = regional.chosen_by(access.by.clone());
            let target = match &push.login {
                Some(login) => PushTarget::User(login, push.zone.as_ref()),
                None => PushTarget::Serial,
            };
            let key = push.own_key.as_ref().unwrap_or(&self.public);
            let id = &push.id;
            regional
                .push(PushRequest { id, target }, key, retried)
                .await
        };
        let sent = Box::pin(sent).await;
        sent.map_err(|error| PushError::from(&Error::from(error)))
    }

    fn pushes(&self) -> MutexGuard<'_, Vec<Push>> {
        self.pushes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
