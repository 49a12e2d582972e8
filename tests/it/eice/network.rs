//! Trouble on the way to an endpoint: each is reported in a line, and none hangs.

use std::time::{Duration, Instant};

use super::faults::ours;
use super::mssh;
use crate::lab::Tinyproxy;
use crate::lab::eice::{NO_CERTIFICATE, NO_SERVER, SAME_SUBNET, SILENT, TunnelFault, name};
use crate::lab::instances::PRIVATE;
use crate::sandbox::eice::command;
use crate::sandbox::{caller, finish, lab, leaves_nothing};

/// AWS's own client hangs here.
#[test]
fn an_endpoint_that_hangs_up_is_an_error_at_once() {
    let caller = caller();
    caller.tunnel_fault(TunnelFault::HangUp);
    let outcome = mssh(&caller, &["--eice", PRIVATE, "true"]);
    let error = format!(
        "mssh: error: cannot open a websocket at {}: ",
        name(SAME_SUBNET)
    );
    assert!(ours(&outcome)[0].starts_with(&error), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
}

#[test]
fn a_silent_endpoint_times_out() {
    let step = |word: &str, fault: Option<TunnelFault>, error: &str| {
        let caller = caller();
        if let Some(fault) = fault {
            caller.tunnel_fault(fault);
        }
        let began = Instant::now();
        let outcome = mssh(&caller, &["--eice-endpoint", word, PRIVATE, "true"]);
        assert_eq!(
            ours(&outcome),
            [
                &*format!("mssh: error: {error}"),
                "mssh: hint: check the network, and try again"
            ]
        );
        assert!(began.elapsed() < Duration::from_secs(40), "{outcome:?}");
        leaves_nothing(&caller);
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let host = name(SILENT);
            step(
                &host,
                None,
                &format!("{host} did not answer to TLS in time"),
            );
        });
        scope.spawn(|| {
            let host = name(SAME_SUBNET);
            let error = format!("{host} did not open the tunnel in time");
            step(&host, Some(TunnelFault::Hang), &error);
        });
    });
}

#[test]
fn an_endpoint_without_a_server_is_named() {
    let host = name(NO_SERVER);
    let outcome = mssh(&caller(), &["--eice-endpoint", &host, PRIVATE, "true"]);
    let lines = ours(&outcome);
    let refused = format!("mssh: error: cannot reach {host}: Connection refused");
    assert!(lines[0].starts_with(&refused), "{outcome:?}");
    assert_eq!(
        lines[1..],
        ["mssh: hint: check the network; if only a proxy leads out, set HTTPS_PROXY"]
    );
    let nowhere = "eice-0123.no-address.lab";
    let outcome = mssh(&caller(), &["--eice-endpoint", nowhere, PRIVATE, "true"]);
    let error = format!("mssh: error: cannot reach {nowhere}: ");
    assert!(ours(&outcome)[0].starts_with(&error), "{outcome:?}");
}

#[test]
fn a_proxy_is_used_with_its_password_and_its_refusals_are_reported() {
    let caller = caller();
    let directory = lab().path().join("eice-proxy");
    // In the lab's environment, it resolves the lab's names.
    let command_of_proxy = caller.command("tinyproxy");
    let lines = ["BasicAuth us pass", "ConnectPort 443"];
    let proxy = Tinyproxy::start_by(command_of_proxy, &directory, &lines).expect("tinyproxy");
    let address = proxy.address();
    let with = |proxy: &str, more: &[&str]| {
        let mut mssh = command(&caller, "mssh");
        mssh.env("https_proxy", proxy);
        finish(mssh.args(["--eice", PRIVATE]).args(more))
    };
    with(&format!("http://us:p%61ss@{address}"), &["echo by proxy"]).prints("by proxy\n");
    assert_eq!(
        proxy.requests(),
        [format!("CONNECT {}:443 HTTP/1.1", name(SAME_SUBNET))]
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
    // A suffix works, too; AWS's own client needs the whole name.
    let mut mssh = command(&caller, "mssh");
    mssh.env("https_proxy", "http://127.0.0.1:1");
    mssh.env("no_proxy", ".amazonaws.com");
    finish(mssh.args(["--eice", PRIVATE, "true"])).prints("");
}

#[test]
fn a_server_with_another_certificate_is_rejected() {
    let caller = caller();
    let host = format!("{NO_CERTIFICATE}.elsewhere.lab");
    let outcome = mssh(&caller, &["--eice-endpoint", &host, PRIVATE, "true"]);
    let error = format!("mssh: error: cannot trust {host}: its certificate is for another name");
    assert!(outcome.stderr.contains(&error), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
    assert!(caller.tunnels().is_empty());
    let mut strange = caller.command("mssh");
    let outcome = crate::sandbox::finish(strange.args(["--eice", PRIVATE, "true"]));
    let error = "its certificate is signed by an unknown authority";
    assert!(outcome.stderr.contains(error), "{outcome:?}");
    assert!(caller.tunnels().is_empty());
}
