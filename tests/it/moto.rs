//! The same commands with the lab and with moto, an independent fake of AWS: look-ups, pushes,
//! errors. moto also verifies signatures and evaluates IAM policies, which the lab does not.
//!
//! Known gaps of moto 5.2, which are not compared: the filters on the addresses of all interfaces
//! (`network-interface.addresses.…`), the backslash in a filter, which makes `*` literal, endpoints,
//! the serial console, an error of SendSSHPublicKey for an unknown instance, and its denial as JSON.

mod look_ups;
mod permissions;
mod pushes;
mod server;
mod try_on_aws;
mod world;
