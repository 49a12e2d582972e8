//! Tables for tbl(1).

use super::roff::Text;

/// Columns of a page at the usual 80 columns, without its margins.
pub(super) const WIDTH: usize = 71;

/// tbl(1) puts this between two columns.
const GAP: usize = 3;

/// The rows of a table; the first one is its heading.
pub(super) fn table(rows: &[Vec<Text>]) -> String {
    let widths = widths(rows);
    let format: Vec<String> = widths.iter().map(|it| format!("lw({it}n)")).collect();
    let mut roff = format!(".TS\n{}.\n", format.join(" "));
    let wraps = |row: &[Text]| {
        let mut cells = row.iter().zip(&widths);
        cells.any(|(cell, width)| cell.width() > *width)
    };
    let airy = rows[1..].iter().any(|row| wraps(row));
    for (at, row) in rows.iter().enumerate() {
        match at {
            1 => roff.push_str("_\n"),
            // Without a line between them, rows of several lines run into each other.
            2.. if airy => roff.push('\n'),
            _ => {}
        }
        let cells = row.iter().zip(&widths).map(|(it, width)| cell(it, *width));
        roff.push_str(&cells.collect::<Vec<String>>().join("\t"));
        roff.push('\n');
    }
    roff.push_str(".TE\n");
    roff
}

/// The text of a cell, as a block if it has several lines.
fn cell(text: &Text, width: usize) -> String {
    let line = text.line(width);
    if text.width() > width {
        format!("T{{\n{line}T}}")
    } else if text.is_empty() {
        String::new()
    } else {
        line.trim_end().to_owned()
    }
}

/// The width of each column.
fn widths(rows: &[Vec<Text>]) -> Vec<usize> {
    let columns = rows[0].len();
    let widest = |at: usize, width: fn(&Text) -> usize| {
        let widths = rows.iter().map(|row| width(&row[at]));
        widths.max().unwrap_or(0)
    };
    let natural: Vec<usize> = (0..columns).map(|at| widest(at, Text::width)).collect();
    let least: Vec<usize> = (0..columns)
        .map(|at| widest(at, Text::least_width))
        .collect();
    let mut widths = natural.clone();
    let mut open: Vec<usize> = (0..columns).collect();
    let mut free = WIDTH - GAP * (columns - 1);
    // Columns that fit into an equal share have what they need; the others share the rest, those
    // with much text more of it, but not in proportion: the narrow ones would get too little.
    while let Some(at) = open.iter().position(|at| natural[*at] <= free / open.len()) {
        free -= natural[open.remove(at)];
    }
    let share = |at: usize, free: usize, open: &[usize]| {
        let sum: usize = open.iter().map(|it| natural[*it].isqrt()).sum();
        free * natural[at].isqrt() / sum
    };
    while let Some(at) = open
        .iter()
        .position(|at| share(*at, free, &open) < least[*at])
    {
        let column = open.remove(at);
        widths[column] = least[column];
        free -= least[column];
    }
    for at in &open {
        widths[*at] = share(*at, free, &open);
    }
    widths
}
