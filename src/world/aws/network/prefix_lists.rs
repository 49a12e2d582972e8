//! EC2: `DescribeManagedPrefixLists` and `GetManagedPrefixListEntries`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListEntries.html>

use ipnet::IpNet;

use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;
use crate::world::aws::query::Form;
use crate::world::aws::query::xml::{string, value};

impl Regional<'_> {
    /// The names of these prefix lists, with their IDs.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn prefix_list_names(
        &self,
        lists: &[String],
    ) -> Result<Vec<(String, String)>, AwsError> {
        self.query_all(
            "ec2:DescribeManagedPrefixLists",
            Form::default().each("PrefixListId", lists),
            "prefixListSet",
            |it| Some((string(it, "prefixListId")?, string(it, "prefixListName")?)),
        )
        .await
    }

    /// The blocks of a prefix list.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn prefix_list_blocks(&self, list: &str) -> Result<Vec<IpNet>, AwsError> {
        self.query_all(
            "ec2:GetManagedPrefixListEntries",
            Form::default().with("PrefixListId", list),
            "entrySet",
            |it| value(it, "cidr"),
        )
        .await
    }
}
