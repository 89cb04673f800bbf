//! Head starts: how much sooner than its time of entry a ticket counts as come, why, and how much at most.
//!
//! Each reason has its cap, and all of them together have the desk's, `H`: whatever a customer is worth or pays, nobody
//! is overtaken by somebody who came more than `H` later. Standing and packages are for whoever proved who they are.

use crate::desk::{Package, Policy};
use crate::hours::Day;
use crate::packages::Asked;
use serde::{Deserialize, Serialize};

/// Seconds of advantage, by their reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HeadStart {
    /// Waiting does harm.
    #[serde(default)]
    pub urgency_s: u32,
    /// A customer for long, of much, or one who seldom asks.
    #[serde(default)]
    pub standing_s: u32,
    /// The package they pay for.
    #[serde(default)]
    pub package_s: u32,
    /// Bought while waiting.
    #[serde(default)]
    pub boost_s: u32,
}

impl HeadStart {
    /// All of it, at most `most_s`.
    pub fn total_s(&self, most_s: u32) -> u32 {
        let Self { urgency_s, standing_s, package_s, boost_s } = *self;
        urgency_s.saturating_add(standing_s).saturating_add(package_s).saturating_add(boost_s).min(most_s)
    }

    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// What a question gets when it comes in.
    pub fn at_arrival(policy: &Policy, packages: &[Package], urgent: bool, proven: Option<&Proven>) -> Self {
        let Some(proven) = proven else {
            return Self { urgency_s: urgency(policy, urgent), ..Self::default() };
        };
        let package = packages.iter().find(|package| Some(&package.id) == proven.package.as_ref());
        Self {
            urgency_s: urgency(policy, urgent),
            standing_s: policy.standing.seconds(proven),
            package_s: package.map_or(0, |package| package.head_start_s),
            boost_s: 0,
        }
    }
}

fn urgency(policy: &Policy, urgent: bool) -> u32 {
    if urgent { policy.urgent_head_start_s } else { 0 }
}

/// What the operator knows of a customer who proved to be that one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Proven {
    /// Whole years as a customer.
    pub years: u32,
    /// What they have spent, in the desk's currency.
    pub spend: f64,
    /// The id of their package.
    pub package: Option<String>,
    /// Requests proven to be theirs in the last [`RECENT_DAYS`](crate::limits::RECENT_DAYS) days; none if it was not
    /// looked up.
    pub recent_requests: Option<u32>,
    /// What they asked in the present month; none if it was not looked up.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// Whether something is broken for them just now.
    #[serde(default)]
    pub has_incident: bool,
}

impl Proven {
    /// Whole years from `since` to `today`; none before.
    pub fn years(since: Day, today: Day) -> u32 {
        // A leap year's day is given away: standing is no anniversary.
        since.until(today).saturating_mul(100) / 36_525
    }
}

/// What standing gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Standing {
    /// Most seconds that standing gives.
    pub max_s: u32,
    /// Seconds for each whole year as a customer.
    pub year_s: u32,
    /// What must be spent, in the desk's currency, for `spend_s` seconds once.
    pub spend_step: f64,
    /// Seconds for each whole `spend_step`.
    pub spend_s: u32,
    /// Seconds for whoever asked at most `quiet_requests` times in the last 30 days.
    pub quiet_s: u32,
    /// See `quiet_s`.
    pub quiet_requests: u32,
}

impl Default for Standing {
    fn default() -> Self {
        Self { max_s: 300, year_s: 60, spend_step: 1000.0, spend_s: 60, quiet_s: 60, quiet_requests: 1 }
    }
}

impl Standing {
    /// Whether a desk says nothing of it.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    fn seconds(&self, proven: &Proven) -> u32 {
        let years = self.year_s.saturating_mul(proven.years);
        let steps = if self.spend_step > 0.0 { (proven.spend / self.spend_step).floor() } else { 0.0 };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        // saturates, and is at most `max_s` below
        let spend = self.spend_s.saturating_mul(steps.max(0.0) as u32);
        let is_quiet = proven.recent_requests.is_some_and(|requests| requests <= self.quiet_requests);
        let quiet = if is_quiet { self.quiet_s } else { 0 };
        years.saturating_add(spend).saturating_add(quiet).min(self.max_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn proven(years: u32, spend: f64, recent: u32) -> Proven {
        Proven {
            years,
            spend,
            package: Some("gold".to_owned()),
            recent_requests: Some(recent),
            ..Proven::default()
        }
    }

    #[test]
    fn standing_is_what_the_desk_says_and_no_more() {
        let standing = Standing::default();
        for (years, spend, recent, seconds) in
            [(0, 0.0, 5, 0), (2, 0.0, 5, 120), (0, 2_999.0, 5, 120), (0, 0.0, 1, 60), (40, 1e300, 0, 300)]
        {
            assert_eq!(standing.seconds(&proven(years, spend, recent)), seconds, "{years} {spend} {recent}");
        }
        assert_eq!(standing.seconds(&proven(0, -5.0, 9)), 0, "a refund is no head start");
        assert_eq!(standing.seconds(&proven(0, f64::NAN, 9)), 0);
        let unknown = Proven { recent_requests: None, ..Proven::default() };
        assert_eq!(standing.seconds(&unknown), 0, "not looked up is not quiet");
    }

    #[test]
    fn years_are_whole() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(Proven::years(day("2020-02-29"), day("2021-02-28")), 0);
        assert_eq!(Proven::years(day("2016-11-22"), day("2026-11-23")), 10);
        assert_eq!(Proven::years(day("2030-01-01"), day("2026-11-22")), 0, "a day to come is none");
    }

    proptest! {
        #[test]
        fn nothing_adds_up_to_more_than_the_desk_allows(
            urgent: bool, years in 0u32..100, spend in -1e9f64..1e12, recent in 0u32..10,
            package_s: u32, urgent_s: u32, most_s in 0u32..86_400,
        ) {
            let policy = Policy { head_start_max_s: most_s, urgent_head_start_s: urgent_s, ..Policy::default() };
            let package = Package {
                id: "gold".into(),
                name: "Gold".into(),
                head_start_s: package_s,
                problems_per_month: None,
                answered_within_s: None,
            };
            let proven = proven(years, spend, recent);
            let start = HeadStart::at_arrival(&policy, &[package], urgent, Some(&proven));
            prop_assert!(start.total_s(most_s) <= most_s);
            let nobody = HeadStart::at_arrival(&policy, &[], urgent, None);
            prop_assert_eq!((nobody.standing_s, nobody.package_s), (0, 0));
            prop_assert!(nobody.total_s(most_s) <= start.total_s(most_s));
        }
    }
}
