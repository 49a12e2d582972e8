//! Which instances were picked, how often and how recently: frecency, as zoxide counts it.
//!
//! The count is multiplied by 4 within an hour of the last pick, by 2 within a day, by 1/2 within a
//! week, else by 1/4. When all counts exceed a limit, each is reduced, and those below 1 are forgotten.
//!
//! Source: "Algorithm" in zoxide's wiki.

use crate::plan::target::ids::InstanceId;

/// What a file begins with. Another version is not read.
const HEAD: &str = "mssh picks 1";

/// The sum of the counts at which they are reduced, by this factor.
const MOST: f64 = 1000.0;
const REDUCED: f64 = 0.9;

/// The most lines that are read.
const LINES: usize = 2000;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// All picks.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Picks(Vec<Pick>);

#[derive(Clone, Debug, PartialEq)]
struct Pick {
    id: InstanceId,
    count: f64,
    /// In seconds since 1970.
    last: u64,
}

impl Picks {
    /// Reads a file. Lines that are not valid are left out.
    pub(crate) fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        if lines.next() != Some(HEAD) {
            return Self::default();
        }
        Self(lines.take(LINES).filter_map(pick).collect())
    }

    /// The content of a file.
    pub(crate) fn text(&self) -> String {
        let line = |it: &Pick| format!("{}\t{:.2}\t{}\n", it.id, it.count, it.last);
        let lines: String = self.0.iter().map(line).collect();
        format!("{HEAD}\n{lines}")
    }

    /// Counts a pick.
    pub(crate) fn add(&mut self, id: &InstanceId, now: u64) {
        match self.0.iter_mut().find(|it| it.id == *id) {
            Some(pick) => {
                pick.count += 1.0;
                pick.last = now;
            }
            None => self.0.push(Pick {
                id: id.clone(),
                count: 1.0,
                last: now,
            }),
        }
        let sum: f64 = self.0.iter().map(|it| it.count).sum();
        if sum > MOST {
            for pick in &mut self.0 {
                pick.count *= REDUCED;
            }
            self.0.retain(|it| it.count >= 1.0);
        }
    }

    /// The more, the more probably it is picked again.
    pub(super) fn score(&self, id: &InstanceId, now: u64) -> f64 {
        let pick = self.0.iter().find(|it| it.id == *id);
        pick.map_or(0.0, |pick| {
            let factor = match now.saturating_sub(pick.last) {
                0..HOUR => 4.0,
                HOUR..DAY => 2.0,
                DAY..WEEK => 0.5,
                WEEK.. => 0.25,
            };
            pick.count * factor
        })
    }
}

fn pick(line: &str) -> Option<Pick> {
    let mut fields = line.split('\t');
    let id = InstanceId::parse(fields.next()?).ok()?;
    let count = fields.next()?.parse().ok();
    let count = count.filter(|count: &f64| (0.0..=2.0 * MOST).contains(count))?;
    let last = fields.next()?.parse().ok()?;
    Some(Pick { id, count, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> InstanceId {
        InstanceId::parse(&format!("i-{number:08x}")).expect("an ID")
    }

    #[test]
    fn what_was_picked_last_and_most_has_the_highest_score() {
        let mut picks = Picks::default();
        let now = 100 * DAY;
        for (number, count, age) in [(1, 1, 0), (2, 3, DAY - 1), (3, 5, WEEK - 1), (4, 9, WEEK)] {
            for _ in 0..count {
                picks.add(&id(number), now - age);
            }
        }
        let scores = [1, 2, 3, 4, 5].map(|number| picks.score(&id(number), now));
        let quarters = scores.map(|score| format!("{score:.2}"));
        assert_eq!(quarters, ["4.00", "6.00", "2.50", "2.25", "0.00"]);
        assert_eq!(Picks::parse(&picks.text()), picks);
    }

    #[test]
    fn counts_stay_below_a_limit_and_broken_lines_are_left_out() {
        let mut picks = Picks::default();
        for number in 0..2000 {
            picks.add(&id(number), 0);
        }
        assert!(picks.0.len() <= 1000, "{}", picks.0.len());
        for text in ["", "x\n", "mssh picks 2\ni-00000001\t1\t1\n"] {
            assert_eq!(Picks::parse(text), Picks::default(), "{text}");
        }
        let broken = "mssh picks 1\nx\ni-00000001\ni-00000001\tNaN\t1\ni-00000001\t-1\t1\n\
                      i-00000001\tinf\t1\ni-00000001\t1\t1\n";
        assert_eq!(Picks::parse(broken).0.len(), 1);
    }
}
