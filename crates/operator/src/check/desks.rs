//! Whether each desk in force has what its edition names.

use super::seen::Seen;
use super::{Report, Severity};
use tierline_desk::keys;

/// Checks people, answers and lines of every desk.
pub fn check(seen: &Seen, report: &mut Report) {
    report.counts.desks = seen.desks.len();
    for (id, desk) in &seen.desks {
        if !seen.people.contains(&(id.clone(), desk.people_edition())) {
            report.add(
                Severity::Error,
                "missing-people",
                keys::people(id, desk.people_edition()),
                "the desk in force names it: nobody can sign in; publish the desk file again",
            );
        }
        for page in 0..desk.answers_pages {
            if !seen.answers.contains(&(id.clone(), desk.edition, page)) {
                report.add(
                    Severity::Error,
                    "missing-answers",
                    keys::answers(id, desk.edition, page),
                    "the desk in force names it: tier 1 cannot answer; publish the desk file again",
                );
            }
        }
    }
}
