//! The rows in an answer of `DescribeInstances`, which is XML.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html>

use aws_smithy_xml::decode::{Document, ScopedDecoder, XmlDecodeError, try_data};

use crate::plan::aws::date;
use crate::plan::list::row::Row;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::instance::State;

/// The longest text that is kept, in characters, and the most tags: more than AWS permits.
const TEXT: usize = 300;
const TAGS: usize = 60;

const ROOT: &str = "DescribeInstancesResponse";

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) rows: Vec<Row>,
    /// The token of the next page, if there is one.
    pub(super) next: Option<String>,
}

/// An element that is put after the answer. The parser stops at a mistake without a word: this one is
/// then never reached.
const END: &str = "end";

/// Reads an answer.
///
/// # Errors
/// If it is no such answer, or not the whole of one.
pub(super) fn read(body: &[u8], region: &Region) -> Result<Answer, XmlDecodeError> {
    let text = std::str::from_utf8(body).map_err(XmlDecodeError::unhandled)?;
    let begin = text.find(&format!("<{ROOT}"));
    let begin = begin.ok_or_else(|| XmlDecodeError::custom("no answer"))?;
    let text = format!("<all>{}<{END}/></all>", &text[begin..]);
    let mut document = Document::new(&text);
    let mut all = document.root_element()?;
    let answer = all.next_tag().map(|mut root| parts(&mut root, region));
    let end = all.next_tag();
    if !end.is_some_and(|it| it.start_el().matches(END)) {
        return Err(XmlDecodeError::custom("a broken answer"));
    }
    answer.unwrap_or_else(|| Err(XmlDecodeError::custom("an empty answer")))
}

fn parts(root: &mut ScopedDecoder<'_, '_>, region: &Region) -> Result<Answer, XmlDecodeError> {
    let mut rows = Vec::new();
    let mut next = None;
    while let Some(mut part) = root.next_tag() {
        match part.start_el().local() {
            "reservationSet" => reservations(&mut part, region, &mut rows)?,
            "nextToken" => next = Some(try_data(&mut part)?.into_owned()),
            _ => {}
        }
    }
    Ok(Answer { rows, next })
}

fn reservations(
    set: &mut ScopedDecoder<'_, '_>,
    region: &Region,
    rows: &mut Vec<Row>,
) -> Result<(), XmlDecodeError> {
    while let Some(mut reservation) = set.next_tag() {
        while let Some(mut part) = reservation.next_tag() {
            if part.start_el().local() != "instancesSet" {
                continue;
            }
            while let Some(mut item) = part.next_tag() {
                rows.push(row(&mut item, region)?);
            }
        }
    }
    Ok(())
}

/// An instance. One that cannot be read is an error: a list without it would look complete.
fn row(item: &mut ScopedDecoder<'_, '_>, region: &Region) -> Result<Row, XmlDecodeError> {
    let mut id = None;
    let mut row = Fields::default();
    while let Some(mut field) = item.next_tag() {
        match field.start_el().local() {
            "instanceId" => id = InstanceId::parse(&text(&mut field)?).ok(),
            "instanceState" => row.state = child(&mut field, "name")?,
            "placement" => row.zone = child(&mut field, "availabilityZone")?,
            "instanceType" => row.kind = text(&mut field)?,
            "privateIpAddress" => row.private = text(&mut field)?,
            "ipAddress" => row.public = text(&mut field)?,
            "ipv6Address" => row.ipv6 = text(&mut field)?,
            "launchTime" => row.launched = text(&mut field)?,
            "tagSet" => row.tags = tags(&mut field)?,
            "networkInterfaceSet" if row.ipv6.is_empty() => {
                row.ipv6 = first_ipv6(&mut field)?.unwrap_or_default();
            }
            _ => {}
        }
    }
    let id = id.ok_or_else(|| XmlDecodeError::custom("an instance without an ID"))?;
    Ok(row.of(id, region.clone()))
}

/// The fields as they are in the answer.
#[derive(Default)]
struct Fields {
    state: String,
    zone: String,
    kind: String,
    private: String,
    public: String,
    ipv6: String,
    launched: String,
    tags: Vec<(String, String)>,
}

impl Fields {
    fn of(self, id: InstanceId, region: Region) -> Row {
        let mut tags = self.tags;
        let name = tags.iter().position(|(key, _)| key == "Name");
        let name = name.map_or_else(String::new, |at| tags.swap_remove(at).1);
        tags.sort();
        Row {
            id,
            name,
            state: State::parse(&self.state),
            profile: String::new(),
            region,
            zone: self.zone,
            kind: self.kind,
            private: self.private.parse().ok(),
            public: self.public.parse().ok(),
            ipv6: self.ipv6.parse().ok(),
            launched: date::read(&self.launched).and_then(|(it, _)| u64::try_from(it).ok()),
            tags,
        }
    }
}

fn text(tag: &mut ScopedDecoder<'_, '_>) -> Result<String, XmlDecodeError> {
    let text = try_data(tag)?;
    if text.len() <= TEXT {
        return Ok(text.into_owned());
    }
    Ok(match text.char_indices().nth(TEXT) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.into_owned(),
    })
}

/// The text of the child of this name.
fn child(tag: &mut ScopedDecoder<'_, '_>, name: &str) -> Result<String, XmlDecodeError> {
    while let Some(mut child) = tag.next_tag() {
        if child.start_el().local() == name {
            return text(&mut child);
        }
    }
    Ok(String::new())
}

fn tags(set: &mut ScopedDecoder<'_, '_>) -> Result<Vec<(String, String)>, XmlDecodeError> {
    let mut tags = Vec::new();
    while let Some(mut item) = set.next_tag() {
        let (mut key, mut value) = (String::new(), String::new());
        while let Some(mut part) = item.next_tag() {
            match part.start_el().local() {
                "key" => key = text(&mut part)?,
                "value" => value = text(&mut part)?,
                _ => {}
            }
        }
        if tags.len() < TAGS {
            tags.push((key, value));
        }
    }
    Ok(tags)
}

/// The first IPv6 address of any interface.
fn first_ipv6(interfaces: &mut ScopedDecoder<'_, '_>) -> Result<Option<String>, XmlDecodeError> {
    while let Some(mut interface) = interfaces.next_tag() {
        while let Some(mut part) = interface.next_tag() {
            if part.start_el().local() != "ipv6AddressesSet" {
                continue;
            }
            while let Some(mut item) = part.next_tag() {
                let address = child(&mut item, "ipv6Address")?;
                if !address.is_empty() {
                    return Ok(Some(address));
                }
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
