//! The network: addresses, TCP, TLS trust, websockets.

pub mod connect_error;
pub mod error;
pub mod forward;
pub mod listener;
pub mod pump;
pub mod resolver;
pub mod stdio_tcp;
pub mod tcp;
pub mod trust;
pub mod websocket;
