//! The words of `--list`.

use std::net::IpAddr;

use super::invocation::Options;
use super::scan::Scan;
use super::usage::Usage;
use crate::plan::list::row::Row;
use crate::plan::target::filter::Filter;
use crate::plan::target::lookup::{self, Lookup};
use crate::plan::target::tag_query::{TagQuery, not_gone};
use crate::plan::target::{AwsHost, Target};

/// What to list, and how.
#[derive(Debug, PartialEq, Eq)]
pub struct ListRequest {
    pub(crate) options: Options,
    /// Which instances; all of them without one.
    pub(crate) pattern: Option<Pattern>,
    pub(crate) format: Format,
    /// `-v`.
    pub(crate) verbose: bool,
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Table,
    /// `--json`.
    Json,
    /// `--tsv`.
    Tsv,
}

/// Which instances to list: what a target may be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Tags(TagQuery),
    Id(String),
    /// Any address of a row. EC2 has no single filter for all of them.
    Address(IpAddr),
}

impl Pattern {
    /// # Errors
    /// A managed node, which EC2 does not list.
    pub(super) fn of(target: Target) -> Result<Self, Usage> {
        Ok(match target {
            Target::Tags(query) => Self::Tags(query),
            Target::Host(name) => Self::Tags(TagQuery::name(&name)),
            Target::Id(id) => Self::Id(id.to_string()),
            Target::Address(address) => Self::Address(address),
            Target::Aws(name) => match name.host {
                AwsHost::Id(id) => Self::Id(id.to_string()),
                AwsHost::Public(address) | AwsHost::Private(address) => {
                    Self::Address(address.into())
                }
            },
            Target::Node(id) => return Err(Usage::ManagedNode(id.to_string())),
        })
    }

    /// What it looks for, after the word "instance".
    pub(crate) fn what(&self) -> String {
        match self {
            Self::Tags(query) => query.what(),
            Self::Id(id) => id.clone(),
            Self::Address(address) => format!("with the address {address}"),
        }
    }

    /// Whether it means this row, among those of other patterns.
    pub(crate) fn fits(&self, row: &Row) -> bool {
        match self {
            Self::Tags(query) => query.fits(&row.name, &row.tags),
            Self::Id(id) => row.id.as_str() == id,
            Self::Address(_) => self.wants(row),
        }
    }

    /// Filters of which any may match what it means.
    pub(super) fn alternatives(&self) -> Vec<Filter> {
        match self {
            Self::Tags(query) => vec![query.filter()],
            Self::Id(id) => vec![by_id(id)],
            Self::Address(address) => match lookup::by_addresses(&[*address]) {
                Lookup::Filters(filters) => filters,
                Lookup::Id(_) | Lookup::Tags(_) | Lookup::Found(_) => Vec::new(),
            },
        }
    }

    /// Whether it wants a row that the filters match.
    pub(crate) fn wants(&self, row: &Row) -> bool {
        match self {
            Self::Tags(_) | Self::Id(_) => true,
            Self::Address(IpAddr::V4(address)) => {
                row.private == Some(*address) || row.public == Some(*address)
            }
            Self::Address(IpAddr::V6(address)) => row.ipv6 == Some(*address),
        }
    }
}

impl ListRequest {
    /// The filters of DescribeInstances.
    pub(crate) fn filters(&self) -> Vec<Filter> {
        match &self.pattern {
            Some(Pattern::Tags(query)) => query.filters(),
            Some(Pattern::Id(id)) => vec![by_id(id), not_gone()],
            Some(Pattern::Address(_)) | None => vec![not_gone()],
        }
    }
}

fn by_id(id: &str) -> Filter {
    Filter {
        name: "instance-id".into(),
        values: vec![id.to_owned()],
    }
}

/// Reads the pattern and the format.
///
/// # Errors
/// Two formats, or a bad pattern.
pub(super) fn request(options: Options, scan: &Scan) -> Result<ListRequest, Usage> {
    let format = match (options.json, options.tsv) {
        (true, true) => return Err(Usage::Against("json", "tsv")),
        (true, false) => Format::Json,
        (false, true) => Format::Tsv,
        (false, false) => Format::Table,
    };
    let pattern = scan.operands.first().and_then(|at| scan.words.get(*at));
    let read = |word: &std::ffi::OsString| match word.to_str() {
        Some(text) => Pattern::of(Target::parse(text)?),
        None => Err(Usage::NotUnicode(word.to_string_lossy().into_owned())),
    };
    Ok(ListRequest {
        options,
        pattern: pattern.map(read).transpose()?,
        format,
        verbose: scan.flags.iter().any(|flag| flag.letter == b'v'),
    })
}
