//! EC2: `DescribeInstances`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>

use std::net::IpAddr;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::describe_instances::DescribeInstancesError;
use aws_sdk_ec2::operation::describe_instances::builders::DescribeInstancesFluentBuilder;
use aws_sdk_ec2::types;
use aws_sdk_ec2::types::Reservation;
use aws_smithy_types::DateTime;
use futures_util::future::try_join_all;

use super::Regional;
use super::pages;
use super::retry::{OperationError, client_config};
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
        let client = self.ec2::<DescribeInstancesError>();
        let request = client.describe_instances().instance_ids(id.as_str());
        match self.describe(request).await {
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
        let filters = filters.iter().map(sdk_filter).collect();
        let client = self.ec2::<DescribeInstancesError>();
        self.describe(client.describe_instances().set_filters(Some(filters)))
            .await
    }

    async fn describe(
        &self,
        request: DescribeInstancesFluentBuilder,
    ) -> Result<Vec<Instance>, AwsError> {
        let call = self.call("ec2:DescribeInstances");
        let page = async |token| {
            let page = request.clone().set_next_token(token);
            let page = call.send(page.send()).await?;
            let all = page.reservations().iter().flat_map(Reservation::instances);
            let next = page.next_token().map(str::to_owned);
            Ok((all.filter_map(instance).collect(), next))
        };
        pages::all(&call, page).await
    }

    /// A client for one call that fails with an `E`.
    pub(super) fn ec2<E: OperationError>(&self) -> Client {
        Client::from_conf(client_config!(aws_sdk_ec2, self, E).build())
    }
}

pub(super) fn sdk_filter(filter: &Filter) -> types::Filter {
    let sdk = types::Filter::builder().name(filter.name.as_ref());
    sdk.set_values(Some(filter.values.clone())).build()
}

/// The SDK's instance as ours; `None` if it has no ID, which AWS never does.
fn instance(instance: &types::Instance) -> Option<Instance> {
    let state = instance.state().and_then(types::InstanceState::name);
    let name = |tag: &&types::Tag| tag.key() == Some("Name");
    let assigned: Vec<Assigned> = instance
        .network_interfaces()
        .iter()
        .flat_map(assigned)
        .collect();
    let first_ipv6 = assigned.iter().find_map(|it| match it.address {
        IpAddr::V6(address) => Some(address),
        IpAddr::V4(_) => None,
    });
    Some(Instance {
        id: InstanceId::parse(instance.instance_id()?).ok()?,
        name: instance
            .tags()
            .iter()
            .find(name)
            .and_then(|tag| tag.value().map(str::to_owned)),
        state: State::parse(state.map_or("unknown", |state| state.as_str())),
        launched: instance.launch_time().map(DateTime::secs),
        zone: instance
            .placement()
            .and_then(|placement| resource_id(placement.availability_zone()?)),
        vpc: instance.vpc_id().and_then(resource_id),
        subnet: instance.subnet_id().and_then(resource_id),
        public: instance.public_ip_address().and_then(|a| a.parse().ok()),
        private: instance.private_ip_address().and_then(|a| a.parse().ok()),
        ipv6: instance
            .ipv6_address()
            .and_then(|a| a.parse().ok())
            .or(first_ipv6),
        assigned,
        software: Software {
            image_id: instance.image_id().map(str::to_owned),
            platform_details: instance.platform_details().map(str::to_owned),
            usage_operation: instance.usage_operation().map(str::to_owned),
            is_windows: instance.platform() == Some(&types::PlatformValues::Windows),
        },
        metadata_off: instance
            .metadata_options()
            .and_then(|it| it.http_endpoint())
            .is_some_and(|it| *it == types::InstanceMetadataEndpointState::Disabled),
    })
}

fn assigned(interface: &types::InstanceNetworkInterface) -> Vec<Assigned> {
    let v4 = interface.private_ip_addresses().iter().filter_map(|it| {
        let public = it.association().and_then(|it| it.public_ip());
        Some(Assigned {
            address: it.private_ip_address()?.parse().ok()?,
            public: public.and_then(|it| it.parse().ok()),
        })
    });
    let v6 = interface.ipv6_addresses().iter().filter_map(|it| {
        Some(Assigned {
            address: it.ipv6_address()?.parse().ok()?,
            public: None,
        })
    });
    v4.chain(v6).collect()
}
