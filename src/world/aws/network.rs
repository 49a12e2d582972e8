//! EC2: the network around an instance, for `--doctor`. None of these calls is made for a login.
//!
//! IDs and blocks that do not look like any are left out: the commands that the user may paste
//! contain them.

mod acls;
mod endpoints;
mod groups;
mod interfaces;
mod prefix_lists;
mod routes;

use aws_sdk_ec2::types::Filter;

/// A filter for any of these values.
fn filter(name: &str, values: &[String]) -> Filter {
    let builder = Filter::builder().name(name);
    builder.set_values(Some(values.to_vec())).build()
}

/// An ID of EC2's: letters, digits and `-`.
fn id(text: Option<&str>) -> Option<String> {
    let text = text?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_id = (1..=64).contains(&text.len()) && text.bytes().all(fits);
    is_id.then(|| text.to_owned())
}
