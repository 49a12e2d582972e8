//! The causes of an SDK's error.

use std::error::Error;
use std::fmt;

use crate::world::net::connect_error;

/// What an SDK's error and each of its causes say, since the errors themselves are borrowed. The SDK
/// puts no credentials into these texts, other than into those for `Debug`.
#[derive(Debug)]
pub(crate) struct SdkCause {
    text: String,
    source: Option<Box<Self>>,
}

impl SdkCause {
    pub(in crate::world::aws) fn of(error: &(dyn Error + 'static)) -> Self {
        let texts: Vec<_> = connect_error::chain(error)
            .map(ToString::to_string)
            .collect();
        let mut texts = texts.into_iter().rev();
        let innermost = Self {
            text: texts.next().unwrap_or_default(),
            source: None,
        };
        texts.fold(innermost, |cause, text| Self {
            text,
            source: Some(Box::new(cause)),
        })
    }
}

impl fmt::Display for SdkCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for SdkCause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let cause: &Self = self.source.as_deref()?;
        Some(cause)
    }
}
