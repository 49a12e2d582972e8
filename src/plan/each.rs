//! `--each`: what is shown and kept of many logins.

pub(crate) mod end;
pub(crate) mod file_name;
pub(crate) mod label;
pub(crate) mod lines;
