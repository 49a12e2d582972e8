//! EC2's own protocol: a form goes out, XML comes back.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html>
//!
//! The SDK has types, a reader and a client for each action, of all fields that there are: 40 KB of
//! code for each that is called, of which mssh needs a few fields. So one of the SDK's operations
//! carries all: its form and its answer are replaced. What is around them remains the SDK's: endpoint,
//! signature, retries, time limits, errors.

mod form;
pub(super) mod xml;

use std::sync::{Arc, Mutex, PoisonError};

use aws_config::timeout::TimeoutConfig;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::describe_regions::DescribeRegionsError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use roxmltree::{Document, Node};

pub(super) use self::form::Form;
use super::Regional;
use super::call::Call;
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
        let exchange = Exchange {
            form: form.written(action).into(),
            root: format!("<{action}Response").into(),
            answer: Arc::default(),
        };
        let mut config = client_config!(aws_sdk_ec2, self, DescribeRegionsError);
        if let Some(limits) = limits {
            config = config.timeout_config(limits);
        }
        let client = Client::from_conf(config.interceptor(exchange.clone()).build());
        call.send(client.describe_regions().send()).await?;
        exchange.answer().ok_or_else(|| call.bad_answer())
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

/// A call's form and answer, in place of those of the SDK's operation.
#[derive(Clone, Debug)]
struct Exchange {
    form: Arc<str>,
    /// How the answer begins.
    root: Arc<str>,
    answer: Arc<Mutex<Option<Bytes>>>,
}

impl Exchange {
    fn answer(&self) -> Option<Answer> {
        let mut answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        answer.take().map(Answer)
    }

    /// Keeps the whole answer, and hands the replacement on. What is no answer to this call is not kept:
    /// the SDK refuses it.
    async fn kept(self, body: SdkBody) -> Result<Frame<Bytes>, BoxError> {
        let whole = body.collect().await?.to_bytes();
        let root = self.root.as_bytes();
        let start = &whole[..whole.len().min(1024)];
        if !start.windows(root.len()).any(|it| it == root) {
            return Ok(Frame::data(whole));
        }
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(whole);
        Ok(Frame::data(REPLACEMENT.into()))
    }
}

impl Intercept for Exchange {
    fn name(&self) -> &'static str {
        "exchange"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let length = self.form.len().to_string();
        request.headers_mut().insert("content-length", length);
        *request.body_mut() = SdkBody::from(&*self.form);
        Ok(())
    }

    /// The answer's body has not been read yet.
    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        if response.status().is_success() {
            let body = std::mem::replace(response.body_mut(), SdkBody::taken());
            let rest = stream::once(self.clone().kept(body));
            *response.body_mut() = SdkBody::from_body_1_x(StreamBody::new(rest));
        }
        Ok(())
    }
}
