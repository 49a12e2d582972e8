//! How long an answer may be. Whoever answers in AWS's place, or a proxy, could send one without an
//! end, and the SDK collects it whole.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::world::net::error::NetworkError;

/// Of most answers: a few KB. Certificates and tokens are among them, and metadata.
const MOST: usize = 1024 * 1024;

/// Of what describes instances or endpoints: a page of EC2's, a thousand instances with their tags
/// and interfaces.
const MOST_OF_DESCRIPTIONS: usize = 16 * 1024 * 1024;

/// How long the answer to this may be.
pub(super) fn of(request: &HttpRequest) -> usize {
    let body = request.body().bytes().unwrap_or_default();
    if body.starts_with(b"Action=Describe") {
        MOST_OF_DESCRIPTIONS
    } else {
        MOST
    }
}

/// The answer of this host, to be read no further than that.
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
