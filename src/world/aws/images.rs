//! EC2: `DescribeImages`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html>

use aws_sdk_ec2::operation::describe_images::DescribeImagesError;

use super::Regional;
use crate::plan::os_user::Image;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// The image with this ID; `None` if it is private to others, or there is none any more.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn image(&self, id: &str) -> Result<Option<Image>, AwsError> {
        let client = self.ec2::<DescribeImagesError>();
        let request = client.describe_images().image_ids(id);
        let answer = match self.call("ec2:DescribeImages").send(request.send()).await {
            Err(AwsError::Service { code, .. }) if code.starts_with("InvalidAMIID") => {
                return Ok(None);
            }
            answer => answer?,
        };
        let text = |text: Option<&str>| text.map(str::to_owned);
        Ok(answer.images().first().and_then(|image| {
            Some(Image {
                name: text(image.name())?,
                owner: text(image.owner_id()),
                owner_alias: text(image.image_owner_alias()),
            })
        }))
    }
}
