//! EC2: `DescribeInstances`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>

use std::net::IpAddr;

use futures_util::future::try_join_all;
use roxmltree::Node;

use super::Regional;
use super::query::Form;
use super::query::xml::{items, string, text, value};
use crate::plan::aws::date;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::os_user::Software;
use crate::plan::target::filter::Filter;
use crate::plan::target::ids::{InstanceId, resource_id};
use crate::plan::target::instance::{Assigned, Instance, State};
use crate::plan::target::tag_query::TagQuery;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// The instance with this ID, if there is one.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn instance(&self, id: &InstanceId) -> Result<Option<Instance>, AwsError> {
        match self.describe(Form::instance(id)).await {
            Err(AwsError::Instance(InstanceError::NotFound { .. })) => Ok(None),
            found => Ok(found?.into_iter().next()),
        }
    }

    /// The instances that match any of these filters, some perhaps twice. A single call would combine
    /// its filters with "and", so there is a call for each, all at the same time.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn instances(&self, filters: &[Filter]) -> Result<Vec<Instance>, AwsError> {
        let each = filters
            .iter()
            .map(|filter| self.filtered(std::slice::from_ref(filter)));
        Ok(try_join_all(each).await?.concat())
    }

    /// The instances with these tags, by one call.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn tagged(&self, query: &TagQuery) -> Result<Vec<Instance>, AwsError> {
        self.filtered(&query.filters()).await
    }

    /// The instances that match all of these filters.
    async fn filtered(&self, filters: &[Filter]) -> Result<Vec<Instance>, AwsError> {
        self.describe(Form::default().filters(filters)).await
    }

    async fn describe(&self, form: Form) -> Result<Vec<Instance>, AwsError> {
        self.each_instance(form, instance).await
    }

    /// What `ours` makes of each instance.
    ///
    /// # Errors
    /// Those of any call.
    pub(super) async fn each_instance<T>(
        &self,
        form: Form,
        ours: impl Fn(Node<'_, '_>) -> Option<T>,
    ) -> Result<Vec<T>, AwsError> {
        let reservation =
            |it: Node<'_, '_>| Some(items(it, "instancesSet").filter_map(&ours).collect());
        let all = self.query_all("ec2:DescribeInstances", form, "reservationSet", reservation);
        let all: Vec<Vec<T>> = all.await?;
        Ok(all.into_iter().flatten().collect())
    }
}

/// An instance; `None` if it has no ID, which AWS never does.
fn instance(it: Node<'_, '_>) -> Option<Instance> {
    let name = items(it, "tagSet").find(|tag| text(*tag, "key") == Some("Name"));
    let interfaces = items(it, "networkInterfaceSet");
    let assigned: Vec<Assigned> = interfaces.flat_map(assigned).collect();
    let first_ipv6 = assigned.iter().find_map(|it| match it.address {
        IpAddr::V6(address) => Some(address),
        IpAddr::V4(_) => None,
    });
    Some(Instance {
        id: InstanceId::parse(text(it, "instanceId")?).ok()?,
        name: name.and_then(|tag| string(tag, "value")),
        state: State::parse(text(it, "instanceState/name").unwrap_or("unknown")),
        launched: launched(it),
        zone: text(it, "placement/availabilityZone").and_then(resource_id),
        vpc: text(it, "vpcId").and_then(resource_id),
        subnet: text(it, "subnetId").and_then(resource_id),
        public: value(it, "ipAddress"),
        private: value(it, "privateIpAddress"),
        ipv6: value(it, "ipv6Address").or(first_ipv6),
        assigned,
        software: Software {
            image_id: string(it, "imageId"),
            platform_details: string(it, "platformDetails"),
            usage_operation: string(it, "usageOperation"),
            is_windows: is_windows(it),
        },
        metadata_off: is_metadata_off(it),
    })
}

/// When an instance was launched, in seconds since 1970.
pub(super) fn launched(instance: Node<'_, '_>) -> Option<i64> {
    let (seconds, _) = date::read(text(instance, "launchTime")?)?;
    Some(seconds)
}

pub(super) fn is_windows(instance: Node<'_, '_>) -> bool {
    // EC2's reference writes it with a capital letter, and EC2 does not.
    text(instance, "platform").is_some_and(|it| it.eq_ignore_ascii_case("windows"))
}

pub(super) fn is_metadata_off(instance: Node<'_, '_>) -> bool {
    text(instance, "metadataOptions/httpEndpoint") == Some("disabled")
}

fn assigned(interface: Node<'_, '_>) -> Vec<Assigned> {
    let v4 = items(interface, "privateIpAddressesSet").filter_map(|it| {
        Some(Assigned {
            address: value(it, "privateIpAddress")?,
            public: value(it, "association/publicIp"),
        })
    });
    let v6 = items(interface, "ipv6AddressesSet").filter_map(|it| {
        Some(Assigned {
            address: value(it, "ipv6Address")?,
            public: None,
        })
    });
    v4.chain(v6).collect()
}
