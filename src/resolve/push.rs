//! The push: the public half of one key, for every destination of a run (`SendSSHPublicKey`).

use tokio::sync::OnceCell;

use super::key::LoginKey;
use crate::error::Error;
use crate::plan::cli::invocation::Invocation;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::{InstanceId, Login, Zone};
use crate::world::aws::{self, PushTarget, Regional};

/// The key of a run, made only when it is certain to be pushed.
pub(crate) struct KeyPush<'a> {
    invocation: &'a Invocation,
    mode: PushMode,
    key: OnceCell<LoginKey>,
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
    pub(crate) fn of(invocation: &'a Invocation) -> Self {
        let options = &invocation.options;
        let mode = match () {
            () if options.listen.is_some() || invocation.is_control_command() => PushMode::Never,
            () if options.dry_run => PushMode::DryRun,
            () => PushMode::Push,
        };
        Self {
            invocation,
            mode,
            key: OnceCell::new(),
        }
    }

    /// The same with an existing key, if there is one.
    pub(crate) fn with_key(invocation: &'a Invocation, key: Option<LoginKey>) -> Self {
        Self {
            key: OnceCell::new_with(key),
            ..Self::of(invocation)
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
        let has_own = self.invocation.identity().is_some();
        if has_own && !self.invocation.is_control_command() {
            self.key().await?;
        }
        Ok(())
    }

    /// Pushes the key for a user of an instance.
    ///
    /// # Errors
    /// Those of making the key and of the call.
    pub(super) async fn to_user(
        &self,
        id: &InstanceId,
        login: &Login,
        aws: &Regional<'_>,
    ) -> Result<(), Error> {
        if !self.pushes() {
            return Ok(());
        }
        let target = PushTarget::User(login.for_push()?, self.zone());
        self.push(aws::PushRequest { id, target }, aws).await
    }

    /// Pushes the key for the serial console of an instance.
    ///
    /// # Errors
    /// Those of making the key and of the call.
    pub(super) async fn to_console(
        &self,
        id: &InstanceId,
        aws: &Regional<'_>,
    ) -> Result<(), Error> {
        if !self.pushes() {
            return Ok(());
        }
        let target = PushTarget::Serial;
        self.push(aws::PushRequest { id, target }, aws).await
    }

    async fn push(&self, push: aws::PushRequest<'_>, aws: &Regional<'_>) -> Result<(), Error> {
        let key = self.key().await?;
        Ok(aws.push(push, &key.public()?, key.bell()).await?)
    }

    async fn key(&self) -> Result<&LoginKey, Error> {
        let make = || async { LoginKey::make(self.invocation) };
        Ok(self.key.get_or_try_init(make).await?)
    }

    /// The zone for the push: only if the user gave instance and host separately, where it is part
    /// of the name. With an ID alone, a wrong zone must do no harm.
    fn zone(&self) -> Option<&Zone> {
        let mut destinations = self.invocation.destinations();
        let apart = destinations.all(|it| self.invocation.is_host_beside_id(it));
        self.invocation.options.zone.as_ref().filter(|_| apart)
    }

    /// The key, if one was made.
    pub(crate) fn into_key(self) -> Option<LoginKey> {
        self.key.into_inner()
    }
}
