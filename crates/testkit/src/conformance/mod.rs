//! The suite that every store adapter passes, natively and inside a component.
//!
//! It asks only what the port promises. Where real stores promise less, [`Expectations`] says so, and the case
//! then checks what is left of the promise. Every case first removes its own keys, so the suite can run again
//! on the same store; two runs at once need two namespaces.

mod changes;
mod counters;
mod swaps;
mod values;

use serde::{Deserialize, Serialize};
use std::fmt::{self, Debug};
use tierline_store::{Runtime, Store, StoreError, Sweep};

/// What the store under test promises beyond what all of them do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectations {
    /// Of two who load nothing and swap, one is refused.
    pub create_is_atomic: bool,
    /// A swap that was done is not called a conflict.
    pub swap_reports_truth: bool,
    /// No two increments return the same number.
    pub increment_unique: bool,
    /// Increments at the same time all succeed.
    pub increment_survives_contention: bool,
    /// Keys may contain `/`, `\`, `?` and `#`.
    pub any_key_character: bool,
    /// Keys can be listed.
    pub listing: bool,
}

impl Expectations {
    /// Everything the port describes.
    pub const FULL: Self = Self {
        create_is_atomic: true,
        swap_reports_truth: true,
        increment_unique: true,
        increment_survives_contention: true,
        any_key_character: true,
        listing: true,
    };

    /// What every known store gives.
    pub const PORTABLE: Self = Self {
        create_is_atomic: false,
        swap_reports_truth: false,
        increment_unique: false,
        increment_survives_contention: false,
        any_key_character: false,
        listing: true,
    };
}

/// One case and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What was tried.
    pub name: String,
    /// What was wrong; nothing if it passed.
    pub failure: Option<String>,
}

/// How the suite ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// In the order they ran.
    pub cases: Vec<Case>,
}

impl Report {
    /// Whether every case passed, and there were some.
    pub fn passed(&self) -> bool {
        !self.cases.is_empty() && self.failures().is_empty()
    }

    /// Names of the cases that failed.
    pub fn failures(&self) -> Vec<&str> {
        let failed = self.cases.iter().filter(|case| case.failure.is_some());
        failed.map(|case| case.name.as_str()).collect()
    }

    fn add(&mut self, name: &str, outcome: Outcome) {
        self.cases.push(Case { name: name.to_owned(), failure: outcome.err() });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Case { name, failure } in &self.cases {
            match failure {
                None => writeln!(formatter, "ok      {name}")?,
                Some(why) => writeln!(formatter, "FAILED  {name}: {why}")?,
            }
        }
        Ok(())
    }
}

/// Runs every case on keys that start with `namespace`, one after another.
pub async fn run<R: Runtime>(runtime: &R, namespace: &str, expectations: &Expectations) -> Report {
    let bench = Bench { runtime, namespace, expectations };
    let mut report = Report::default();
    report.add("get_of_missing", values::get_of_missing(&bench).await);
    report.add("set_then_get", values::set_then_get(&bench).await);
    report.add("overwrite", values::overwrite(&bench).await);
    report.add("delete", values::delete(&bench).await);
    report.add("delete_of_missing", values::delete_of_missing(&bench).await);
    report.add("set_many", values::set_many(&bench).await);
    report.add("value_of_90_kb", values::value_of_90_kb(&bench).await);
    report.add("empty_value", values::empty_value(&bench).await);
    report.add("binary_value", values::binary_value(&bench).await);
    report.add("long_unicode_key", values::long_unicode_key(&bench).await);
    report.add("similar_keys", values::similar_keys(&bench).await);
    report.add("any_key_character", values::any_key_character(&bench).await);
    report.add("swap_on_existing", swaps::swap_on_existing(&bench).await);
    report.add("swap_after_another_set", swaps::swap_after_another_set(&bench).await);
    report.add("swap_after_another_swap", swaps::swap_after_another_swap(&bench).await);
    report.add("swap_after_delete", swaps::swap_after_delete(&bench).await);
    report.add("swap_creates", swaps::swap_creates(&bench).await);
    report.add("second_creator", swaps::second_creator(&bench).await);
    report.add("increment_from_missing", counters::increment_from_missing(&bench).await);
    report.add("increment_negative", counters::increment_negative(&bench).await);
    report.add("increments_at_once", counters::increments_at_once(&bench).await);
    report.add("change_creates", changes::change_creates(&bench).await);
    report.add("change_repeated", changes::change_repeated(&bench).await);
    report.add("change_refused", changes::change_refused(&bench).await);
    report.add("changes_at_once", changes::changes_at_once(&bench).await);
    report.add("document_too_large", changes::document_too_large(&bench).await);
    report.add("document_of_later_schema", changes::document_of_later_schema(&bench).await);
    report
}

/// Runs the cases of listing keys. Nothing is asked of a store that does not list.
pub async fn run_sweep<R>(runtime: &R, namespace: &str, expectations: &Expectations) -> Report
where
    R: Runtime,
    R::Store: Sweep,
{
    let bench = Bench { runtime, namespace, expectations };
    let mut report = Report::default();
    report.add("list_keys", values::list_keys(&bench).await);
    report
}

/// A case's end: nothing, or what was wrong.
type Outcome = Result<(), String>;

struct Bench<'a, R> {
    runtime: &'a R,
    namespace: &'a str,
    expectations: &'a Expectations,
}

impl<R: Runtime> Bench<'_, R> {
    fn store(&self) -> &R::Store {
        self.runtime.store()
    }

    /// A key of this run, with nothing there.
    async fn missing_key(&self, name: &str) -> Result<String, String> {
        let key = format!("{}.{name}", self.namespace);
        answered(self.store().delete(&key).await)?;
        Ok(key)
    }

    async fn expect_value(&self, key: &str, expected: Option<&[u8]>) -> Outcome {
        let found = answered(self.store().get(key).await)?;
        if found.as_deref() == expected {
            return Ok(());
        }
        Err(format!("{key} holds {}, expected {}", shown(found.as_deref()), shown(expected)))
    }
}

fn answered<T>(result: Result<T, StoreError>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn equal<T: PartialEq + Debug>(what: &str, found: T, expected: T) -> Outcome {
    if found == expected { Ok(()) } else { Err(format!("{what} is {found:?}, expected {expected:?}")) }
}

fn shown(value: Option<&[u8]>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(bytes) if bytes.len() <= 40 => format!("{:?}", String::from_utf8_lossy(bytes)),
        Some(bytes) => format!("{} bytes", bytes.len()),
    }
}
