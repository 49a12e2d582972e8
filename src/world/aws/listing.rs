//! EC2: all instances, by pages of `DescribeInstances`.
//!
//! A list shows ten of an instance's fields, so its rows are read without a tree of all elements.

mod answer;

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;

use super::Regional;
use super::call::Call;
use super::query::Form;
use super::retry::CALL;
use crate::plan::list::row::Row;
use crate::plan::target::filter::Filter;
use crate::world::aws::error::AwsError;

/// The most that EC2 puts on a page.
const PAGE: &str = "1000";

/// How long an attempt for a page may take: EC2 needs seconds for a thousand instances.
const ATTEMPT: Duration = Duration::from_secs(30);

/// How many pages are requested, and how many rows are kept: the server may not be AWS.
const PAGES: usize = 500;
const ROWS: usize = 200_000;

/// A page of a list.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Row>,
    pub(crate) is_last: bool,
}

impl Regional<'_> {
    /// Lists the instances that match all of these filters, page by page. `take` gets each page as it
    /// arrives; a page may be empty.
    ///
    /// # Errors
    /// Those of any call; [`AwsError::BadAnswer`] for a list without an end.
    pub(crate) async fn list(
        &self,
        filters: &[Filter],
        mut take: impl FnMut(Page),
    ) -> Result<(), AwsError> {
        let call = self.call("ec2:DescribeInstances");
        let (mut token, mut count) = (None, 0);
        for _ in 0..PAGES {
            let (rows, next) = self.page(&call, filters, token).await?;
            token = next.filter(|token| !token.is_empty());
            count += rows.len();
            if count > ROWS {
                break;
            }
            let is_last = token.is_none();
            take(Page { rows, is_last });
            if is_last {
                return Ok(());
            }
        }
        Err(call.bad_answer())
    }

    async fn page(
        &self,
        call: &Call<'_>,
        filters: &[Filter],
        token: Option<String>,
    ) -> Result<(Vec<Row>, Option<String>), AwsError> {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(CALL);
        let form = Form::default().filters(filters).with("MaxResults", PAGE);
        let form = form.page(token);
        let answer = self.query_within(call, &form, Some(timeouts.build()));
        let answer = answer::read(answer.await?.bytes(), &self.region);
        let answer = answer.map_err(|_| call.bad_answer())?;
        Ok((answer.rows, answer.next))
    }
}
