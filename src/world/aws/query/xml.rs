//! What is in an element of EC2's XML: texts, and sets of items.

use std::str::FromStr;

use roxmltree::Node;

/// The child of this name.
pub(crate) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|it| it.tag_name().name() == name)
}

/// The text of the element at this path, whose names are separated by `/`; empty if it is an empty element.
pub(crate) fn text<'a>(node: Node<'a, '_>, path: &str) -> Option<&'a str> {
    let found = path.split('/').try_fold(node, child)?;
    Some(found.text().unwrap_or_default())
}

/// The same as an owned text.
pub(crate) fn string(node: Node<'_, '_>, path: &str) -> Option<String> {
    text(node, path).map(str::to_owned)
}

/// The same as a number, a truth value or an address; `None` if it is none.
pub(crate) fn value<T: FromStr>(node: Node<'_, '_>, path: &str) -> Option<T> {
    text(node, path)?.parse().ok()
}

/// The items of the set of this name.
pub(crate) fn items<'a, 'i>(
    node: Node<'a, 'i>,
    set: &str,
) -> impl Iterator<Item = Node<'a, 'i>> + use<'a, 'i> {
    let set = child(node, set).into_iter();
    let all = set.flat_map(|it| it.children());
    all.filter(|it| it.tag_name().name() == "item")
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;

    #[test]
    fn texts_are_found_by_their_path() {
        let answer = "<?xml version=\"1.0\"?>\n<a xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
                      <b><c>1 &amp; 2</c><c>other</c><n>7</n></b><empty/>\n\
                      <set><item>x</item>\n<item><c/></item><other/></set></a>";
        let document = Document::parse(answer).expect("XML");
        let root = document.root_element();
        assert_eq!(text(root, "b/c"), Some("1 & 2"));
        assert_eq!(string(root, "empty"), Some(String::new()));
        assert_eq!((text(root, "c"), text(root, "b/c/d")), (None, None));
        assert_eq!(value(root, "b/n"), Some(7));
        assert_eq!(value::<i32>(root, "b/c"), None);
        assert_eq!(
            (items(root, "set").count(), items(root, "b").count()),
            (2, 0)
        );
    }

    #[test]
    fn neither_depth_nor_entities_of_an_answer_cost_more_than_its_length() {
        let deep = "<a>".repeat(1_000_000);
        assert!(Document::parse(&deep).is_err());
        let whole = format!("{deep}{}", "</a>".repeat(1_000_000));
        assert!(Document::parse(&whole).is_ok());
        let entities = "<!DOCTYPE a [<!ENTITY b \"bb\">]><a>&b;</a>";
        assert!(Document::parse(entities).is_err());
    }
}
