//! Fuzzing: mutated inputs for everything that parses what others send.
//!
//! `cargo test --lib fuzz` takes moments, with the same inputs each time. `MSSH_FUZZ_SECONDS=300`
//! gives each target that long, from a new seed, which a failure prints with its input.

mod texts;
mod wires;
mod words;

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use fastrand::Rng;

/// How many inputs a target gets in a short run.
const SHORT: u32 = 600;

/// The longest input.
const LONGEST: usize = 16 * 1024;

/// How long an input may take in a debug build: nothing is quadratic in a way that matters.
const LIMIT: Duration = Duration::from_secs(2);

/// Bytes and words that parsers treat differently.
const ODD: &[&[u8]] = &[
    b"\0",
    b"\n",
    b"\r\n",
    b"\x1b[2J",
    b"\xff",
    b"\xe2\x80\xae",
    b"\xc3\xa9",
    b"-",
    b"--",
    b"-o",
    b"=",
    b":",
    b"::",
    b"@",
    b"/",
    b"//",
    b"%",
    b"%h",
    b"$(",
    b"`",
    b"'",
    b"\"",
    b"\\",
    b" ",
    b"\t",
    b",",
    b"[",
    b"]",
    b"#",
    b";",
    b"*",
    b"?",
    b"!",
    b"{",
    b"}",
    b"0",
    b"-1",
    b"99999999999999999999",
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"\x7f\xff\xff\xff",
];

/// Checks a property of mutations of these inputs. Each input that the property accepts (`true`) may
/// be mutated further.
pub(crate) fn mutations(corpus: &[&[u8]], property: impl Fn(&[u8]) -> bool) {
    let seconds = env::var("MSSH_FUZZ_SECONDS").ok();
    let seconds = seconds.map(|it| Duration::from_secs(it.parse().expect("a number of seconds")));
    let seed = if seconds.is_some() {
        fastrand::u64(..)
    } else {
        7
    };
    let mut random = Rng::with_seed(seed);
    let mut pool: Vec<Vec<u8>> = corpus.iter().map(|it| it.to_vec()).collect();
    let (began, mut tried) = (Instant::now(), 0);
    let mut slowest = Duration::ZERO;
    while seconds.map_or(tried < SHORT, |it| began.elapsed() < it) {
        let input = match pool.get(tried as usize) {
            Some(given) if (tried as usize) < corpus.len() => given.clone(),
            _ => mutated(&pool, &mut random),
        };
        tried += 1;
        let failed = || println!("seed {seed}, input {tried}: b\"{}\"", input.escape_ascii());
        let attempt = || {
            let start = Instant::now();
            let accepted = catch_unwind(AssertUnwindSafe(|| property(&input)));
            (start.elapsed(), accepted)
        };
        let (mut took, accepted) = attempt();
        if took > LIMIT {
            // Another process may have had the processor.
            took = took.min(attempt().0);
        }
        slowest = slowest.max(took);
        if took > LIMIT {
            failed();
        }
        assert!(took < LIMIT, "{took:?}");
        match accepted {
            Err(panic) => {
                failed();
                resume_unwind(panic)
            }
            Ok(true) if pool.len() < 4000 => pool.push(input),
            Ok(true) => pool[random.usize(corpus.len()..4000)] = input,
            Ok(false) => {}
        }
    }
    println!(
        "{tried} inputs, {} accepted, the slowest took {slowest:?}",
        pool.len()
    );
}

/// One of the inputs with some changes.
fn mutated(pool: &[Vec<u8>], random: &mut Rng) -> Vec<u8> {
    let any = |random: &mut Rng| pool[random.usize(..pool.len())].clone();
    let mut input = any(random);
    for _ in 0..=random.u8(..6) {
        let [begin, end] = range(input.len(), random);
        match random.u8(..9) {
            0 if begin < input.len() => input[begin] ^= 1 << random.u8(..8),
            1 if begin < input.len() => input[begin] = random.u8(..),
            2 => drop(input.drain(begin..end)),
            3 => input.truncate(begin),
            4 => {
                let copy = input[begin..end].to_vec();
                let at = random.usize(..=input.len());
                input.splice(at..at, copy.repeat(random.usize(1..4)));
            }
            5 => {
                let other = any(random);
                let [from, to] = range(other.len(), random);
                input.splice(begin..end, other[from..to].iter().copied());
            }
            6 if random.u8(..20) == 0 => {
                let copy = input[begin..end].to_vec();
                let times = LONGEST / copy.len().max(1);
                input.splice(begin..begin, copy.repeat(times.min(LONGEST)));
            }
            _ => {
                let odd = ODD[random.usize(..ODD.len())];
                input.splice(begin..begin, odd.iter().copied());
            }
        }
        input.truncate(LONGEST);
    }
    input
}

/// A part of an input of this length; mostly a short one.
fn range(length: usize, random: &mut Rng) -> [usize; 2] {
    let begin = random.usize(..=length);
    let longest = if random.bool() { 8 } else { length };
    let end = begin + random.usize(..=longest);
    [begin, end.min(length)]
}

/// The same for texts.
fn texts(corpus: &[&str], property: impl Fn(&str) -> bool) {
    let corpus: Vec<&[u8]> = corpus.iter().map(|it| it.as_bytes()).collect();
    mutations(&corpus, |bytes| property(&String::from_utf8_lossy(bytes)));
}
