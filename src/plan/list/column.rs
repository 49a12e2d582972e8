//! The columns of the table.

use std::borrow::Cow;

use super::age::age;
use super::row::Row;

/// The width of names that are not known yet.
pub(super) const NAME: usize = 24;

/// The longest names of most regions: `ap-southeast-1`.
const REGION: usize = 14;

/// The longest IPv4 address.
const ADDRESS: usize = 15;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Id,
    State,
    Profile,
    Region,
    Zone,
    Kind,
    Private,
    Public,
    Age,
    Reach,
}

impl Column {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Name => "NAME",
            Self::Id => "ID",
            Self::State => "STATE",
            Self::Profile => "PROFILE",
            Self::Region => "REGION",
            Self::Zone => "ZONE",
            Self::Kind => "TYPE",
            Self::Private => "PRIVATE",
            Self::Public => "PUBLIC",
            Self::Age => "AGE",
            Self::Reach => "REACH",
        }
    }

    /// The width for rows that are not known yet.
    pub(super) fn usual_width(self) -> usize {
        match self {
            Self::Name => NAME,
            Self::Region => REGION,
            Self::Private | Self::Public => ADDRESS,
            _ => 0,
        }
    }

    pub(super) fn text<'a>(self, row: &'a Row, now: u64) -> Cow<'a, str> {
        let or_dash = |text: Option<String>| text.map_or(Cow::Borrowed("-"), Cow::Owned);
        let plain = |text: &'a str| Cow::Borrowed(if text.is_empty() { "-" } else { text });
        match self {
            Self::Name => plain(&row.name),
            Self::Id => Cow::Borrowed(row.id.as_str()),
            Self::State => row.state.to_string().into(),
            Self::Profile => plain(&row.profile),
            Self::Region => Cow::Borrowed(row.region.as_str()),
            Self::Zone => plain(&row.zone),
            Self::Kind => plain(&row.kind),
            Self::Private => or_dash(row.private.map(|it| it.to_string())),
            Self::Public => or_dash(row.outer().map(|it| it.to_string())),
            Self::Age => or_dash(row.age(now).map(age)),
            Self::Reach => Cow::Borrowed(row.reach().word()),
        }
    }
}
