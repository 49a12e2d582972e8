//! `--doctor`: gathers what can be known about a login.

mod network;
