//! When each step of a login is done, by the messages of `mssh --debug` and `ssh -v`.
//!
//! The messages take time themselves, so logins take longer here than in the other tables. The
//! steps of ssh 9.5 and older are in this order; newer ones ask the agent two steps later.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use crate::Plan;
use crate::connection::{client, latencies, round_trips};
use crate::lab::Lab;
use crate::setup::{Setup, median, short};

/// Each step, and what the first message about it contains.
const STEPS: [(&str, &str); 17] = [
    ("ssh -G has answered", "debug: ssh would use for"),
    (
        "DescribeInstances has answered",
        "debug: DescribeInstances in",
    ),
    (
        "SendSSHPublicKey has answered",
        "debug: SendSSHPublicKey in",
    ),
    ("mssh executes ssh", "debug: becoming "),
    ("ssh has started", "OpenSSH_"),
    (
        "connects, or starts its ProxyCommand",
        "Connecting to |Executing proxy|ssh_proxy_fdpass",
    ),
    ("has connected", "Connection established"),
    ("has the server's version", "Remote protocol version"),
    ("has the server's KEXINIT", "SSH2_MSG_KEXINIT received"),
    ("has the server's key", "KEX_ECDH_REPLY received"),
    ("key exchange is done", "SSH2_MSG_NEWKEYS received"),
    ("has the agent's list", "agent returned "),
    ("authentication may begin", "SSH2_MSG_SERVICE_ACCEPT"),
    (
        "has the list of methods",
        "Authentications that can continue",
    ),
    ("the key is accepted", "Server accepts key"),
    ("is authenticated", "Authenticated to "),
    ("has the exit status", "rtype exit-status"),
];

const LOGINS: usize = 10;

/// When each step of a login was done, in milliseconds, and the end.
type Times = Vec<Option<f64>>;

/// Prints the time of each step with each program, with each latency of AWS and each round trip.
pub(crate) fn compare(lab: &Lab, plan: &Plan) {
    for (title, setup) in latencies(lab, plan).iter().chain(&round_trips(lab, plan)) {
        let mut all: Vec<Vec<Times>> = plan.programs().map(|_| Vec::new()).collect();
        for _ in 0..LOGINS {
            for (program, times) in plan.programs().zip(&mut all) {
                times.push(log_in(setup, program));
            }
        }
        println!("\nthe steps of a login: ms after its start, medians of {LOGINS}\n{title}");
        print(plan, &all);
    }
}

fn print(plan: &Plan, all: &[Vec<Times>]) {
    let names: Vec<String> = plan
        .programs()
        .map(|name| format!(" {:>28}", short(name)))
        .collect();
    println!("{:<38}{}", "", names.concat());
    let labels = STEPS
        .iter()
        .map(|(label, _)| *label)
        .chain(["the client has ended"]);
    for (at, label) in labels.enumerate() {
        let of_program = |logins: &Vec<Times>| {
            let times: Vec<f64> = logins.iter().filter_map(|login| login[at]).collect();
            let time = (!times.is_empty()).then(|| format!("{:.1}", median(times)));
            format!(" {:>28}", time.as_deref().unwrap_or("-"))
        };
        println!(
            "{label:<38}{}",
            all.iter().map(of_program).collect::<Vec<_>>().concat()
        );
    }
}

/// One login.
fn log_in(setup: &Setup<'_>, program: &str) -> Times {
    let talk: &[&str] = match program {
        "ssh" => &["-v"],
        _ => &["--debug", "-v"],
    };
    let mut command = client(setup, program, talk, "true");
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    let began = Instant::now();
    let elapsed = || Some(began.elapsed().as_secs_f64() * 1000.0);
    let mut child = command.spawn().expect("a client");
    let messages = BufReader::new(child.stderr.take().expect("a pipe"));
    thread::scope(|scope| {
        let steps = scope.spawn(move || read_steps(messages, elapsed));
        let succeeded = child.wait().expect("a client").success();
        let end = elapsed();
        assert!(succeeded, "{program} failed");
        let mut times = steps.join().expect("a thread");
        times.push(end);
        times
    })
}

/// When the first message about each step came.
fn read_steps(messages: impl BufRead, elapsed: impl Fn() -> Option<f64>) -> Times {
    let mut times = vec![None; STEPS.len()];
    for line in messages.lines().map_while(Result::ok) {
        let now = elapsed();
        for ((_, signs), time) in STEPS.iter().zip(&mut times) {
            if time.is_none() && signs.split('|').any(|sign| line.contains(sign)) {
                *time = now;
            }
        }
    }
    times
}
