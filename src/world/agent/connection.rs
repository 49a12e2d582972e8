//! One connection to the agent.

use std::io;
use std::os::fd::OwnedFd;

use tokio::join;
use tokio::net::UnixStream;

use super::caller::CallerRole;
use super::users_agent::UsersAgent;
use super::{AgentServer, Hooks, LoginStep, messages};
use crate::wire::agent::{
    self, AgentIdentity, AgentRequest, Bind, HostKeyAnswer, HostKeyQuestion, SignedLogin,
};

/// The comment of our key in the list.
const COMMENT: &[u8] = b"mssh";

/// A connection of a client.
pub(super) struct AgentConnection<'a, H> {
    server: &'a AgentServer<H>,
    role: CallerRole,
    users_agent: UsersAgent<'a>,
    /// The connection of ssh that it is about, if the client has said so.
    session: Option<Vec<u8>>,
    /// Whether the client got our key.
    has_listed: bool,
}

/// A message, and a descriptor to send with it.
type Reply = (Vec<u8>, Option<OwnedFd>);

impl<'a, H: Hooks> AgentConnection<'a, H> {
    pub(super) fn new(server: &'a AgentServer<H>, role: CallerRole) -> Self {
        Self {
            server,
            role,
            users_agent: UsersAgent::new(server.users_agent.as_deref()),
            session: None,
            has_listed: false,
        }
    }

    /// Answers requests until the client closes the connection.
    ///
    /// # Errors
    /// If the socket fails, or a message is over the limit.
    pub(super) async fn serve(mut self, stream: UnixStream) -> io::Result<()> {
        let ended = self.answer_all(stream).await;
        if self.has_listed {
            self.server.hooks.note(LoginStep::Closed);
        }
        ended
    }

    async fn answer_all(&mut self, mut stream: UnixStream) -> io::Result<()> {
        while let Some(message) = messages::read(&mut stream).await? {
            match self.answer(&message).await {
                (reply, None) => messages::write(&mut stream, &reply).await?,
                (reply, Some(descriptor)) => {
                    messages::write_with(&mut stream, &reply, descriptor).await?;
                }
            }
        }
        Ok(())
    }

    async fn answer(&mut self, message: &[u8]) -> Reply {
        let request = AgentRequest::read(message);
        if self.has_listed && matches!(request, Some(AgentRequest::Sign { .. })) {
            self.server.hooks.note(LoginStep::Signs);
        }
        let reply = match (request, self.role) {
            (None, _) => agent::failure(),
            (Some(AgentRequest::Bind(bind)), CallerRole::Client(_)) => {
                self.bind(bind, message).await
            }
            (Some(AgentRequest::List), CallerRole::Client(_)) => self.list(message).await,
            (Some(AgentRequest::Sign { blob, data, flags }), CallerRole::Client(_))
                if self.is_ours(blob) =>
            {
                let signature = self.sign(data, flags);
                signature.map_or_else(agent::failure, |it| agent::signature(&it))
            }
            (Some(AgentRequest::Extension { name, payload }), CallerRole::Client(_)) => {
                return self.extension(name, payload, message).await;
            }
            _ => self.pass_on(message).await,
        };
        (reply, None)
    }

    /// The user's own agent's answer, verbatim.
    async fn pass_on(&mut self, message: &[u8]) -> Vec<u8> {
        let answer = self.users_agent.ask(message).await;
        answer.unwrap_or_else(agent::failure)
    }

    /// Notes which connection of ssh further requests are about. Those that a server sends through ssh
    /// (`-A`) are the user's own agent's business.
    async fn bind(&mut self, bind: Bind<'_>, message: &[u8]) -> Vec<u8> {
        if bind.is_forwarding {
            self.role = CallerRole::PassThrough;
            return self.pass_on(message).await;
        }
        self.session = Some(bind.session.to_vec());
        self.users_agent.ask(message).await;
        agent::success()
    }

    /// Our key as soon as it may be listed, and the user's, which are asked for meanwhile.
    async fn list(&mut self, message: &[u8]) -> Vec<u8> {
        if let CallerRole::Client(Some(process)) = self.role {
            self.server.asked.borrow_mut().insert(process);
        }
        let may_list = self.server.hooks.may_list();
        let (may_list, theirs) = join!(may_list, self.users_agent.ask(message));
        let ours = self.server.key.as_ref().filter(|_| may_list);
        let ours = ours.map(|key| AgentIdentity {
            blob: key.blob().to_vec(),
            comment: COMMENT.to_vec(),
        });
        if ours.is_some() {
            self.has_listed = true;
            self.server.hooks.note(LoginStep::Listed);
        }
        let theirs = theirs.as_deref().and_then(AgentIdentity::read);
        let both: Vec<AgentIdentity> = ours.into_iter().chain(theirs.unwrap_or_default()).collect();
        AgentIdentity::answer(&both)
    }

    fn is_ours(&self, blob: &[u8]) -> bool {
        let key = self.server.key.as_ref();
        key.is_some_and(|key| key.blob() == blob)
    }

    /// The signature of a login, by one of our users, on the connection of ssh that this is about.
    fn sign(&self, data: &[u8], flags: u32) -> Option<Vec<u8>> {
        let key = self.server.key.as_ref()?;
        let login = SignedLogin::read(data)?;
        let session = self.session.as_deref();
        let is_ours = login.blob == key.blob()
            && self.server.hooks.is_user(login.user)
            && session.is_none_or(|it| it == login.session);
        let signature = is_ours.then(|| key.sign(data, flags)).flatten()?;
        self.server.hooks.note(LoginStep::LogsIn);
        Some(signature)
    }

    async fn extension(&mut self, name: &[u8], payload: &[u8], message: &[u8]) -> Reply {
        let hooks = &self.server.hooks;
        if name == agent::CREDENTIALS.as_bytes() {
            let json = hooks.credentials().await;
            let reply = json.map(|it| agent::extension_reply(agent::CREDENTIALS, &it));
            (reply.unwrap_or_else(agent::extension_failure), None)
        } else if name == agent::CONNECTION.as_bytes() {
            let asked = agent::read_connection(payload);
            match asked.and_then(|(host, port)| hooks.connection(host, port)) {
                None => (agent::extension_failure(), None),
                opened => (agent::extension_reply(agent::CONNECTION, &[]), opened),
            }
        } else if name == agent::HOST_KEY.as_bytes() {
            let answer = match HostKeyQuestion::read(payload) {
                Some(question) => hooks.host_key(question).await,
                None => None,
            };
            let reply = answer.as_ref().map(HostKeyAnswer::reply);
            (reply.unwrap_or_else(agent::extension_failure), None)
        } else {
            (self.pass_on(message).await, None)
        }
    }
}
