//! EC2: `DescribeManagedPrefixLists` and `GetManagedPrefixListEntries`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListEntries.html>

use aws_sdk_ec2::operation::describe_managed_prefix_lists::DescribeManagedPrefixListsError;
use aws_sdk_ec2::operation::get_managed_prefix_list_entries::GetManagedPrefixListEntriesError;
use ipnet::IpNet;

use crate::world::aws::error::AwsError;
use crate::world::aws::{Regional, pages};

impl Regional<'_> {
    /// The names of these prefix lists, with their IDs.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn prefix_list_names(
        &self,
        lists: &[String],
    ) -> Result<Vec<(String, String)>, AwsError> {
        let call = self.call("ec2:DescribeManagedPrefixLists");
        let page = async |token| {
            let client = self.ec2::<DescribeManagedPrefixListsError>();
            let page = client
                .describe_managed_prefix_lists()
                .set_prefix_list_ids(Some(lists.to_vec()))
                .set_next_token(token);
            let page = call.send(page.send()).await?;
            let next = page.next_token().map(str::to_owned);
            let names = page.prefix_lists().iter().filter_map(|it| {
                Some((
                    it.prefix_list_id()?.to_owned(),
                    it.prefix_list_name()?.to_owned(),
                ))
            });
            Ok((names.collect(), next))
        };
        pages::all(&call, page).await
    }

    /// The blocks of a prefix list.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn prefix_list_blocks(&self, list: &str) -> Result<Vec<IpNet>, AwsError> {
        let call = self.call("ec2:GetManagedPrefixListEntries");
        let page = async |token| {
            let client = self.ec2::<GetManagedPrefixListEntriesError>();
            let page = client
                .get_managed_prefix_list_entries()
                .prefix_list_id(list)
                .set_next_token(token);
            let page = call.send(page.send()).await?;
            let next = page.next_token().map(str::to_owned);
            let blocks = page.entries().iter();
            Ok((
                blocks.filter_map(|it| it.cidr()?.parse().ok()).collect(),
                next,
            ))
        };
        pages::all(&call, page).await
    }
}
