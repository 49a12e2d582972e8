//! Where a session's token goes: to the service that was asked, and nowhere else.

use std::process::Command;

use super::{the_session, words};
use crate::lab::{Caller, Ended, SessionBehavior};
use crate::sandbox::eice::service;
use crate::sandbox::{caller, finish};

/// Asserts that the session's websocket is not sought at this place, and that it is ended.
#[track_caller]
fn refuses(caller: &Caller<'_>, command: &mut Command, place: &'static str) {
    caller.session_behavior(SessionBehavior {
        stream: Some(place),
        ..SessionBehavior::default()
    });
    // What stands behind a question mark may be a secret.
    let named = place.split('?').next().unwrap_or_default();
    let error = format!(
        "mssh: error: the answer names {named} for the session's websocket, which is not Session \
         Manager's in us-east-1 (set by AWS_REGION)"
    );
    finish(command.args(words(22))).fails(
        255,
        &[
            &error,
            "mssh: hint: is there another server in front of AWS? One of your own, by \
             AWS_ENDPOINT_URL_SSM, has to name itself, and wss:// if it is https://",
        ],
    );
    let session = the_session(caller);
    assert_eq!((session.ended, session.websockets), (Some(Ended::Api), 0));
}

#[test]
fn an_endpoint_of_ones_own_vouches_for_no_other_host() {
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

/// What is left in the environment of an endpoint that is not in force.
#[test]
fn an_endpoint_that_is_ignored_vouches_for_nothing() {
    let caller = caller();
    let mut mssh = caller.command("mssh");
    mssh.env("AWS_CA_BUNDLE", service().certificate());
    mssh.env("AWS_ENDPOINT_URL_SSM", "http://127.0.0.1:1");
    mssh.env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    refuses(&caller, &mut mssh, "ws://127.0.0.1:1");
}

#[test]
fn who_is_asked_over_tls_is_told_nothing_in_clear() {
    let caller = caller();
    let mut mssh = caller.command("mssh");
    mssh.env("AWS_CA_BUNDLE", service().certificate());
    mssh.env("AWS_ENDPOINT_URL_SSM", "https://ec2.us-east-1.api.aws");
    refuses(&caller, &mut mssh, "ws://ec2.us-east-1.api.aws:80");
}
