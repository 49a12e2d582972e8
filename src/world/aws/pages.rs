//! Lists that come in pages: to the last page, but not without an end.

use super::call::Call;
use crate::world::aws::error::AwsError;

/// How many pages are asked for, and how many things of them are kept. A page of EC2's has looked at
/// up to a thousand instances, of which few match.
const PAGES: u32 = 200;
const KEPT: usize = 10_000;

/// The pages of one list.
#[derive(Debug, Default)]
pub(super) struct Pages(u32);

impl Pages {
    /// By which token the page after this one is asked for, if there is any. A page may be empty and
    /// yet not be the last.
    ///
    /// # Errors
    /// [`AwsError::BadAnswer`] for a list that has no end.
    pub(super) fn after(
        &mut self,
        token: Option<&str>,
        kept: usize,
        call: &Call<'_>,
    ) -> Result<Option<String>, AwsError> {
        self.0 += 1;
        match token {
            None | Some("") => Ok(None),
            Some(_) if self.0 >= PAGES || kept > KEPT => Err(call.bad_answer()),
            Some(next) => Ok(Some(next.to_owned())),
        }
    }
}
