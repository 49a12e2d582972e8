//! EC2's own protocol: a form goes out, XML comes back.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html>
//!
//! One operation of the SDK carries all calls, by [`Exchange`].

mod form;
pub(super) mod xml;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::describe_regions::DescribeRegionsError;
use bytes::Bytes;
use roxmltree::{Document, Node};

pub(super) use self::form::Form;
use super::Regional;
use super::call::Call;
use super::exchange::Exchange;
use super::pages;
use super::retry::client_config;
use crate::world::aws::error::AwsError;

/// The answer that the SDK reads instead of the real one.
const REPLACEMENT: &str = "<DescribeRegionsResponse/>";

impl Regional<'_> {
    /// Makes a call of EC2.
    ///
    /// # Errors
    /// Those of any call.
    pub(super) async fn query(&self, call: &Call<'_>, form: &Form) -> Result<Answer, AwsError> {
        self.query_within(call, form, None).await
    }

    /// The same with other time limits than those of all calls.
    ///
    /// # Errors
    /// Those of any call.
    pub(super) async fn query_within(
        &self,
        call: &Call<'_>,
        form: &Form,
        limits: Option<TimeoutConfig>,
    ) -> Result<Answer, AwsError> {
        let action = call.action.trim_start_matches("ec2:");
        let (body, root) = (form.written(action), format!("<{action}Response"));
        let exchange = Exchange::new(&body, &root, REPLACEMENT);
        let mut config = client_config!(aws_sdk_ec2, self, DescribeRegionsError);
        if let Some(limits) = limits {
            config = config.timeout_config(limits);
        }
        let client = Client::from_conf(config.interceptor(exchange.clone()).build());
        call.send(client.describe_regions().send()).await?;
        let answer = exchange.answer().map(Answer);
        answer.ok_or_else(|| call.bad_answer())
    }

    /// All items of a list: of each page, what `ours` makes of the items in `set`.
    ///
    /// # Errors
    /// Those of any call, and those of [`pages::all`].
    pub(super) async fn query_all<T>(
        &self,
        action: &'static str,
        form: Form,
        set: &str,
        ours: impl Fn(Node<'_, '_>) -> Option<T>,
    ) -> Result<Vec<T>, AwsError> {
        let call = self.call(action);
        let page = async |token| {
            let answer = self.query(&call, &form.clone().page(token)).await?;
            let answer = answer.document(&call)?;
            let root = answer.root_element();
            let next = xml::text(root, "nextToken").map(str::to_owned);
            Ok((xml::items(root, set).filter_map(&ours).collect(), next))
        };
        pages::all(&call, page).await
    }
}

/// The answer to a call of EC2.
#[derive(Debug)]
pub(super) struct Answer(Bytes);

impl Answer {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Parses the answer.
    ///
    /// # Errors
    /// [`AwsError::BadAnswer`] if it is not XML, or not the whole of it.
    pub(super) fn document(&self, call: &Call<'_>) -> Result<Document<'_>, AwsError> {
        let text = std::str::from_utf8(&self.0).map_err(|_| call.bad_answer())?;
        Document::parse(text).map_err(|_| call.bad_answer())
    }
}
