//! Hand-overs in figures: from which line to which, for what kind of reason, and how long each waited for somebody.

use crate::hours::Day;
use crate::ids::LineId;
use crate::limits::{HAND_OVER_MONTHS_KEPT, HAND_OVER_ROWS_MAX};
use crate::routing::OTHER;
use crate::ticket::{HandOver, Ticket};
use crate::time::Time;
use serde::{Deserialize, Serialize};

const DAY_MS: i64 = 86_400_000;

/// What is to be counted of one hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Which hand-over of its ticket, from 0.
    pub number: usize,
    /// From where.
    pub from: LineId,
    /// To where.
    pub to: LineId,
    /// For which kind of reason.
    pub kind: String,
    /// When.
    pub at: Time,
    /// Whether it has not been counted at all.
    pub is_new: bool,
    /// Milliseconds until somebody took it, if somebody has and that was not counted.
    pub waited_ms: Option<i64>,
}

/// The hand-overs out of one line, by month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Oldest first, at most [`HAND_OVER_MONTHS_KEPT`].
    pub months: Vec<Month>,
}

/// A month of them, by the clock of UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// Like `2026-11`.
    #[serde(rename = "m")]
    pub month: String,
    /// In no order.
    #[serde(rename = "r")]
    pub rows: Vec<Row>,
}

/// The hand-overs to one line for one kind of reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// To where.
    #[serde(rename = "t")]
    pub to: LineId,
    /// Why.
    #[serde(rename = "k")]
    pub kind: String,
    /// How many.
    #[serde(rename = "n")]
    pub count: u32,
    /// How many of them somebody took since.
    #[serde(rename = "c")]
    pub taken: u32,
    /// Milliseconds that those waited, all together.
    #[serde(rename = "w")]
    pub waited_ms: i64,
    /// Milliseconds that the one waited that waited longest.
    #[serde(rename = "x")]
    pub waited_max_ms: i64,
}

impl Row {
    /// Milliseconds that one waited, on average; none if nobody took any.
    pub fn waited_mean_ms(&self) -> Option<i64> {
        self.waited_ms.checked_div(i64::from(self.taken))
    }
}

impl HandOver {
    /// How much of it is there to be counted: that it was, and that it was taken.
    pub(crate) fn countable(&self) -> u8 {
        match (&self.kind, self.taken_at) {
            // Of a build that counted none.
            (None, _) => 0,
            (Some(_), None) => 1,
            (Some(_), Some(_)) => 2,
        }
    }
}

impl Ticket {
    /// What is to be counted of its hand-overs.
    pub fn uncounted(&self) -> impl Iterator<Item = Tally> {
        let open = self.handovers.iter().enumerate().filter(|(_, over)| over.counted < over.countable());
        open.map(|(number, over)| Tally {
            number,
            from: over.from.clone(),
            to: over.to.clone(),
            kind: over.kind.clone().unwrap_or_default(),
            at: over.at,
            is_new: over.counted == 0,
            waited_ms: over.taken_at.map(|taken| taken.since_ms(over.at)),
        })
    }

    /// This ticket with what `paid` had to be counted no longer so.
    pub(crate) fn count_handovers_of(&mut self, paid: &Self) {
        for (over, counted) in self.handovers.iter_mut().zip(&paid.handovers) {
            over.counted = over.counted.max(counted.countable());
        }
    }
}

impl Figures {
    /// With one more hand-over, or what became of one. What is of a month that is kept no longer changes nothing.
    #[must_use]
    pub fn with(&self, tally: &Tally) -> Self {
        let day = Day::from_number(tally.at.0.div_euclid(DAY_MS)).to_string();
        let month: String = day.chars().take(7).collect();
        let mut figures = self.clone();
        let at = match figures.months.binary_search_by(|known| known.month.cmp(&month)) {
            Ok(at) => at,
            Err(at) => {
                figures.months.insert(at, Month { month, rows: vec![] });
                at
            }
        };
        if let Some(month) = figures.months.get_mut(at) {
            month.count(tally);
        }
        let gone = figures.months.len().saturating_sub(HAND_OVER_MONTHS_KEPT);
        figures.months.drain(..gone);
        figures
    }
}

