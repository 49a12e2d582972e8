//! Touches: one thin file for each thing outside.

pub mod aws;
pub mod key;
pub mod net;
pub mod openssh;
pub mod process;
pub mod tty;
