//! A push that is on its way.

use tokio::sync::watch;

use super::push::Push;
use crate::error::{Error, PushError};
use crate::world::key::error::KeyError;
use crate::world::tty::waiting::{self, Wait};

/// How far a push is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Its first attempt is on its way.
    Begun,
    /// So many attempts have failed, the last one because AWS throttles it or not, and another one
    /// follows.
    Retried(u32, bool),
    Answered(Result<(), PushError>),
}

/// A push that was begun.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    progress: watch::Receiver<Progress>,
    /// The call, for the line that a long wait shows.
    call: String,
}

impl Ticket {
    /// A push, and where its progress is to be put.
    pub(crate) fn new(push: &Push) -> (watch::Sender<Progress>, Self) {
        let (sender, progress) = watch::channel(Progress::Begun);
        let action = match push.login {
            Some(_) => "SendSSHPublicKey",
            None => "SendSerialConsoleSSHPublicKey",
        };
        let call = format!("{action} in {}", push.access.region);
        (sender, Self { progress, call })
    }

    /// Waits until AWS has the key.
    ///
    /// # Errors
    /// Why the push failed.
    pub(crate) async fn accepted(&self) -> Result<(), Error> {
        Wait::begin(self.call.clone()).during(self.answer()).await
    }

    async fn answer(&self) -> Result<(), Error> {
        let mut progress = self.progress.clone();
        let mut shown = 0;
        waiting::next_try();
        loop {
            let now = progress.borrow_and_update().clone();
            match now {
                Progress::Begun => {}
                Progress::Retried(attempts, is_throttled) => {
                    for _ in shown..attempts {
                        waiting::next_try();
                    }
                    shown = attempts;
                    if is_throttled {
                        waiting::throttled();
                    }
                }
                Progress::Answered(answer) => return answer.map_err(Error::from),
            }
            if progress.changed().await.is_err() {
                return Err(KeyError::agent_has_ended().into());
            }
        }
    }

    /// Its progress, as it goes on.
    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Whether an attempt has failed so far.
    pub(crate) fn is_retried(&self) -> bool {
        matches!(*self.progress.borrow(), Progress::Retried(..))
    }

    /// Why the push failed, if it has failed so far.
    pub(crate) fn failure(&self) -> Option<PushError> {
        match &*self.progress.borrow() {
            Progress::Answered(Err(error)) => Some(error.clone()),
            _ => None,
        }
    }
}
