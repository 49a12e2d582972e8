//! `--doctor`.

#![expect(dead_code, reason = "wired up later")]

pub(crate) mod network;
