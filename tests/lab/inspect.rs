//! EC2's `DescribeInstanceStatus` and `DescribeRegions`.

use super::aws_error::AwsError;
use super::instances::{self, HOME_REGION, NEW_REGION, OTHER_REGION};
use super::request::Operation;

const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

/// The status checks of the instances that are asked for, all of them passed.
pub(crate) fn status(
    operation: &Operation,
    region: &str,
    request_id: &str,
) -> Result<String, AwsError> {
    let mut items = Vec::new();
    for id in operation.list("InstanceId") {
        let known = instances::find(&id).filter(|it| it.region == region);
        let Some(instance) = known else {
            let message = format!("The instance ID '{id}' does not exist");
            return Err(AwsError::new(400, "InvalidInstanceID.NotFound", message));
        };
        let (code, state) = instance.state.code_and_name();
        items.push(format!(
            "<item><instanceId>{id}</instanceId>\
             <instanceState><code>{code}</code><name>{state}</name></instanceState>\
             <systemStatus><status>ok</status></systemStatus>\
             <instanceStatus><status>ok</status></instanceStatus></item>"
        ));
    }
    let items = items.concat();
    Ok(format!(
        "<DescribeInstanceStatusResponse xmlns=\"{NAMESPACE}\"><requestId>{request_id}</requestId>\
         <instanceStatusSet>{items}</instanceStatusSet></DescribeInstanceStatusResponse>"
    ))
}

/// The regions of the lab.
pub(crate) fn regions(request_id: &str) -> String {
    let names = [HOME_REGION, OTHER_REGION, NEW_REGION];
    let items = names.map(|name| {
        format!("<item><regionName>{name}</regionName><optInStatus>opted-in</optInStatus></item>")
    });
    format!(
        "<DescribeRegionsResponse xmlns=\"{NAMESPACE}\"><requestId>{request_id}</requestId>\
         <regionInfo>{}</regionInfo></DescribeRegionsResponse>",
        items.concat()
    )
}
