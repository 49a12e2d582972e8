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

/// All items of a list of EC2's: of each page, what `$ours` makes of its `$items`. The SDK's requests and
/// pages have methods of the same names, but no trait for them.
macro_rules! list {
    ($aws:expr, $action:literal, $error:ty, |$client:ident| $request:expr, $items:ident, $ours:expr) => {{
        let call = $aws.call(concat!("ec2:", $action));
        let page = async |token| {
            let $client = $aws.ec2::<$error>();
            let page = call.send($request.set_next_token(token).send()).await?;
            let next = page.next_token().map(str::to_owned);
            Ok((page.$items().iter().filter_map($ours).collect(), next))
        };
        $crate::world::aws::pages::all(&call, page).await
    }};
}
use list;

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
