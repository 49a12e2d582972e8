//! The list as JSON, for programs. docs/list.md documents the members.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::row::Row;

/// An array with one object a line.
pub(crate) fn json(rows: &[Row]) -> String {
    let objects: Vec<String> = rows
        .iter()
        .map(|row| escaped(&object(row).to_string()))
        .collect();
    if objects.is_empty() {
        return "[]\n".to_owned();
    }
    format!("[\n{}\n]\n", objects.join(",\n"))
}

fn object(row: &Row) -> Value {
    let text = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
    let tags = row.tags.iter();
    let tags = tags.map(|(key, value)| (key.clone(), Value::from(value.as_str())));
    json!({
        "id": row.id.as_str(),
        "name": text(&row.name),
        "state": row.state.to_string(),
        "profile": text(&row.profile),
        "region": row.region.as_str(),
        "zone": text(&row.zone),
        "type": text(&row.kind),
        "private_address": row.private.map(|it| it.to_string()),
        "public_address": row.public.map(|it| it.to_string()),
        "ipv6_address": row.ipv6.map(|it| it.to_string()),
        "launch_time": row.launched.and_then(date),
        "reach": row.reach().code(),
        "tags": tags.collect::<Map<_, _>>(),
    })
}

/// A time as AWS writes it: `2026-01-01T00:00:00Z`.
pub(super) fn date(seconds: u64) -> Option<String> {
    let time = OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()?;
    let (hour, minute, second) = time.to_hms();
    // `Date` shows itself as ISO 8601.
    Some(format!(
        "{}T{hour:02}:{minute:02}:{second:02}Z",
        time.date()
    ))
}

/// JSON in ASCII only: a terminal shows it as it is, and a name may hold what changes the order of
/// reading (U+202E). Outside strings, JSON is ASCII in any case.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\x7f' {
            text.push(c);
        } else {
            let units = c.encode_utf16(&mut [0; 2]).to_vec();
            text.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_survives_and_none_reaches_the_terminal() {
        let name = "a\u{1b}[2J\u{202e}\u{9b}\u{7f}\"漢🚀";
        let mut row = Row::example("i-0000000a", name);
        row.tags.push(("k\u{200b}".into(), "v\n".into()));
        row.launched = Some(0);
        let text = json(&[row.clone(), row]);
        assert!(text.lines().count() == 4 && text.is_ascii(), "{text}");
        let plain = |b: u8| b == b'\n' || (0x20..0x7f).contains(&b);
        assert!(text.bytes().all(plain), "{text}");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value[1]["name"], name);
        assert_eq!(value[0]["tags"]["k\u{200b}"], "v\n");
        assert_eq!(value[0]["launch_time"], "1970-01-01T00:00:00Z");
        assert_eq!(value[0]["public_address"], Value::Null);
        assert_eq!(json(&[]), "[]\n");
    }
}
