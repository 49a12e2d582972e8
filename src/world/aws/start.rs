//! EC2: `StartInstances`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html>

use aws_sdk_ec2::operation::start_instances::StartInstancesError;

use super::Regional;
use crate::plan::target::ids::InstanceId;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// Starts a stopped instance. It is pending after that.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn start_instance(&self, id: &InstanceId) -> Result<(), AwsError> {
        let client = self.ec2::<StartInstancesError>();
        let request = client.start_instances().instance_ids(id.as_str());
        let call = self.call("ec2:StartInstances");
        call.send(request.send()).await.map(drop)
    }
}
