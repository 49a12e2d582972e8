//! Whose key signs: every source of credentials that the AWS CLI knows, against a fake STS, portal,
//! sign-in, container and metadata service; and with the AWS CLI itself as the judge.

mod cache;
mod container;
mod dates;
mod files;
mod judge;
mod machine;
mod mfa;
mod mfa_ends;
mod mfa_shared;
mod process;
mod profiles;
mod refused;
mod roles;
mod sso;
mod values;
