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

use roxmltree::Node;

use super::query::xml::text;

/// The ID at this path.
fn id(node: Node<'_, '_>, path: &str) -> Option<String> {
    text(node, path).and_then(checked)
}

/// The text, if it is an ID of EC2's: letters, digits and `-`.
fn checked(text: &str) -> Option<String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_id = (1..=64).contains(&text.len()) && text.bytes().all(fits);
    is_id.then(|| text.to_owned())
}
