//! EC2: `DescribeManagedPrefixLists` and `GetManagedPrefixListEntries`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListEntries.html>

use aws_sdk_ec2::operation::describe_managed_prefix_lists::DescribeManagedPrefixListsError;
use aws_sdk_ec2::operation::get_managed_prefix_list_entries::GetManagedPrefixListEntriesError;
use ipnet::IpNet;

use super::list;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// The names of these prefix lists, with their IDs.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn prefix_list_names(
        &self,
        lists: &[String],
    ) -> Result<Vec<(String, String)>, AwsError> {
        list!(
            self,
            "DescribeManagedPrefixLists",
            DescribeManagedPrefixListsError,
            |client| client
                .describe_managed_prefix_lists()
                .set_prefix_list_ids(Some(lists.to_vec())),
            prefix_lists,
            |it| Some((
                it.prefix_list_id()?.to_owned(),
                it.prefix_list_name()?.to_owned()
            ))
        )
    }

    /// The blocks of a prefix list.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn prefix_list_blocks(&self, list: &str) -> Result<Vec<IpNet>, AwsError> {
        list!(
            self,
            "GetManagedPrefixListEntries",
            GetManagedPrefixListEntriesError,
            |client| client
                .get_managed_prefix_list_entries()
                .prefix_list_id(list),
            entries,
            |it| it.cidr()?.parse().ok()
        )
    }
}
