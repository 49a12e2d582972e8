//! The fake AWS: what a request is answered, apart from how it travels.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, SystemTime};

use super::aws_error::{Protocol, Refusal};
use super::calls::{Book, Call, page_of};
use super::describe;
use super::eice;
use super::fault::Trouble;
use super::http::{Answer, Request};
use super::keys::KeyStore;
use super::push;
use super::request::{Caller, Operation};
use super::ssm::SessionManager;
use super::sts;
use super::token_services;

/// Every region of it, in fact: which one a request is for, its signature tells.
pub(crate) struct Region {
    books: Mutex<HashMap<String, Book>>,
    keys: KeyStore,
    sessions: SessionManager,
}

/// What happens on the connection.
pub(crate) enum Reaction {
    Send(Answer),
    SendSlowly(Answer, Duration),
    Close,
    Hang,
    /// An answer to this, without an end.
    Endless(Protocol),
}

impl Region {
    pub(crate) fn new(keys: KeyStore) -> io::Result<Self> {
        Ok(Self {
            books: Mutex::default(),
            keys,
            sessions: SessionManager::open()?,
        })
    }

    pub(crate) fn sessions(&self) -> &SessionManager {
        &self.sessions
    }

    /// Opens the book of `access_key`, which nobody else can until it is closed.
    pub(crate) fn with_book<T>(&self, access_key: &str, read: impl FnOnce(&mut Book) -> T) -> T {
        read(self.books().entry(page_of(access_key)).or_default())
    }

    fn books(&self) -> MutexGuard<'_, HashMap<String, Book>> {
        self.books.lock().expect("the region's books")
    }

    /// Answers a request, or doesn't, as the caller's faults have it; takes note of either.
    pub(crate) fn react(&self, request: &Request) -> Reaction {
        let operation = Operation::read(request);
        let caller = Caller::read(request).or_else(|| token_services::bearer(request, &operation));
        let caller = caller.unwrap_or_default();
        let call = Call::read(request, &operation, &caller);
        let (number, delay, trouble, clock) = self.with_book(&caller.access_key, |book| {
            book.calls.push(call);
            let (delay, trouble) = book.strike(&operation.action);
            (book.calls.len() - 1, delay, trouble, book.clock)
        });
        thread::sleep(delay);
        let (mut answer, error) = match trouble {
            Some(Trouble::Reset) => return Reaction::Close,
            Some(Trouble::Hang) => return Reaction::Hang,
            Some(Trouble::Endless) => return Reaction::Endless(operation.protocol),
            Some(Trouble::EndlessPages) => (empty_page(), None),
            Some(Trouble::Malformed) => (nonsense(operation.protocol), None),
            _ => match trouble.and_then(|it| it.refusal(&operation, &caller)) {
                Some(refusal) => refuse(&operation, &refusal),
                None => match clock.check(operation.protocol, request) {
                    Ok(()) => self.answer(request, &operation, &caller),
                    Err(refusal) => refuse(&operation, &refusal),
                },
            },
        };
        answer.date = clock.now();
        self.with_book(&caller.access_key, |book| {
            let call = &mut book.calls[number];
            (call.status, call.error) = (Some(answer.status), error);
        });
        match trouble {
            Some(Trouble::SlowAnswer(time)) => Reaction::SendSlowly(answer, time),
            _ => Reaction::Send(answer),
        }
    }

    fn answer(
        &self,
        request: &Request,
        operation: &Operation,
        caller: &Caller,
    ) -> (Answer, Option<String>) {
        let request_id = request_id();
        let checked = caller.check(operation.protocol, request);
        match checked.and_then(|()| self.perform(operation, caller, &request_id)) {
            Err(refusal) => refuse(operation, &refusal),
            Ok(body) => {
                let answer = Answer {
                    status: 200,
                    content_type: operation.protocol.content_type(),
                    request_id,
                    date: SystemTime::now(),
                    body,
                };
                (answer, None)
            }
        }
    }

    /// The services. What they do not know is refused, and stands as such in the books.
    fn perform(
        &self,
        operation: &Operation,
        caller: &Caller,
        request_id: &str,
    ) -> Result<String, Refusal> {
        match (operation.protocol, operation.action.as_str()) {
            (Protocol::Ec2, "DescribeInstances") => {
                describe::instances(operation, &caller.region, request_id)
            }
            (Protocol::Ec2, "DescribeInstanceConnectEndpoints") => {
                eice::describe(operation, &caller.region, request_id)
            }
            (Protocol::Json, "SendSSHPublicKey") => {
                let key = push::check(operation, &caller.region)?;
                let lifetime = self.with_book(&caller.access_key, |book| book.lifetime);
                push::answer(&key, &self.keys, lifetime, request_id)
            }
            (Protocol::Json, "SendSerialConsoleSSHPublicKey") => {
                let key = push::check_console(operation, &caller.region)?;
                let lifetime = self.with_book(&caller.access_key, |book| book.lifetime);
                push::answer(&key, &self.keys, lifetime, request_id)
            }
            (Protocol::Ssm, _) => {
                let trial = self.with_book(&caller.access_key, |book| book.trial.clone());
                let answer = self.sessions.perform(operation, caller, &trial)?;
                Ok(answer.to_string())
            }
            (Protocol::Sts, "GetCallerIdentity") => Ok(sts::caller_identity(caller, request_id)),
            (Protocol::Sts, "AssumeRole") => sts::assume_role(operation, caller, request_id),
            (Protocol::Sts, sts::WEB_IDENTITY) => sts::web_identity(operation, caller, request_id),
            (Protocol::Rest, _) => token_services::perform(operation, caller),
            (protocol, action) => Err(Refusal::unknown_action(protocol, action)),
        }
    }
}

fn refuse(operation: &Operation, refusal: &Refusal) -> (Answer, Option<String>) {
    let request_id = request_id();
    let answer = Answer {
        status: refusal.status,
        content_type: operation.protocol.content_type(),
        body: refusal.body(operation.protocol, &request_id),
        request_id,
        date: SystemTime::now(),
    };
    (answer, Some(refusal.code.clone()))
}

/// Of a list of instances, with another to follow.
fn empty_page() -> Answer {
    Answer {
        body: format!(
            "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <reservationSet/><nextToken>{}</nextToken></DescribeInstancesResponse>",
            fastrand::u64(..)
        ),
        ..nonsense(Protocol::Ec2)
    }
}

/// What a captive portal or a broken proxy would say.
fn nonsense(protocol: Protocol) -> Answer {
    let (content_type, body) = match protocol {
        Protocol::Json | Protocol::Ssm | Protocol::Rest => {
            (protocol.content_type(), "{\"hello\":1}")
        }
        Protocol::Ec2 | Protocol::Sts => ("text/html", "<html><body>Hello!</body></html>"),
    };
    Answer {
        status: 200,
        content_type,
        request_id: request_id(),
        date: SystemTime::now(),
        body: body.to_owned(),
    }
}

fn request_id() -> String {
    let (high, low) = (fastrand::u64(..), fastrand::u64(..));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}
