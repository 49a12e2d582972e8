//! The run, as the ssh agent asks about it.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::Run;
use crate::wire::agent::{HostKeyAnswer, HostKeyQuestion};
use crate::world::agent::{Hooks, LoginStep};
use crate::world::aws::credentials_json;

/// The run, as its agent asks about it.
pub(in crate::agent) struct RunHooks(pub(in crate::agent) Arc<Run>);

impl Hooks for RunHooks {
    fn is_client(&self, pid: u32) -> bool {
        i64::from(pid) == i64::from(self.0.client.as_raw_nonzero().get())
    }

    async fn may_list(&self) -> bool {
        self.0.pusher.is_usable().await
    }

    fn is_user(&self, user: &[u8]) -> bool {
        self.0.pusher.has_user(user)
    }

    async fn credentials(&self) -> Option<Vec<u8>> {
        let state = self.0.state();
        let json = credentials_json::to_value(state.credentials.as_ref()?);
        Some(json.to_string().into_bytes())
    }

    fn note(&self, step: LoginStep) {
        self.0.host_keys.note(step);
        self.0.state().login.note(step, || self.0.ending());
    }

    async fn host_key(&self, question: HostKeyQuestion<'_>) -> Option<HostKeyAnswer> {
        self.0.host_keys.answer(question).await
    }

    fn connection(&self, host: &str, port: u16) -> Option<OwnedFd> {
        let address = SocketAddr::new(host.parse().ok()?, port);
        let mut state = self.0.state();
        let at = state
            .connections
            .iter()
            .position(|(it, _)| *it == address)?;
        let (_, stream) = state.connections.swap_remove(at);
        Some(stream.into())
    }
}
