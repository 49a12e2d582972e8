//! The token of a session is sent only to hosts of the service that was called.

use std::process::Command;

use super::{the_session, words};
use crate::lab::{Caller, Ended, SessionBehavior};
use crate::sandbox::eice::service;
use crate::sandbox::{caller, finish};

/// Asserts that no websocket is opened to this StreamUrl, and that the session is ended.
#[track_caller]
fn refuses(caller: &Caller<'_>, command: &mut Command, place: &'static str) {
    caller.session_behavior(SessionBehavior {
        stream: Some(place),
        ..SessionBehavior::default()
    });
    // The query may contain a secret.
    let named = place.split('?').next().unwrap_or_default();
    let error = format!(
        "mssh: error: the answer names {named} for the session's websocket, which is not Session \
         Manager's in us-east-1 (set by AWS_REGION)"
    );
    finish(command.args(words(22))).fails(
        255,
        &[
            &error,
            "mssh: hint: is there another server in front of AWS? The URLs of one of your own \
             (AWS_ENDPOINT_URL_SSM) must name that server, and begin with wss:// if it is https://",
        ],
    );
    let session = the_session(caller);
    assert_eq!((session.ended, session.websockets), (Some(Ended::Api), 0));
}

#[test]
fn a_configured_endpoint_allows_no_other_host() {
    for place in [
        "ws://127.0.0.2:80",
        "wss://127.0.0.2",
        "wss://ssmmessages-evil-1234.us-east-1.elb.amazonaws.com",
        "wss://ssmmessages.eu-west-1.amazonaws.com",
        "ws://ssmmessages.us-east-1.amazonaws.com",
        "wss://127.0.0.1@evil.example",
        "wss:evil.example?token=secret",
    ] {
        let caller = caller();
        refuses(&caller, &mut caller.command("mssh"), place);
    }
}

/// An endpoint variable that is ignored.
#[test]
fn an_ignored_endpoint_allows_nothing() {
    let caller = caller();
    let mut mssh = caller.command("mssh");
    mssh.env("AWS_CA_BUNDLE", service().certificate());
    mssh.env("AWS_ENDPOINT_URL_SSM", "http://127.0.0.1:1");
    mssh.env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    refuses(&caller, &mut mssh, "ws://127.0.0.1:1");
}

#[test]
fn after_a_call_over_tls_nothing_is_sent_in_plain_text() {
    let caller = caller();
    let mut mssh = caller.command("mssh");
    mssh.env("AWS_CA_BUNDLE", service().certificate());
    mssh.env("AWS_ENDPOINT_URL_SSM", "https://ec2.us-east-1.api.aws");
    refuses(&caller, &mut mssh, "ws://ec2.us-east-1.api.aws:80");
}
