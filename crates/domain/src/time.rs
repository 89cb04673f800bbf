//! Points in time, as milliseconds since 1970 UTC inside and RFC 3339 outside.

use serde::{Deserialize, Serialize};

/// A point in time, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// This much later.
    pub fn plus_s(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(i64::from(seconds) * 1000))
    }

    /// This much earlier.
    pub fn minus_ms(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_sub(milliseconds))
    }

    /// Milliseconds from `earlier` to here; 0 where the clock went back.
    pub fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).max(0)
    }

    /// What [`Time::to_rfc3339`] wrote; none for what is no moment.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|at| Self(at.as_millisecond()))
    }

    /// RFC 3339 in UTC with milliseconds: `2026-01-31T12:00:00.000Z`.
    pub fn to_rfc3339(self) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => format!("{timestamp:.3}"),
            Err(_) if self.0 < 0 => "-009999-01-02T01:59:59.000Z".to_owned(),
            Err(_) => "9999-12-30T22:00:00.999Z".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn writes_rfc_3339_with_milliseconds() {
        assert_eq!(Time(0).to_rfc3339(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Time(1_769_860_800_042).to_rfc3339(), "2026-01-31T12:00:00.042Z");
        assert!(Time(i64::MAX).to_rfc3339().starts_with("9999"));
    }

    #[test]
    fn a_clock_that_went_back_gives_no_negative_span() {
        assert_eq!(Time(5).since_ms(Time(9)), 0);
        assert_eq!(Time(i64::MIN).since_ms(Time(i64::MAX)), 0);
    }
}
