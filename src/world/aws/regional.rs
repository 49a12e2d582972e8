//! AWS in one region, and what has chosen it.

use aws_config::SdkConfig;

use super::Aws;
use super::call::Call;
use crate::plan::aws::region::{ChosenRegion, RegionSource};
use crate::plan::target::ids::Region;

/// AWS in one region.
#[derive(Clone, Debug)]
pub(crate) struct Regional<'a> {
    pub(super) aws: &'a Aws,
    pub region: Region,
    /// What has set it, if not the environment or the profile.
    pub(super) by: Option<RegionSource>,
}

impl<'a> Regional<'a> {
    /// The configuration that it belongs to.
    #[must_use]
    pub(crate) fn aws(&self) -> &'a Aws {
        self.aws
    }

    /// The same region, set by something other than environment and profile.
    #[must_use]
    pub(crate) fn chosen_by(self, by: impl Into<Option<RegionSource>>) -> Self {
        Self {
            by: by.into(),
            ..self
        }
    }

    /// The region with what has set it, for errors.
    #[must_use]
    #[expect(
        clippy::unnecessary_box_returns,
        reason = "errors hold it, and would be large"
    )]
    pub(crate) fn chosen(&self) -> Box<ChosenRegion> {
        Box::new(
            self.aws
                .region_settings
                .chosen(&self.region, self.by.clone()),
        )
    }

    pub(super) fn sdk(&self) -> SdkConfig {
        let region = aws_config::Region::new(self.region.to_string());
        self.aws.sdk.to_builder().region(region).build()
    }

    pub(super) fn debug(&self, text: impl FnOnce() -> String) {
        self.aws.terminal.debug(text);
    }

    /// A call of this action, named as IAM does: `ec2:DescribeInstances`.
    pub(super) fn call(&self, action: &'static str) -> Call<'_> {
        Call {
            action,
            region: self,
            push: None,
        }
    }
}
