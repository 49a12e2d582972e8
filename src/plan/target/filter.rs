//! A filter of DescribeInstances.

use std::borrow::Cow;

/// One filter of DescribeInstances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) name: Cow<'static, str>,
    /// Any of these may match.
    pub(crate) values: Vec<String>,
}
