//! mssh parses command lines as the installed OpenSSH does: thousands of generated ones are
//! compared with `ssh -G`.
//!
//! A failure prints the seed and the number of its case; `MSSH_SEED` sets the seed.

mod case;
mod compare;
mod files;
mod generate;
mod pools;

use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use fastrand::Rng;
use mssh::for_tests::{Grammar, LetterKind, Program};

use compare::Parsers;

const CASES: usize = 2000;

#[test]
fn command_lines_are_parsed_as_ssh_parses_them() {
    let seed = seed();
    println!("MSSH_SEED={seed}");
    let parsers = Parsers::new();
    let (next, agreed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let differences = Mutex::new(Vec::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= CASES {
                return;
            }
            let case = generate::case(&mut of_case(seed, number), parsers.grammar);
            match parsers.compare(&case, number) {
                Ok(connects) => {
                    agreed.fetch_add(usize::from(connects), Ordering::Relaxed);
                }
                Err(why) => {
                    let (typed, truth) = (&case.typed, &case.truth);
                    let text = format!("case {number}\n typed {typed:?}\n truth {truth:?}\n {why}");
                    differences.lock().expect("a list").push(text);
                }
            }
        }
    };
    thread::scope(|scope| {
        (0..4).for_each(|_| {
            scope.spawn(work);
        });
    });
    let differences = differences.into_inner().expect("a list");
    let some = differences.iter().take(9).cloned().collect::<Vec<_>>();
    let (count, some) = (differences.len(), some.join("\n"));
    assert!(count == 0, "MSSH_SEED={seed}: {count} differences\n{some}");
    let agreed = agreed.into_inner();
    assert!(
        agreed > CASES / 2,
        "only {agreed} connections were compared"
    );
}

#[test]
fn every_option_in_the_usage_of_the_clients_is_known() {
    for (program, grammar) in [
        (Program::Ssh, installed()),
        (Program::Sftp, Grammar::of(Program::Sftp)),
        (Program::Scp, Grammar::of(Program::Scp)),
    ] {
        let client = program.client();
        let output = Command::new(client).stdin(Stdio::null()).output();
        let usage = output.expect("the client starts").stderr;
        let usage = String::from_utf8_lossy(&usage);
        let mut seen = 0;
        for group in usage.split("[-").skip(1) {
            let end = group.find([']', ' ']).expect("the end of a group");
            let valued = group[end..].starts_with(' ');
            let kind = if valued {
                LetterKind::Valued
            } else {
                LetterKind::Switch
            };
            for letter in group[..end].bytes() {
                let name = char::from(letter);
                assert_eq!(grammar.kind(letter), kind, "{client} -{name}");
                seen += 1;
            }
        }
        assert!(seen > 15, "{client} tells its options otherwise: {usage}");
    }
}

fn seed() -> u64 {
    match std::env::var("MSSH_SEED") {
        Ok(seed) => seed.parse().expect("MSSH_SEED is a number"),
        Err(_) => Rng::new().u64(..),
    }
}

/// The random numbers of one case, which do not depend on the thread.
fn of_case(seed: u64, number: usize) -> Rng {
    Rng::with_seed(seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// The grammar of the installed ssh.
fn installed() -> Grammar {
    mssh::for_tests::grammar(Program::Ssh, &["-P".into()])
}
