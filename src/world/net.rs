//! The network: addresses, TCP, TLS trust, websockets.

pub(crate) mod connect_error;
pub(crate) mod error;
pub(crate) mod forward;
pub(crate) mod listener;
pub(crate) mod pass_fd;
pub(crate) mod public_address;
pub(crate) mod pump;
pub(crate) mod resolver;
pub(crate) mod ssh_banner;
pub(crate) mod ssh_socket;
pub(crate) mod stdio_tcp;
pub(crate) mod stream_filter;
pub(crate) mod tcp;
pub(crate) mod trust;
pub(crate) mod websocket;
