//! The data channel against a model of the agent, over a wire that loses, doubles, disorders,
//! damages, delays and breaks; and the codec against nonsense.

mod agent;
mod codec;
mod endings;
mod faults;
mod life;
mod releases;
mod world;

/// A generator of random numbers that says its seed, which `MSSH_SEED` sets.
fn random(test: &str) -> fastrand::Rng {
    let given = std::env::var("MSSH_SEED").ok();
    let seed = given.and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("{test}: MSSH_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}
