//! The agent of a run: whom it serves, what it waits for, and the user's own agent behind it.
//!
//! - `again`: a key that AWS has forgotten is pushed again
//! - `ending`: it lives as long as a login is possible
//! - `forwarding`: the user's own agent is forwarded, and never ours
//! - `held_back`: ssh starts before the push is answered
//! - `others`: it serves the login of its own client, and nobody else
//! - `users_keys`: keys that only the user's own agent has log in

mod again;
mod ending;
mod forwarding;
mod held_back;
mod others;
mod users_keys;
