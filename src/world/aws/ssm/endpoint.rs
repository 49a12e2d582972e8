//! The endpoints of Systems Manager.
//!
//! They are named like those of EC2 Instance Connect, whose rules know all partitions of AWS, with one
//! exception: in AWS GovCloud (US), the usual endpoint is the FIPS endpoint.
//! <https://docs.aws.amazon.com/general/latest/gr/ssm.html>

use aws_sdk_ec2instanceconnect::config::endpoint::{
    DefaultResolver, Endpoint, EndpointFuture, Params, ResolveEndpoint,
};

/// What the names begin with that the rules give, and what replaces it.
const FROM: &str = "https://ec2-instance-connect";
const TO: &str = "https://ssm";

/// Finds the endpoint of Systems Manager.
#[derive(Debug, Default)]
pub(super) struct SsmEndpoint(DefaultResolver);

impl ResolveEndpoint for SsmEndpoint {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        let found = ResolveEndpoint::resolve_endpoint(&self.0, params);
        if params.endpoint().is_some() {
            return found;
        }
        EndpointFuture::new(async move {
            let found = found.await?;
            Ok(Endpoint::builder()
                .url(renamed(found.url(), params))
                .build())
        })
    }
}

fn renamed(url: &str, params: &Params) -> String {
    let Some(rest) = url.strip_prefix(FROM) else {
        return url.to_owned();
    };
    let is_gov = params.region().is_some_and(|it| it.starts_with("us-gov-"));
    let rest = match rest.strip_prefix("-fips") {
        Some(rest) if is_gov && params.use_dual_stack() != Some(true) => rest,
        _ => rest,
    };
    format!("{TO}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each is what aws-sdk-ssm 1.133 finds, too.
    #[tokio::test]
    async fn endpoints_are_those_of_systems_manager() {
        let url = async |region: &str, fips, dual_stack| {
            let params = Params::builder().region(region).use_fips(fips);
            let params = params.use_dual_stack(dual_stack).build().expect("complete");
            let found = SsmEndpoint::default().resolve_endpoint(&params).await;
            found.expect("an endpoint").url().to_owned()
        };
        for (region, fips, dual_stack, host) in [
            ("eu-west-1", false, false, "ssm.eu-west-1.amazonaws.com"),
            ("us-east-1", true, false, "ssm-fips.us-east-1.amazonaws.com"),
            ("us-east-1", false, true, "ssm.us-east-1.api.aws"),
            ("us-east-1", true, true, "ssm-fips.us-east-1.api.aws"),
            (
                "cn-north-1",
                false,
                false,
                "ssm.cn-north-1.amazonaws.com.cn",
            ),
            (
                "us-gov-west-1",
                true,
                false,
                "ssm.us-gov-west-1.amazonaws.com",
            ),
            (
                "us-gov-east-1",
                true,
                true,
                "ssm-fips.us-gov-east-1.api.aws",
            ),
            ("us-gov-east-1", false, true, "ssm.us-gov-east-1.api.aws"),
            (
                "us-iso-east-1",
                true,
                false,
                "ssm-fips.us-iso-east-1.c2s.ic.gov",
            ),
        ] {
            assert_eq!(
                url(region, fips, dual_stack).await,
                format!("https://{host}")
            );
        }
    }

    #[tokio::test]
    async fn a_url_of_the_user_is_left_alone() {
        let own = "http://localhost:1/ec2-instance-connect";
        let params = Params::builder().region("us-east-1").endpoint(own);
        let params = params.build().expect("complete");
        let found = SsmEndpoint::default().resolve_endpoint(&params).await;
        assert_eq!(found.expect("an endpoint").url(), own);
    }
}
