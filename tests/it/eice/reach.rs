//! What lies between us and an endpoint: each has its line, and none hangs.

use std::time::{Duration, Instant};

use super::mssh;
use super::trouble::ours;
use crate::lab::Tinyproxy;
use crate::lab::eice::{Ail, DEAD, IMPOSTOR, MUTE, NEAR_DB1, name};
use crate::lab::instances::DB1;
use crate::sandbox::eice::command;
use crate::sandbox::{finish, lab, leaves_nothing, tenant};

/// AWS's own client hangs over this one.
#[test]
fn who_hangs_up_instead_of_an_answer_is_not_waited_for() {
    let tenant = tenant();
    tenant.ails(Ail::HangUp);
    let outcome = mssh(&tenant, &["--eice", DB1, "true"]);
    let error = format!(
        "mssh: error: cannot open a websocket at {}: ",
        name(NEAR_DB1)
    );
    assert!(ours(&outcome)[0].starts_with(&error), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
}

#[test]
fn nobody_is_waited_for_for_ever() {
    let step = |word: &str, ail: Option<Ail>, error: &str| {
        let tenant = tenant();
        if let Some(ail) = ail {
            tenant.ails(ail);
        }
        let began = Instant::now();
        let outcome = mssh(&tenant, &["--eice-endpoint", word, DB1, "true"]);
        assert_eq!(
            ours(&outcome),
            [
                &*format!("mssh: error: {error}"),
                "mssh: hint: check the network, and try again"
            ]
        );
        assert!(began.elapsed() < Duration::from_secs(40), "{outcome:?}");
        leaves_nothing(&tenant);
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let host = name(MUTE);
            step(
                &host,
                None,
                &format!("{host} does not answer to TLS in time"),
            );
        });
        scope.spawn(|| {
            let host = name(NEAR_DB1);
            let error = format!("{host} does not open the tunnel in time");
            step(&host, Some(Ail::Hang), &error);
        });
    });
}

#[test]
fn an_endpoint_that_is_not_there_is_named() {
    let host = name(DEAD);
    let outcome = mssh(&tenant(), &["--eice-endpoint", &host, DB1, "true"]);
    let lines = ours(&outcome);
    let refused = format!("mssh: error: cannot reach {host}: Connection refused");
    assert!(lines[0].starts_with(&refused), "{outcome:?}");
    assert_eq!(
        lines[1..],
        ["mssh: hint: check the network; where only a proxy leads out, HTTPS_PROXY names it"]
    );
    let nowhere = "eice-0123.nowhere.lab";
    let outcome = mssh(&tenant(), &["--eice-endpoint", nowhere, DB1, "true"]);
    let error = format!("mssh: error: cannot reach {nowhere}: ");
    assert!(ours(&outcome)[0].starts_with(&error), "{outcome:?}");
}

#[test]
fn a_proxy_is_gone_through_with_its_password_and_its_refusals_are_told() {
    let tenant = tenant();
    let directory = lab().path().join("eice-proxy");
    // In the lab's environment it knows the lab's names.
    let command_of_proxy = tenant.command("tinyproxy");
    let lines = ["BasicAuth us pass", "ConnectPort 443"];
    let proxy = Tinyproxy::start_by(command_of_proxy, &directory, &lines).expect("tinyproxy");
    let address = proxy.address();
    let with = |proxy: &str, more: &[&str]| {
        let mut mssh = command(&tenant, "mssh");
        mssh.env("https_proxy", proxy);
        finish(mssh.args(["--eice", DB1]).args(more))
    };
    with(&format!("http://us:p%61ss@{address}"), &["echo by proxy"]).prints("by proxy\n");
    assert_eq!(
        proxy.requests(),
        [format!("CONNECT {}:443 HTTP/1.1", name(NEAR_DB1))]
    );
    let outcome = with(&format!("http://us:wrong@{address}"), &["true"]);
    let lines = ours(&outcome);
    assert!(
        lines[0].contains(&address) && !outcome.stderr.contains("wrong"),
        "{outcome:?}"
    );
    assert_eq!(outcome.code, Some(255));
    let outcome = with("http://127.0.0.1:1", &["true"]);
    let unreachable = "mssh: error: cannot reach the proxy http://127.0.0.1:1: ";
    assert!(ours(&outcome)[0].starts_with(unreachable), "{outcome:?}");
    // By a suffix, where AWS's own client wants the whole name.
    let mut mssh = command(&tenant, "mssh");
    mssh.env("https_proxy", "http://127.0.0.1:1");
    mssh.env("no_proxy", ".amazonaws.com");
    finish(mssh.args(["--eice", DB1, "true"])).prints("");
}

#[test]
fn a_server_that_is_not_the_endpoint_is_not_believed() {
    let tenant = tenant();
    let host = format!("{IMPOSTOR}.elsewhere.lab");
    let outcome = mssh(&tenant, &["--eice-endpoint", &host, DB1, "true"]);
    let error = format!("mssh: error: cannot trust {host}: its certificate is for another name");
    assert!(outcome.stderr.contains(&error), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
    assert!(tenant.tunnels().is_empty());
    let mut strange = tenant.command("mssh");
    let outcome = crate::sandbox::finish(strange.args(["--eice", DB1, "true"]));
    let error = "no authority that we know has signed its certificate";
    assert!(outcome.stderr.contains(error), "{outcome:?}");
    assert!(tenant.tunnels().is_empty());
}
