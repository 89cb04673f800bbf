//! All that a line keeps for its forecasts, and what a ticket keeps of its own.

use super::{Given, Outcome, Outlook, Plan, Recent, Score, Standing, Thin};
use crate::ids::{LineId, PersonId};
use crate::queue::Place;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// What is known of a line: its past, who served it lately, who is expected.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LineOutlook {
    outlook: Outlook,
    /// Who served it lately.
    pub recent: Recent,
    plan: Plan,
    /// When somebody of the line last said whether they are there; none if nobody has, as far as this build knows.
    #[serde(rename = "said", skip_serializing_if = "Option::is_none")]
    pub said_at: Option<Time>,
}

/// What a ticket was told when it entered a line, until it is taken or leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When.
    pub at: Time,
    /// Of which line.
    pub line: LineId,
    /// What; nothing if too little was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given>,
}

/// A ticket of a line that somebody takes.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// By whom.
    pub by: &'a PersonId,
    /// The place it was taken from.
    pub place: &'a Place,
    /// Tickets that stay free in the line.
    pub left: u32,
}

impl LineOutlook {
    /// What to tell a ticket at `place` with `ahead` free tickets ahead of it, that requires `skills`.
    pub fn forecast(&self, now: Time, ahead: u32, place: &Place, skills: &[String]) -> Result<Given, Thin> {
        let staffing = self.plan.staffing(now).ok_or(Thin::FewClaims)?;
        let standing = Standing {
            ahead,
            advantage_s: seconds_between(place.v, now),
            fitting: self.plan.fitting(skills),
        };
        self.outlook.forecast(now, hour(now), standing, &staffing)
    }

    /// With a ticket taken at `now`. `told` is what it was told when it entered; `plan` is made with this claim in mind.
    #[must_use]
    pub fn after_claim(&self, now: Time, taken: Taken<'_>, told: Option<&Told>, plan: Plan) -> Self {
        let (recent, plan) = (self.recent.with(taken.by, now), self.plan.or(plan));
        let mut next = Self { recent, plan, ..self.clone() };
        let people = next.plan.staffing(now).map_or(0.0, |staffing| staffing.people_now());
        let entered = told.map_or(taken.place.e, |told| told.at);
        let advantage_s = seconds_between(taken.place.v, entered);
        next.outlook.taken(now, entered, advantage_s, taken.left, people);
        if let Some(told) = told {
            next.judge(told, Outcome::Taken(seconds_between(told.at, now)));
        }
        next
    }

    /// With what somebody said at `now`: who is expected from then on is in `plan`. That stays as it was where nothing was ever
    /// taken: what nobody knows the pace of has no forecast.
    #[must_use]
    pub fn after_word(&self, plan: Plan, now: Time) -> Self {
        let said_at = self.said_at.max(Some(now));
        if self.plan == Plan::default() {
            return Self { said_at, ..self.clone() };
        }
        Self { plan: self.plan.or(plan), said_at, ..self.clone() }
    }

    /// With a ticket that left the line at `now` and was not taken: solved without help, closed, merged.
    #[must_use]
    pub fn after_leaving(&self, now: Time, told: &Told) -> Self {
        let mut next = self.clone();
        next.judge(told, Outcome::GaveUp(seconds_between(told.at, now)));
        next
    }

    /// Who was taken at once never waited: that says nothing about forecasts of waits.
    fn judge(&mut self, told: &Told, outcome: Outcome) {
        let (Outcome::Taken(after_s) | Outcome::GaveUp(after_s)) = outcome;
        if let Some(given) = told.given.filter(|_| after_s > 0.0) {
            self.outlook.judge(&given, outcome);
        }
    }

    /// How good its forecasts were.
    pub fn score(&self) -> Score {
        self.outlook.score
    }
}

fn seconds_between(from: Time, to: Time) -> f64 {
    #[allow(clippy::cast_precision_loss)] // Far less than 2^53 ms.
    let milliseconds = to.since_ms(from).max(0) as f64;
    milliseconds / 1000.0
}

