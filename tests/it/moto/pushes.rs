//! Pushes: the same requests to both. moto accepts any key, and no sshd hears of it.

use std::process::Command;

use aws_smithy_types::base64;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::server::Moto;
use super::world::World;
use crate::lab::{Call, Caller, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::{caller, finish};

/// A request: its action and its parameters, but of a key only the kind.
type Told = (String, Vec<(String, String)>);

fn told(action: &str, parameters: impl Iterator<Item = (String, String)>) -> Told {
    let known = ["Action", "Version"];
    let mut parameters: Vec<_> = parameters
        .filter(|(name, _)| !known.contains(&name.as_str()))
        .map(|(name, value)| match name.as_str() {
            "SSHPublicKey" => {
                let kind = value.split(' ').next().unwrap_or_default();
                (name, kind.to_owned())
            }
            _ => (name, value),
        })
        .collect();
    parameters.sort();
    (action.to_owned(), parameters)
}

/// The requests of a caller to the lab, sorted; but of a list only the first page, since only the lab
/// has more.
fn to_lab(caller: &Caller<'_>, world: &World) -> Vec<Told> {
    let of = |call: &Call| {
        let all = call.parameters.iter().cloned();
        told(
            &call.action,
            all.map(|(name, value)| (name, world.normal(&value))),
        )
    };
    let calls = caller.calls();
    let calls = calls.iter().filter(|call| call.next_token.is_none());
    let mut calls: Vec<Told> = calls.map(of).collect();
    calls.sort();
    calls
}

/// The recorded requests of a caller to moto, sorted.
fn to_moto(moto: &Moto, caller: &Caller<'_>, world: &World) -> Vec<Told> {
    let recording = moto.recording();
    let requests = recording
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let mut calls: Vec<Told> = requests
        .filter(|it: &Value| {
            let signed = it["headers"]["Authorization"].as_str().unwrap_or_default();
            signed.contains(caller.access_key())
        })
        .map(|it| request(&it, world))
        .collect();
    calls.sort();
    calls
}

/// One recorded request: JSON 1.1, or a form.
fn request(recorded: &Value, world: &World) -> Told {
    let body = recorded["body"].as_str().unwrap_or_default();
    let body = if recorded["body_encoded"] == true {
        String::from_utf8(base64::decode(body).expect("base64")).expect("text")
    } else {
        body.to_owned()
    };
    let target = recorded["headers"]["X-Amz-Target"].as_str();
    if let Some((_, action)) = target.and_then(|it| it.split_once('.')) {
        let json: Value = serde_json::from_str(&body).expect("JSON");
        let members = json.as_object().expect("an object").clone();
        let text = |value: Value| world.normal(value.as_str().unwrap_or_default());
        return told(
            action,
            members.into_iter().map(|(name, value)| (name, text(value))),
        );
    }
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    let pairs: Vec<_> = pairs
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    let action = pairs.iter().find(|(name, _)| name == "Action");
    let action = action.map_or(String::new(), |(_, value)| value.clone());
    told(
        &action,
        pairs
            .into_iter()
            .map(|(name, value)| (name, world.normal(&value))),
    )
}

fn mssh(mut command: Command, world: &World, words: &[&str]) -> String {
    let outcome = finish(command.args(words.iter().map(|word| world.fill(word))));
    outcome.stderr
}

#[test]
fn the_requests_of_a_login_are_the_same() {
    let Some(moto) = Moto::shared() else { return };
    let (here, there) = (World::lab(), World::of_moto(moto));
    moto.record();
    for words in [
        &["--private", "$web1", "true"][..],
        &["--private", "ubuntu@$web1", "true"],
        &["--private", "--key-type", "rsa", "$web1", "true"],
        &["--private", "tag:Name=web1", "true"],
        &["--private", "--newest", "twin", "true"],
        &["-t", "$web1", "-z", "us-east-1a", "$web1.private", "true"],
    ] {
        let caller = caller();
        let quiet = mssh(caller.command("mssh"), &here, words);
        assert_eq!(quiet, "", "{words:?}");
        let refused = mssh(moto.command(&caller, "mssh"), there, words);
        assert!(
            refused.ends_with(": Permission denied (publickey).\r\n"),
            "{refused}"
        );
        let (ours, theirs) = (to_lab(&caller, &here), to_moto(moto, &caller, there));
        assert_eq!(ours, theirs, "{words:?}");
        let push = ours
            .iter()
            .find(|(action, _)| action == SEND_SSH_PUBLIC_KEY);
        assert!(push.is_some(), "{words:?}: {ours:?}");
    }
}
