//! Packages: how many problems a month one covers, what of that is used up, and what it promises.
//!
//! A package is for whoever proved who they are. Each of their requests counts, in the calendar month in which it came by
//! the desk's clocks. Past the last one nobody is refused: they are helped on the desk's general terms.

use crate::desk::Package;
use crate::head_start::Proven;
use crate::hours::{Day, Zone};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// A calendar month by a desk's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// Its first moment.
    pub from: Time,
    /// The first moment after.
    pub to: Time,
}

impl Month {
    /// The one that `at` is in.
    ///
    /// ```
    /// use tierline_domain::hours::Zone;
    /// use tierline_domain::packages::Month;
    /// use tierline_domain::time::Time;
    ///
    /// let month = Month::of(&Zone::utc(), Time(40 * 86_400_000)).unwrap();
    /// assert_eq!((month.from, month.to), (Time(31 * 86_400_000), Time(59 * 86_400_000)));
    /// ```
    pub fn of(zone: &Zone, at: Time) -> Option<Self> {
        let (year, month, _) = zone.local(at).day.civil();
        let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let first = |year, month| Some(zone.instant(Day::of_civil(year, month, 1)?, 0));
        Some(Self { from: first(year, month)?, to: first(next.0, next.1)? })
    }
}

/// What a customer asked before, in the present month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Requests of theirs, proven to be so.
    pub requests: u32,
    /// When the next month begins.
    pub until: Time,
}

/// What of a package was used up when a request came, itself included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageUse {
    /// The package, as customers see it.
    pub name: String,
    /// Requests of the month, this one included.
    pub used: u32,
    /// How many the package covers.
    pub of: u32,
    /// When the next month begins.
    pub renews_at: Time,
}

impl PackageUse {
    /// Of a request that comes now; none if the package has no number, or nobody could say what was asked before: then
    /// it is covered.
    pub fn at_arrival(packages: &[Package], proven: Option<&Proven>) -> Option<Self> {
        let proven = proven?;
        let package = packages.iter().find(|package| Some(&package.id) == proven.package.as_ref())?;
        let (of, asked) = (package.problems_per_month?, proven.asked?);
        let used = asked.requests.saturating_add(1);
        Some(Self { name: package.name.clone(), used, of, renews_at: asked.until })
    }

    /// Whether the request is one that the package covers.
    pub fn is_covered(&self) -> bool {
        self.used <= self.of
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    #[test]
    fn months_end_by_the_desks_clocks_and_december_ends_the_year() {
        let ahead = crate::hours::Offset { from_s: -1_000_000_000, ahead_s: 7_200 };
        let zone = Zone::new("Etc/GMT-2", vec![ahead]);
        // 1 January 1970 begins two hours sooner there.
        let month = Month::of(&zone, Time(-3_600_000)).unwrap();
        assert_eq!((month.from, month.to), (Time(-7_200_000), Time(31 * DAY_MS - 7_200_000)));
        let december = Month::of(&Zone::utc(), Time(-1)).unwrap();
        assert_eq!((december.from, december.to), (Time(-31 * DAY_MS), Time(0)));
    }

    #[test]
    fn a_package_covers_so_many_and_one_without_a_number_all() {
        let package = |problems_per_month| Package {
            id: "gold".into(),
            name: "Gold".into(),
            head_start_s: 0,
            problems_per_month,
            answered_within_s: None,
        };
        let proven = |requests| Proven {
            package: Some("gold".into()),
            asked: Some(Asked { requests, until: Time(9) }),
            ..Proven::default()
        };
        let of = |number, proven: &Proven| PackageUse::at_arrival(&[package(number)], Some(proven));
        assert!(of(Some(2), &proven(1)).is_some_and(|usage| usage.used == 2 && usage.is_covered()));
        assert!(of(Some(2), &proven(2)).is_some_and(|usage| usage.used == 3 && !usage.is_covered()));
        assert_eq!(of(None, &proven(7)), None);
        assert_eq!(of(Some(2), &Proven { asked: None, ..proven(7) }), None, "nobody knows: covered");
        assert_eq!(of(Some(2), &Proven { package: None, ..proven(7) }), None);
    }
}
