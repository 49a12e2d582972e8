//! All that was gathered.

/// All that was gathered, by where it is from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {}
