//! EC2: all instances, by pages of `DescribeInstances`.
//!
//! The SDK's own reader of such an answer makes a value of each of hundreds of fields, of which a list
//! shows ten, and mssh's build does not optimize it. So this one reads the rows from the answer's
//! text, and leaves to the SDK what is around them: signing, retries, errors, the token of the next page.

mod answer;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::describe_instances::DescribeInstancesError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;

use super::Regional;
use super::call::Call;
use super::ec2::sdk_filter;
use super::retry::{CALL, client_config};
use crate::plan::list::row::Row;
use crate::plan::target::filter::Filter;
use crate::plan::target::ids::Region;
use crate::world::aws::error::AwsError;

/// The most that EC2 puts on a page.
const PAGE: i32 = 1000;

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
        let config = client_config!(aws_sdk_ec2, self, DescribeInstancesError);
        let client = Client::from_conf(config.timeout_config(timeouts.build()).build());
        let rows = RowReader::new(&self.region);
        let request = client
            .describe_instances()
            .max_results(PAGE)
            .set_next_token(token)
            .set_filters(Some(filters.iter().map(sdk_filter).collect()));
        let answer = call.send(request.customize().interceptor(rows.clone()).send());
        let next = answer.await?.next_token;
        Ok((rows.take(), next))
    }
}

/// Reads the rows of an answer in place of the SDK.
#[derive(Clone, Debug)]
struct RowReader {
    region: Arc<Region>,
    rows: Arc<Mutex<Vec<Row>>>,
}

impl RowReader {
    fn new(region: &Region) -> Self {
        Self {
            region: Arc::new(region.clone()),
            rows: Arc::default(),
        }
    }

    fn take(&self) -> Vec<Row> {
        std::mem::take(&mut *self.rows.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Intercept for RowReader {
    fn name(&self) -> &'static str {
        "rows"
    }

    /// Takes the rows out of the answer's body, which has not been read yet, before the SDK reads it.
    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        if response.status().is_success() {
            let body = std::mem::replace(response.body_mut(), SdkBody::taken());
            let rest = stream::once(self.clone().rest_of(body));
            *response.body_mut() = SdkBody::from_body_1_x(StreamBody::new(rest));
        }
        Ok(())
    }
}

impl RowReader {
    /// The body without the rows; an error if it is no such answer.
    async fn rest_of(self, body: SdkBody) -> Result<Frame<Bytes>, BoxError> {
        let whole = body.collect().await?.to_bytes();
        let answer = answer::read(&whole, &self.region)?;
        *self.rows.lock().unwrap_or_else(PoisonError::into_inner) = answer.rows;
        Ok(Frame::data(answer.rest.into()))
    }
}
