//! The AWS configuration, and the meaning of AWS's answers.

pub(crate) mod bad_value;
pub(crate) mod clock;
pub mod date;
pub(crate) mod denial;
pub(crate) mod http_proxy;
pub(crate) mod instance_error;
pub(crate) mod profiles;
pub(crate) mod region;
pub(crate) mod service_host;
