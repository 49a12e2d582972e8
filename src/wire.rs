//! Speaks: protocols as bytes and time in, bytes and events out.

pub mod eice;
pub mod ssm;
