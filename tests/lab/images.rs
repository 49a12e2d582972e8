//! EC2's `DescribeImages`, and what an instance's software is in other answers.

use serde_json::Value;

use super::aws_error::escape;

/// What runs on all instances, as one caller sees it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Software {
    /// The name of the image and its owner; `None` if it is gone.
    pub(crate) image: Option<(&'static str, &'static str)>,
    pub(crate) platform: Option<&'static str>,
    /// What Session Manager says: name and version.
    pub(crate) system: Option<(&'static str, &'static str)>,
    pub(crate) metadata_off: bool,
}

impl Software {
    /// Puts it into an answer of `DescribeInstances`.
    pub(crate) fn in_instances(self, answer: &str) -> String {
        let answer = match self.platform {
            Some(platform) => answer.replace(
                "<platformDetails>Linux/UNIX<",
                &format!("<platformDetails>{platform}<"),
            ),
            None => answer.to_owned(),
        };
        if self.metadata_off {
            let (on, off) = ("<httpEndpoint>enabled<", "<httpEndpoint>disabled<");
            return answer.replace(on, off);
        }
        answer
    }

    /// Puts it into an answer of `DescribeInstanceInformation`.
    pub(crate) fn in_information(self, mut answer: Value) -> Value {
        let list = answer.get_mut("InstanceInformationList");
        if let (Some((name, version)), Some(list)) =
            (self.system, list.and_then(Value::as_array_mut))
        {
            for instance in list {
                instance["PlatformName"] = name.into();
                instance["PlatformVersion"] = version.into();
            }
        }
        answer
    }

    /// Answers `DescribeImages`.
    pub(crate) fn images(self, request_id: &str) -> String {
        let image = self.image.map_or_else(String::new, |(name, owner)| {
            format!(
                "<item><imageId>ami-0123456789abcdef0</imageId><imageOwnerId>{owner}</imageOwnerId>\
                 <name>{}</name></item>",
                escape(name)
            )
        });
        format!(
            "<DescribeImagesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <requestId>{request_id}</requestId><imagesSet>{image}</imagesSet>\
             </DescribeImagesResponse>"
        )
    }
}
