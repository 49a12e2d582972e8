//! A call's request and answer in place of those of the SDK's operation that carries it.
//!
//! The SDK has types, a reader and a client for each action, for all fields that there are: 40 KB of code
//! and more for each that is called, of which mssh needs a few fields. So one operation carries all
//! calls of a protocol. What is around them remains the SDK's: endpoint, signature, retries, time
//! limits, errors.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

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

/// How much of an answer is searched for its beginning.
const START: usize = 1024;

/// What is sent and expected.
#[derive(Clone)]
pub(super) struct Exchange {
    /// The request's body.
    body: Arc<str>,
    /// Its `X-Amz-Target`, if the protocol has that.
    target: Option<Arc<str>>,
    /// What the start of the answer has in it.
    begin: Arc<str>,
    /// The answer that the SDK reads instead of the real one.
    replacement: &'static str,
    answer: Arc<Mutex<Option<Bytes>>>,
}

impl Exchange {
    pub(super) fn new(body: &str, begin: &str, replacement: &'static str) -> Self {
        Self {
            body: body.into(),
            target: None,
            begin: begin.into(),
            replacement,
            answer: Arc::default(),
        }
    }

    pub(super) fn to(self, target: &str) -> Self {
        Self {
            target: Some(target.into()),
            ..self
        }
    }

    /// The body of the answer, if there was one.
    pub(super) fn answer(&self) -> Option<Bytes> {
        let mut answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        answer.take()
    }

    /// Keeps the whole answer, and hands the replacement on. What is no answer to this call is not kept:
    /// the SDK refuses it.
    async fn kept(self, body: SdkBody) -> Result<Frame<Bytes>, BoxError> {
        let whole = body.collect().await?.to_bytes();
        let begin = self.begin.as_bytes();
        let start = &whole[..whole.len().min(START)];
        if !start.windows(begin.len()).any(|it| it == begin) {
            return Ok(Frame::data(whole));
        }
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(whole);
        Ok(Frame::data(self.replacement.into()))
    }
}

/// Without request and answer, which may be secret.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exchange")
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
        let headers = request.headers_mut();
        headers.insert("content-length", self.body.len().to_string());
        if let Some(target) = &self.target {
            headers.insert("x-amz-target", target.to_string());
        }
        *request.body_mut() = SdkBody::from(&*self.body);
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
