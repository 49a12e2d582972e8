//! Every source of credentials that the AWS CLI knows, against fake STS, SSO, sign-in, container
//! and metadata services; and compared with the AWS CLI itself.

mod aws_cli;
mod cache;
mod container;
mod dates;
mod files;
mod metadata;
mod mfa;
mod mfa_ends;
mod mfa_shared;
mod process;
mod profiles;
mod refused;
mod roles;
mod sso;
mod values;
