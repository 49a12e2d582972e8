//! `--list`: instances as rows, and what is printed of them.

pub(crate) mod age;
mod column;
pub(crate) mod json;
pub(crate) mod row;
pub(crate) mod table;
pub(crate) mod tsv;
