//! The data channel with a model of the agent, over a network that loses, duplicates, reorders,
//! damages and delays frames, and breaks; and the codec with malformed frames.

mod agent;
mod channel;
mod codec;
mod endings;
mod faults;
mod forward;
mod releases;
mod simulation;

/// A random number generator that prints its seed; `MSSH_SEED` sets it.
fn random(test: &str) -> fastrand::Rng {
    let given = std::env::var("MSSH_SEED").ok();
    let seed = given.and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("{test}: MSSH_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}
