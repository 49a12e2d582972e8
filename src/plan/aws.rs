//! The AWS configuration, and the meaning of AWS's answers.

pub mod bad_value;
pub mod clock;
pub mod date;
pub mod denial;
pub mod http_proxy;
pub mod instance_error;
pub mod profiles;
pub mod region;
pub mod service_host;