impl Month {
    fn count(&mut self, tally: &Tally) {
        let is_of = |row: &&mut Row, kind: &str| row.to == tally.to && row.kind == kind;
        let has_room = self.rows.len() < HAND_OVER_ROWS_MAX;
        let known = self.rows.iter().any(|row| row.to == tally.to && row.kind == tally.kind);
        // Past the bound kinds are no longer told apart; lines always are.
        let kind = if known || has_room { tally.kind.as_str() } else { OTHER };
        match self.rows.iter_mut().find(|row| is_of(row, kind)) {
            Some(row) => row.count(tally),
            None => {
                let (to, kind) = (tally.to.clone(), kind.to_owned());
                let mut row = Row { to, kind, count: 0, taken: 0, waited_ms: 0, waited_max_ms: 0 };
                row.count(tally);
                self.rows.push(row);
            }
        }
    }
}

impl Row {
    fn count(&mut self, tally: &Tally) {
        self.count = self.count.saturating_add(u32::from(tally.is_new));
        if let Some(waited_ms) = tally.waited_ms {
            self.taken = self.taken.saturating_add(1);
            self.waited_ms = self.waited_ms.saturating_add(waited_ms);
            self.waited_max_ms = self.waited_max_ms.max(waited_ms);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::LINES_MAX;

    fn tally(to: &str, kind: &str, at: i64, is_new: bool, waited_ms: Option<i64>) -> Tally {
        let line = |id: &str| LineId::parse(id).unwrap();
        Tally {
            number: 0,
            from: line("care"),
            to: line(to),
            kind: kind.into(),
            at: Time(at),
            is_new,
            waited_ms,
        }
    }

    #[test]
    fn counted_when_it_happens_and_again_when_it_is_taken() {
        let figures = Figures::default().with(&tally("admins", "too_hard", 0, true, None));
        let figures = figures.with(&tally("admins", "too_hard", 0, false, Some(4_000)));
        let figures = figures.with(&tally("admins", "too_hard", DAY_MS, true, Some(2_000)));
        let figures = figures.with(&tally("admins", "other", DAY_MS, true, None));
        assert_eq!(figures.months.len(), 1);
        let rows = &figures.months[0].rows;
        let row = &rows[0];
        assert_eq!(
            (row.count, row.taken, row.waited_mean_ms(), row.waited_max_ms),
            (2, 2, Some(3_000), 4_000)
        );
        assert_eq!((rows[1].count, rows[1].waited_mean_ms()), (1, None));
    }

    #[test]
    fn months_come_in_any_order_and_old_ones_go() {
        let mut figures = Figures::default();
        for month in [4, 0, 2, 3, 1] {
            figures = figures.with(&tally("admins", "other", month * 31 * DAY_MS, true, None));
        }
        let months: Vec<_> = figures.months.iter().map(|month| month.month.as_str()).collect();
        assert_eq!(months, ["1970-03", "1970-04", "1970-05"]);
    }

    #[test]
    fn however_many_kinds_there_are_it_stays_within_bounds() {
        let mut figures = Figures::default();
        for month in 0..4 {
            for line in 0..LINES_MAX {
                for kind in 0..40 {
                    let kind = format!("a-kind-with-a-very-long-name-{kind}");
                    let to = format!("a-line-with-a-long-name-{line}");
                    figures = figures.with(&tally(&to, &kind, month * 31 * DAY_MS, true, Some(i64::MAX / 2)));
                }
            }
        }
        let counts = figures.months.iter().map(|month| month.rows.iter().map(|row| row.count).sum::<u32>());
        assert_eq!(counts.collect::<Vec<_>>(), vec![40 * 32; HAND_OVER_MONTHS_KEPT], "nothing is left out");
        assert!(serde_json::to_vec(&figures).unwrap().len() < 90_000);
    }
}
