//! A limit for the length of answers. A proxy, or a server in AWS's place, could send an endless
//! one, and the SDK keeps all of it in memory.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::world::net::error::NetworkError;

/// For most answers, of a few KB: certificates, tokens, metadata.
const MOST: usize = 1024 * 1024;

/// For descriptions of instances and endpoints: a page of EC2's has up to a thousand instances with
/// their tags and interfaces.
const MOST_OF_DESCRIPTIONS: usize = 16 * 1024 * 1024;

/// The limit for the answer to this request.
pub(super) fn of(request: &HttpRequest) -> usize {
    let body = request.body().bytes().unwrap_or_default();
    if body.starts_with(b"Action=Describe") {
        MOST_OF_DESCRIPTIONS
    } else {
        MOST
    }
}

/// The answer of this host, whose body fails beyond the limit.
pub(super) fn limited(response: HttpResponse, host: &str, most: usize) -> HttpResponse {
    response.map(|body| {
        let host = host.to_owned();
        let body = Limited::new(body, most).map_err(move |cause| {
            if cause.is::<LengthLimitError>() {
                let host = host.clone();
                NetworkError::LongAnswer { host, limit: most }.into()
            } else {
                cause
            }
        });
        SdkBody::from_body_1_x(body)
    })
}
