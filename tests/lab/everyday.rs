//! Ordinary names and IDs for some of the instances, without the others: for recordings.
//!
//! They are put into requests and answers as text, so that all services know them.

use super::fake_aws::{FakeAws, Reaction};
use super::http::{Request, Response};
use super::instances::{
    self, ENDPOINT_ONLY, ENDPOINT_OR_SSM, METADATA_OFF, MULTI_HOMED, PRIVATE, PRIVATE_WITH_AGENT,
    SHORT_ID, SSM_ONLY, STOPPED, WEB1, WEB2,
};
use super::request::Signer;
use super::{Caller, Lab};

/// An ordinary ID, an ordinary name, and the instance that they stand for.
const NAMES: &[(&str, &str, &str)] = &[
    ("i-0b7d2f4c8a91e6035", "web-1", WEB1),
    ("i-03c95e1d7f28b4a60", "web-2", WEB2),
    ("i-0f4a61c2d93be7508", "web-3", SHORT_ID),
    ("i-08e2d5b7416f9c3a1", "api-1", METADATA_OFF),
    ("i-05a3f8c6e1d97b204", "bastion", MULTI_HOMED),
    ("i-0d1c7e9a52b4f8063", "cache-1", PRIVATE),
    ("i-0e6b38f5d7a2c9140", "db-1", ENDPOINT_ONLY),
    ("i-0274fa9be8c5d1367", "db-2", PRIVATE_WITH_AGENT),
    ("i-0c8f5d2a76e3b1904", "jobs-1", SSM_ONLY),
    ("i-09b1e7d4f3a6c8252", "mail-1", ENDPOINT_OR_SSM),
    ("i-0a6d3c9f18e5b7427", "staging", STOPPED),
];

impl Lab {
    /// Gives ordinary names and IDs to some of the instances, and hides the others, for commands of
    /// [`Lab::command`].
    pub(crate) fn use_everyday_names(&self) {
        let caller = Caller::new(self, 0);
        self.aws()
            .with_state(caller.access_key(), |state| state.everyday = true);
    }
}

/// The answer to a request of a caller for which instances have ordinary names.
pub(super) fn react(aws: &FakeAws, asked: &Request) -> Option<Reaction> {
    let signer = Signer::read(asked)?;
    let applies = aws.with_state(&signer.access_key, |state| state.everyday);
    let reaction = applies.then(|| aws.answer_or_fail(&request(asked)))?;
    Some(match reaction {
        Reaction::Send(response) => Reaction::Send(Response {
            body: answer(&response.body),
            ..response
        }),
        other => other,
    })
}

/// A request as the lab knows the instances.
fn request(request: &Request) -> Request {
    let mut request = request.clone();
    for (id, name, real) in NAMES {
        request.body = request.body.replace(id, real);
        let known = instances::find(real).map_or("", |it| it.name);
        let value = |name: &str| format!("={name}&");
        let body = format!("{}&", request.body).replace(&value(name), &value(known));
        body.trim_end_matches('&').clone_into(&mut request.body);
    }
    request
}

/// An answer of EC2 or another service with the ordinary names, and no other instances in lists.
fn answer(answer: &[u8]) -> Vec<u8> {
    const END: &str = "</instancesSet></item>";
    let answer = String::from_utf8_lossy(answer);
    let mut kept = String::new();
    for part in answer.split_inclusive(END) {
        let (before, reservation) = match part.find("<item><reservationId>") {
            Some(at) => part.split_at(at),
            None => (part, ""),
        };
        kept.push_str(before);
        let is_named = |(_, _, real): &&(&str, &str, &str)| reservation.contains(real);
        if let Some((id, name, real)) = NAMES.iter().find(is_named) {
            let known = instances::find(real).map_or("", |it| it.name);
            let value = |name: &str| format!("<value>{name}</value>");
            kept.push_str(
                &reservation
                    .replacen(&value(known), &value(name), 1)
                    .replace(real, id),
            );
        }
    }
    NAMES
        .iter()
        .fold(kept, |text, (id, _, real)| text.replace(real, id))
        .into_bytes()
}
