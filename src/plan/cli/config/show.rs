//! What `--show-config` prints: the value of each key, and where it is from.

use serde_json::{Value, json};

use super::keys::{Key, keys};
use super::settle::{Origin, Settled};
use crate::plan::cli::options::Name;
use crate::plan::columns::columns;

/// A line of the table: the key, its value, and where that is from.
type Row = [String; 3];

/// What a key without a value stands for.
const NONE: &str = "-";

/// The table, a line for each key, after one for the file itself.
#[must_use]
pub(crate) fn table(
    file: [&str; 2],
    settled: &[Settled],
    shown: impl Fn(&str) -> String,
) -> String {
    let [file, origin] = file.map(&shown);
    let mut rows: Vec<Row> = vec![["file".to_owned(), file, origin]];
    rows.extend(keys().map(|key| {
        let [value, origin] = value_and_origin(key, settled);
        [key.long.to_owned(), shown(&value), shown(&origin)]
    }));
    let width = |at: usize| rows.iter().map(|row| columns(&row[at])).max();
    let (keys, values) = (width(0).unwrap_or(0), width(1).unwrap_or(0));
    let line = |[key, value, origin]: &Row| {
        let pad = " ".repeat(values - columns(value));
        format!("{key:<keys$}  {value}{pad}  {origin}\n")
    };
    rows.iter().map(line).collect()
}

/// The same as JSON.
#[must_use]
pub(crate) fn json(file: [&str; 2], settled: &[Settled]) -> String {
    let entry = |key: Key| {
        let [value, origin] = value_and_origin(key, settled);
        let value = match &*value {
            NONE => Value::Null,
            it if key.value.is_none() => (it == "true").into(),
            it => it.into(),
        };
        json!({ "key": key.long, "value": value, "from": origin })
    };
    let settings: Vec<Value> = keys().map(entry).collect();
    let [path, by] = file;
    format!(
        "{:#}\n",
        json!({ "file": path, "file_from": by, "settings": settings })
    )
}

fn value_and_origin(key: Key, settled: &[Settled]) -> [String; 2] {
    // ssh_config comes between the command line and the file.
    let unless = |is_typed: bool| match key.name {
        Name::Login if !is_typed => ", unless ssh_config has a User",
        _ => "",
    };
    let Some(Settled { value, origin, .. }) = settled.iter().find(|it| it.key == key) else {
        let (value, what) = default(key.name);
        return [value.to_owned(), format!("default{what}{}", unless(false))];
    };
    let unless = unless(matches!(origin, Origin::Option(_)));
    let value = if value.is_empty() { NONE } else { value };
    [value.to_owned(), format!("{origin}{unless}")]
}

/// What applies if nothing sets a key, with a word about it.
fn default(name: Name) -> (&'static str, &'static str) {
    match name {
        Name::Profile => ("default", ""),
        Name::Region => (NONE, ": as the AWS CLI finds it"),
        Name::Login => ("ec2-user", ""),
        Name::Via | Name::HostKeyAlias | Name::VerifyHostKey => ("auto", ""),
        Name::InstanceId => (NONE, ": by the target"),
        Name::Key => (NONE, ": a fresh one"),
        Name::KeyType => (NONE, ": ed25519, or rsa where ssh takes no other"),
        Name::Endpoint => (NONE, ": the nearest"),
        Name::Start => ("false", ""),
        Name::Wait => ("5m", ", with start"),
        _ => (NONE, ""),
    }
}
