//! How many sets of skills tickets of a line can ask for: each has a queue of its own, as far as they go.

use std::collections::BTreeSet;

use tierline_domain::capacity::{CHANNELS, Capacity};
use tierline_domain::desk::{DeskFile, Line};
use tierline_domain::limits::LINE_SETS_MAX;
use tierline_domain::people::Person;

/// What makes the sets of one line.
#[derive(Debug, PartialEq, Eq)]
struct Sets {
    /// Languages that somebody on the line speaks, and none of them.
    languages: usize,
    /// Skills that answers and routes ask for and somebody on the line has; and none.
    skills: usize,
    /// What tickets weigh, by their channels.
    weights: usize,
}

impl Sets {
    /// Any ticket can be handed over to any line, and asks there for what somebody on it knows.
    fn of(file: &DeskFile, line: &Line) -> Self {
        let people: Vec<&Person> = file.people.iter().filter(|person| person.works_on(&line.id)).collect();
        let languages: BTreeSet<&str> =
            people.iter().flat_map(|person| &person.languages).map(String::as_str).collect();
        let known: BTreeSet<&str> =
            people.iter().flat_map(|person| &person.skills).map(String::as_str).collect();
        let asked = file.answers.iter().map(|answer| &answer.skills);
        let asked = asked.chain(file.routes.iter().map(|route| &route.skills));
        let there = |skills: &Vec<String>| -> BTreeSet<String> {
            skills.iter().filter(|skill| known.contains(skill.as_str())).cloned().collect()
        };
        let skills: BTreeSet<BTreeSet<String>> = asked.map(there).chain([BTreeSet::new()]).collect();
        let weights: BTreeSet<Option<String>> = match Capacity::read(&file.policy.capacity) {
            Some(capacity) => CHANNELS.iter().map(|channel| capacity.word(channel)).collect(),
            None => [None].into(),
        };
        Self { languages: languages.len() + 1, skills: skills.len(), weights: weights.len() }
    }

    fn count(&self) -> usize {
        self.languages.saturating_mul(self.skills).saturating_mul(self.weights)
    }
}

/// Where in the desk, and what an operator should know who has more than have queues of their own.
pub fn warnings(file: &DeskFile) -> Vec<(String, String)> {
    let warning = |(index, line): (usize, &Line)| {
        let sets = Sets::of(file, line);
        let Sets { languages, skills, weights } = sets;
        let what = format!(
            "its tickets can ask for {} sets of skills: {languages} of languages, times {skills} of what answers and routes \
             ask for, times {weights} of weights. The first {LINE_SETS_MAX} that wait have queues of their own, the others \
             share one, which takes longer to look through",
            sets.count()
        );
        (sets.count() > LINE_SETS_MAX).then(|| (format!("lines[{index}].id"), what))
    };
    file.lines.iter().enumerate().filter_map(warning).collect()
}
