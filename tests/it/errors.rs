//! Usage errors, and errors of AWS and this machine: the line, the hint, the exit status, and no
//! key left.

mod answers;
mod aws;
mod credentials;
mod encoding;
mod endless;
mod instances;
mod local;
mod panics;
mod region;
mod untrusted_names;
mod untrusted_text;
mod usage;

use std::time::Duration;

use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, Trouble};
use crate::sandbox::{self, Outcome};

/// A caller whose pushes are answered long before its look-ups: ssh is not started if one fails.
fn pushes_first() -> Caller<'static> {
    let caller = sandbox::caller();
    let late = Trouble::Latency(Duration::from_millis(500));
    caller.fault(Fault::new(late).on(DESCRIBE_INSTANCES));
    caller
}

/// Runs `mssh` with these arguments, and asserts that no key is left.
#[track_caller]
fn mssh(caller: &Caller<'_>, words: &[&str]) -> Outcome {
    let outcome = sandbox::run(caller, "mssh", words);
    assert!(sandbox::no_key_is_left(caller), "a key is left");
    outcome
}
