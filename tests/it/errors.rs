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
mod untrusted_text;
mod usage;

use crate::lab::Caller;
use crate::sandbox::{self, Outcome};

/// Runs `mssh` with these arguments, and asserts that no key is left.
#[track_caller]
fn mssh(caller: &Caller<'_>, words: &[&str]) -> Outcome {
    let outcome = sandbox::run(caller, "mssh", words);
    assert!(sandbox::no_key_is_left(caller), "a key is left");
    outcome
}
