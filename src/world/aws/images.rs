//! EC2: `DescribeImages`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html>

use roxmltree::Node;

use super::Regional;
use super::query::Form;
use super::query::xml::string;
use crate::plan::os_user::Image;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// The image with this ID; `None` if it is private to others, or there is none any more.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn image(&self, id: &str) -> Result<Option<Image>, AwsError> {
        let form = Form::default().with("ImageId.1", id);
        let image = |it: Node<'_, '_>| {
            Some(Image {
                name: string(it, "name")?,
                owner: string(it, "imageOwnerId"),
                owner_alias: string(it, "imageOwnerAlias"),
            })
        };
        let found = self.query_all("ec2:DescribeImages", form, "imagesSet", image);
        match found.await {
            Err(AwsError::Service { code, .. }) if code.starts_with("InvalidAMIID") => Ok(None),
            found => Ok(found?.into_iter().next()),
        }
    }
}
