//! The list as lines with tabs, for awk(1) and cut(1).

use super::json::date;
use super::row::Row;

/// A line for each row, without a title: name, ID, state, region, zone, type, private address, public
/// address, IPv6 address, launch time, how it can be reached, profile. What is missing is empty.
/// `shown` escapes tabs and newlines in a name.
pub(crate) fn tsv(rows: &[Row], shown: impl Fn(&str) -> String) -> String {
    let line = |row: &Row| {
        let fields = [
            shown(&row.name),
            row.id.to_string(),
            shown(&row.state.to_string()),
            row.region.to_string(),
            shown(&row.zone),
            shown(&row.kind),
            row.private.map_or_else(String::new, |it| it.to_string()),
            row.public.map_or_else(String::new, |it| it.to_string()),
            row.ipv6.map_or_else(String::new, |it| it.to_string()),
            row.launched.and_then(date).unwrap_or_default(),
            row.reach().code().unwrap_or_default().to_owned(),
            shown(&row.profile),
        ];
        fields.join("\t") + "\n"
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_field_for_each_column() {
        let row = Row::example("i-0000000a", "a\tb");
        let shown = |text: &str| text.replace('\t', "\\t");
        let line = "a\\tb\ti-0000000a\trunning\tus-east-1\tus-east-1a\tt3.micro\t\t\t\t\t\t\n";
        assert_eq!(tsv(&[row], shown), line);
    }
}