/// The hour of the day in UTC: summer time would move every case of the day.
fn hour(now: Time) -> u8 {
    u8::try_from(now.0.div_euclid(3_600_000).rem_euclid(24)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Expected;
    use crate::hours::Zone;
    use crate::ids::TicketId;
    use crate::people::{Person, Role};
    use crate::presence::Roster;

    const MINUTE: i64 = 60_000;

    fn place(entered: Time, head_start_ms: i64) -> Place {
        let v = Time(entered.0 - head_start_ms);
        Place { v, e: entered, ticket: TicketId::new(entered, [1; 16]), stay: 1 }
    }

    /// A line that was busy since midnight, a ticket taken every ten minutes by one person.
    fn busy(claims: i64) -> (LineOutlook, Time) {
        let line = LineId::parse("care").unwrap();
        let mut ana = Person::new(PersonId::parse("ana").unwrap(), "Ana".into(), Role::Care);
        ana.lines = vec![line.clone()];
        let mut known = LineOutlook::default();
        let mut now = Time(0);
        for number in 0..claims {
            now = Time(number * 10 * MINUTE);
            let recent = known.recent.with(&ana.id, now);
            let (roster, zone, people) = (Roster::default(), Zone::utc(), [ana.clone()]);
            let expected = Expected {
                line: &line,
                people: &people,
                roster: &roster,
                edition: 0,
                recent: &recent,
                opening: None,
                zone: &zone,
            };
            let entered = Time(now.0 - 20 * MINUTE);
            let told = Told {
                at: entered,
                line: line.clone(),
                given: known.forecast(entered, 1, &place(entered, 0), &[]).ok(),
            };
            let plan = Plan::of(expected, now);
            let taken = Taken { by: &ana.id, place: &place(entered, 0), left: 2 };
            known = known.after_claim(now, taken, Some(&told), plan);
        }
        (known, now)
    }

    #[test]
    fn a_line_learns_its_pace_and_how_good_it_was() {
        let (known, now) = busy(60);
        let given = known.forecast(now, 2, &place(now, 0), &[]).unwrap();
        let median = f64::from(given.forecast.median_s);
        assert!((1200.0..2000.0).contains(&median), "three claims of ten minutes: {median}");
        assert!(given.forecast.p90_s > given.forecast.median_s);
        let score = known.score();
        assert!(score.judged > 30.0 && score.within_p90 <= score.judged, "{score:?}");
        assert_eq!(LineOutlook::default().forecast(now, 0, &place(now, 0), &[]), Err(Thin::FewClaims));
        let (young, then) = busy(5);
        assert_eq!(young.forecast(then, 0, &place(then, 0), &[]), Err(Thin::FewClaims));
        let late = Time(now.0 + 2 * 60 * MINUTE);
        assert_eq!(
            known.forecast(late, 0, &place(late, 0), &[]),
            Err(Thin::NobodyOnShift),
            "nothing was heard"
        );
    }

    #[test]
    fn who_leaves_before_is_judged_and_who_was_told_nothing_is_not() {
        let (known, now) = busy(60);
        let line = LineId::parse("care").unwrap();
        let given = known.forecast(now, 2, &place(now, 0), &[]).ok();
        let told = Told { at: now, line, given };
        let later = Time(now.0 + 5 * MINUTE);
        assert!(known.after_leaving(later, &told).score().judged > known.score().judged * 0.99);
        assert_ne!(known.after_leaving(later, &told), known);
        assert_eq!(known.after_leaving(now, &told), known, "at once");
        assert_eq!(known.after_leaving(later, &Told { given: None, ..told }), known);
    }

    #[test]
    fn it_stays_small() {
        let (known, _) = busy(500);
        let bytes = serde_json::to_vec(&known).unwrap().len();
        assert!(bytes < 8_000, "{bytes}");
    }
}
