//! A desk: one brand's voice, lines, people, answers and policy, as its operator wrote them.

use crate::accent;
use crate::capacity::Capacity;
use crate::files::{KINDS, Kind};
use crate::head_start::Standing;
use crate::hours::{Calendar, Hours, Opening, Timetable, Weekly, Zone};
use crate::ids::{DeskId, LabelId, LineId, PersonId};
use crate::limits;
use crate::people::{DESIRED, DesiredWaits, LANGUAGE, Person, is_skill_name};
use crate::placeholders::{self, Filling};
use crate::provider::{Oidc, SignIn, is_address};
use crate::routing::Routing;
use crate::service_level::ServiceLevel;
use crate::text::is_unprintable;
use crate::time::Time;
use crate::time_zones::is_time_zone;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The desk file, as TOML or JSON. What it does not know it refuses, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskFile {
    /// Who this is.
    pub desk: Head,
    /// How it speaks, by language.
    #[serde(default)]
    pub voice: BTreeMap<String, Voice>,
    /// What it promises.
    #[serde(default)]
    pub policy: Policy,
    /// How people sign in, beside their tokens.
    #[serde(default, skip_serializing_if = "SignIn::is_none")]
    pub sign_in: SignIn,
    /// How lines pass work on, as [`Routing`] reads it: few need the code to.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub routing: serde_json::Value,
    /// When it is open; always, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Its lines.
    #[serde(default)]
    pub lines: Vec<Line>,
    /// What customers can pay for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Package>,
    /// How soon it promises to answer and to solve; the first that fits a ticket is its.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service_levels: Vec<ServiceLevel>,
    /// Its people.
    #[serde(default)]
    pub people: Vec<Person>,
    /// What tier 1 can answer.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// What people must solve.
    #[serde(default)]
    pub routes: Vec<Route>,
}

/// Who the desk is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Unique in the deployment.
    pub id: DeskId,
    /// As customers know it.
    pub name: String,
    /// Languages it answers in, ISO 639-1, the most used first.
    pub languages: Vec<String>,
    /// For what has no text in the customer's language.
    pub default_language: String,
    /// IANA name, for hours.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// The colour of its pages, `#` and six hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// Sites whose pages may make the customer's calls and frame the chat, each exactly as browsers send it: `https://shop.example.com`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// How the operator's own site proves who its customers are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_tokens: Option<CustomerTokens>,
}

/// What a customer's token must be like. The site signs one for whoever is signed in there, good for ten minutes at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerTokens {
    /// What its `iss` must be.
    pub issuer: String,
    /// What its `aud` must be; the desk's id if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// How it must be signed. Nothing else is looked at.
    pub algorithm: TokenAlgorithm,
    /// The site's public keys. None for `HS256`: its secret is in the deployment's variable `customer_token_secrets`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<PublicKey>,
}

/// How customers' tokens can be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// HMAC with SHA-256: whoever can check a token can make one too.
    #[serde(rename = "HS256")]
    Hs256,
}

/// A public key as a JWK (RFC 7517). A private part is an unknown field, and refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKey {
    /// `EC` or `OKP`.
    pub kty: String,
    /// `P-256` or `Ed25519`.
    pub crv: String,
    /// Base64url.
    pub x: String,
    /// Base64url; for `EC` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// Its name, if tokens name their key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// As published; not needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// As published; not needed.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

impl PublicKey {
    /// Whether it has the parts that a key of this algorithm has.
    fn fits(&self, algorithm: TokenAlgorithm) -> bool {
        let part = |text: &str| URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32);
        let y = self.y.as_deref();
        part(&self.x)
            && match algorithm {
                TokenAlgorithm::Es256 => self.kty == "EC" && self.crv == "P-256" && y.is_some_and(part),
                TokenAlgorithm::EdDsa => self.kty == "OKP" && self.crv == "Ed25519" && y.is_none(),
                TokenAlgorithm::Hs256 => false,
            }
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

/// How the desk speaks in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// The first line of an answer.
    pub greeting: String,
    /// The last.
    pub signature: String,
    /// What stands for placeholders in texts of this language; for `customer_name` and `ticket`, where nobody said a name
    /// and where there is no ticket.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub placeholders: BTreeMap<String, String>,
    /// What topics are called in this language; others are called as their answers say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub topics: BTreeMap<String, String>,
}

/// How it speaks where it has no voice in a language: as in its own.
fn voice<'a>(voices: &'a BTreeMap<String, Voice>, language: &str, default: &str) -> Option<&'a Voice> {
    voices.get(language).or_else(|| voices.get(default))
}

/// What the desk promises and allows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Most seconds of queue advantage that anything can give: nobody is overtaken by more.
    pub head_start_max_s: u32,
    /// Advantage of what does harm while it waits, within the most.
    pub urgent_head_start_s: u32,
    /// What being a customer for long gives, within the most.
    #[serde(skip_serializing_if = "Standing::is_default")]
    pub standing: Standing,
    /// Most advantage that can be bought for a ticket while it waits, within the most.
    #[serde(skip_serializing_if = "is_default_boost")]
    pub boost_max_s: u32,
    /// Seconds for which a ticket waits for somebody who speaks its language; then whoever the line has takes it. None: it
    /// waits for as long as that takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_wait_s: Option<u32>,
    /// The same of somebody who has the skills that its answer or route asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skill_wait_s: Option<u32>,
    /// What one person can have in hand at a time, over all lines and channels, as [`Capacity`] reads it; any number of
    /// tickets, if left out.
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    pub capacity: serde_json::Value,
    /// Most seconds of earlier waiting that a reopened ticket brings along.
    pub reopen_credit_s: u32,
    /// Confidence below which tier 1 never answers alone, 0 to 1.
    pub triage_confidence_min: f64,
    /// The share of tier 1's answers that must be right, 0 to 1. Where too few examples and trials tell so, it only
    /// suggests; 0 asks for no promise.
    #[serde(skip_serializing_if = "is_default_precision")]
    pub triage_precision: f64,
    /// How long what was said is kept.
    #[serde(skip_serializing_if = "Retention::is_default")]
    pub retention: Retention,
    /// Which files it takes.
    #[serde(skip_serializing_if = "FilesPolicy::is_default")]
    pub files: FilesPolicy,
}

/// The share of tier 1's answers that must be right, where a desk does not say.
const TRIAGE_PRECISION_DEFAULT: f64 = 0.97;

/// Most that boosts come to, where a desk does not say.
const BOOST_MAX_S_DEFAULT: u32 = 600;

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_default_boost(seconds: &u32) -> bool {
    *seconds == BOOST_MAX_S_DEFAULT
}

fn is_default_precision(precision: &f64) -> bool {
    precision.total_cmp(&TRIAGE_PRECISION_DEFAULT).is_eq()
}

impl Policy {
    /// Seconds by which whoever comes later than a ticket that requires or desires `skills` can be ahead of it, at most: for
    /// who does not have a desired one it is as if it came when that is dropped.
    pub fn overtaking_max_s(&self, skills: &[String]) -> u32 {
        self.head_start_max_s.max(self.desired_waits().of(skills))
    }

    /// For how long desired skills are waited for. Where the desk has changed its mind, what was desired before is dropped at once.
    pub fn desired_waits(&self) -> DesiredWaits {
        DesiredWaits {
            language_s: self.language_wait_s.unwrap_or(0),
            skill_s: self.skill_wait_s.unwrap_or(0),
        }
    }

    /// Whether this skill of a ticket is waited for only so long.
    fn is_desired(&self, skill: &str) -> bool {
        let wait_s = if skill.starts_with(LANGUAGE) { self.language_wait_s } else { self.skill_wait_s };
        wait_s.is_some()
    }
}

/// Which files a desk takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilesPolicy {
    /// Media types, of those in [`KINDS`].
    pub types: Vec<String>,
    /// Bytes of one file at most.
    pub bytes_max: u32,
    /// Files of one message at most; none are taken with 0.
    pub count_max: u32,
}

impl Default for FilesPolicy {
    fn default() -> Self {
        let types = Kind::defaults().map(|kind| kind.media_type.to_owned()).collect();
        Self { types, bytes_max: limits::FILE_BYTES_MAX, count_max: limits::FILES_MAX }
    }
}

/// How long what was said is kept, in days. What has no number is kept until somebody erases it. Whatever is kept, the
/// tick sees to the rest: a ticket in a line is never touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Tickets that are solved or closed, after their last step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_days: Option<u32>,
    /// Tickets whose customer said nothing more: answered by tier 1, or waiting on them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_days: Option<u32>,
    /// Files of tickets that are in no line, after their last step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_days: Option<u32>,
    /// Events of the journal. No shorter than any other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal_days: Option<u32>,
}

impl Retention {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl FilesPolicy {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            head_start_max_s: 1800,
            urgent_head_start_s: 600,
            standing: Standing::default(),
            boost_max_s: BOOST_MAX_S_DEFAULT,
            language_wait_s: None,
            skill_wait_s: None,
            capacity: serde_json::Value::Null,
            reopen_credit_s: 3600,
            triage_confidence_min: 0.55,
            triage_precision: TRIAGE_PRECISION_DEFAULT,
            files: FilesPolicy::default(),
            retention: Retention::default(),
        }
    }
}

/// A queue with people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Unique in the desk.
    pub id: LineId,
    /// As customers see it.
    pub name: String,
    /// 1 care, 2 consultants, 3 administrators; none for departments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<u8>,
    /// What it is for.
    pub department: String,
    /// Seconds a claim lasts unless renewed.
    #[serde(default = "lease_default")]
    pub lease_s: u32,
    /// Seconds of working time a ticket may take here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_box_s: Option<u32>,
    /// When people are there, if at other times than the desk's. The desk's holidays are its holidays too, except on
    /// days that it names itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
}

/// The highest tier: it gets what has none above it.
const HIGHEST_TIER: u8 = 3;

fn lease_default() -> u32 {
    900
}

/// What customers can pay for: the package of their record, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// As in customers' records.
    pub id: String,
    /// As customers see it.
    pub name: String,
    /// Seconds of queue advantage, within the desk's most.
    #[serde(default)]
    pub head_start_s: u32,
    /// Problems that it covers in a calendar month; any number, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problems_per_month: Option<u32>,
    /// Seconds, in opening hours, within which what it covers is answered first. A service level that names the package
    /// says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_within_s: Option<u32>,
}

/// How hard a problem is, which decides the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difficulty {
    /// Care can do it.
    Easy,
    /// Fits in a consultant's time box.
    Consultant,
    /// An administrator's work.
    Admin,
}

impl Difficulty {
    /// The tier that does this.
    pub fn tier(self) -> u8 {
        match self {
            Self::Easy => 1,
            Self::Consultant => 2,
            Self::Admin => 3,
        }
    }
}

/// A canned answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Unique among answers and routes.
    pub id: LabelId,
    /// A heading for people, for example `email`.
    pub topic: String,
    /// Whose it is if the answer does not help.
    pub department: String,
    /// How hard it is if the answer does not help.
    pub difficulty: Difficulty,
    /// What whoever takes it must know beside the language: names as in people's `skills`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// Whether it may stand on public help pages.
    #[serde(default)]
    pub public: bool,
    /// By language.
    pub text: BTreeMap<String, String>,
    /// How customers put it, by language.
    pub examples: BTreeMap<String, Vec<String>>,
    /// Customers' questions that it answers, by language: tier 1 is tried on them and never learns them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trials: BTreeMap<String, Vec<String>>,
}

/// A kind of problem that people must solve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Unique among answers and routes.
    pub id: LabelId,
    /// Which people.
    pub line: LineId,
    /// Whose it is.
    pub department: String,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// What whoever takes it must know beside the language: names as in people's `skills`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// Whether waiting does harm.
    #[serde(default)]
    pub urgent: bool,
    /// A named route (abuse, hacking, ...): never met with a canned answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// How customers put it, by language.
    pub examples: BTreeMap<String, Vec<String>>,
    /// Customers' questions that belong here, by language: tier 1 is tried on them and never learns them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trials: BTreeMap<String, Vec<String>>,
}

/// Something wrong in a desk file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where, for example `people[2].lines`.
    pub at: String,
    /// What is wrong and what would be right.
    pub what: String,
}

impl DeskFile {
    /// What is wrong with the file, the first [`limits::FINDINGS_MAX`] of it; empty if it can be published.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Findings::default();
        self.check_head(&mut findings);
        self.check_origins(&mut findings);
        self.check_tokens(&mut findings);
        self.check_policy(&mut findings);
        self.check_hours(&mut findings);
        self.check_lines(&mut findings);
        self.check_people(&mut findings);
        self.check_sign_in(&mut findings);
        self.check_labels(&mut findings);
        findings.0
    }

    fn check_head(&self, findings: &mut Findings) {
        let head = &self.desk;
        findings.name("desk.name", &head.name);
        let zone = is_time_zone(&head.time_zone);
        findings.check("desk.time_zone", zone, "must be a name of the IANA's, for example \"Europe/Madrid\"");
        if let Some(what) = head.accent.as_deref().and_then(accent::fault) {
            findings.add("desk.accent", &what);
        }
        findings.at_most("desk.languages", head.languages.len(), limits::LANGUAGES_MAX);
        if !head.languages.contains(&head.default_language) {
            findings.add("desk.default_language", "must be one of desk.languages");
        }
        for (index, language) in head.languages.iter().enumerate() {
            findings.language(&format!("desk.languages[{index}]"), language);
        }
        for (language, voice) in &self.voice {
            if !findings.language("voice", language) {
                continue;
            }
            let at = |field: &str| format!("voice.{language}.{field}");
            for (field, text) in [("greeting", &voice.greeting), ("signature", &voice.signature)] {
                findings.text(&at(field), text, limits::SUBJECT_CHARS_MAX);
                findings.placeholders(&at(field), text, Some(voice), false);
            }
            findings.at_most(&at("placeholders"), voice.placeholders.len(), limits::PLACEHOLDERS_MAX);
            for (name, value) in &voice.placeholders {
                let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
                let fits =
                    !name.is_empty() && name.len() <= limits::SLUG_CHARS_MAX && name.bytes().all(plain);
                findings.check(&at("placeholders"), fits, "names are of small letters, digits and _");
                findings.text(&at(&format!("placeholders.{name}")), value, limits::PLACEHOLDER_CHARS_MAX);
            }
            findings.at_most(&at("topics"), voice.topics.len(), limits::ANSWERS_MAX);
            for (topic, name) in &voice.topics {
                let is_used = self.answers.iter().any(|answer| answer.topic == *topic);
                findings.check(&at("topics"), is_used, "names a topic that no answer has");
                findings.name(&at("topics"), name);
            }
        }
        let spoken = self.voice.contains_key(&head.default_language);
        findings.check("voice", spoken, "needs a table for desk.default_language");
    }

    fn check_policy(&self, findings: &mut Findings) {
        let policy = &self.policy;
        let most = limits::HEAD_START_S_MAX;
        findings.check(
            "policy.head_start_max_s",
            policy.head_start_max_s <= most,
            "must be at most 86400, a day",
        );
        for (name, seconds) in
            [("language_wait_s", policy.language_wait_s), ("skill_wait_s", policy.skill_wait_s)]
        {
            let within = seconds.is_none_or(|seconds| seconds <= limits::LANGUAGE_WAIT_S_MAX);
            findings.check(&format!("policy.{name}"), within, "must be at most 86400, a day");
        }
        // What a desk leaves out is within whatever most it has.
        let parts = [
            ("urgent_head_start_s", policy.urgent_head_start_s, None),
            ("boost_max_s", policy.boost_max_s, Some(BOOST_MAX_S_DEFAULT)),
            ("standing.max_s", policy.standing.max_s, Some(Standing::default().max_s)),
        ];
        for (name, seconds, left_out) in parts {
            let within = seconds <= policy.head_start_max_s || left_out == Some(seconds);
            findings.check(&format!("policy.{name}"), within, "must be at most policy.head_start_max_s");
        }
        let step = policy.standing.spend_step;
        findings.check("policy.standing.spend_step", step.is_finite() && step > 0.0, "must be more than 0");
        self.check_service_levels(findings);
        findings.at_most("packages", self.packages.len(), limits::PACKAGES_MAX);
        let mut seen = BTreeSet::new();
        for (index, package) in self.packages.iter().enumerate() {
            let at = |field: &str| format!("packages[{index}].{field}");
            findings.name(&at("id"), &package.id);
            findings.check(&at("id"), seen.insert(&package.id), "is used twice");
            findings.name(&at("name"), &package.name);
            let within = package.head_start_s <= policy.head_start_max_s;
            findings.check(&at("head_start_s"), within, "must be at most policy.head_start_max_s");
            let most = limits::PACKAGE_PROBLEMS_MAX;
            let counted = package.problems_per_month.is_none_or(|problems| (1..=most).contains(&problems));
            findings.check(&at("problems_per_month"), counted, &format!("must be from 1 to {most}"));
            let most = limits::SERVICE_S_MAX;
            let timed = package.answered_within_s.is_none_or(|seconds| (1..=most).contains(&seconds));
            findings.check(&at("answered_within_s"), timed, &format!("must be from 1 to {most} seconds"));
        }
        let shares =
            [("confidence_min", policy.triage_confidence_min), ("precision", policy.triage_precision)];
        for (name, share) in shares {
            let is_share = (0.0..=1.0).contains(&share);
            findings.check(&format!("policy.triage_{name}"), is_share, "must be from 0 to 1");
        }
        for (at, what) in Capacity::mistakes(&policy.capacity) {
            findings.add(&format!("policy.capacity{at}"), what);
        }
        self.check_retention(findings);
        self.check_files(findings);
    }

    fn check_service_levels(&self, findings: &mut Findings) {
        findings.at_most("service_levels", self.service_levels.len(), limits::SERVICE_LEVELS_MAX);
        for (index, level) in self.service_levels.iter().enumerate() {
            let at = |field: &str| format!("service_levels[{index}].{field}");
            findings.name(&at("name"), &level.name);
            for (field, what) in level.targets().mistakes() {
                findings.add(&at(field), &what);
            }
            if let Some(package) = &level.package {
                let known = self.packages.iter().any(|known| known.id == *package);
                findings.check(&at("package"), known, "must be the id of one of the packages");
            }
        }
    }

    fn check_hours(&self, findings: &mut Findings) {
        let lines = self.lines.iter().enumerate();
        let lines =
            lines.filter_map(|(index, line)| Some((format!("lines[{index}].hours"), line.hours.as_ref()?)));
        let desk = self.hours.iter().map(|hours| ("hours".to_owned(), hours));
        for (at, hours) in desk.chain(lines) {
            findings.at_most(&format!("{at}.holidays"), hours.holidays.len(), limits::HOLIDAYS_MAX);
            for (field, what) in hours.mistakes() {
                findings.add(&format!("{at}.{field}"), what);
            }
            for (index, holiday) in hours.holidays.iter().enumerate() {
                if let Some(name) = &holiday.name {
                    findings.name(&format!("{at}.holidays[{index}].name"), name);
                }
            }
        }
        for (index, person) in self.people.iter().enumerate() {
            for (field, what) in person.shifts.iter().flat_map(Weekly::mistakes) {
                findings.add(&format!("people[{index}].shifts.{field}"), what);
            }
        }
    }

    fn check_retention(&self, findings: &mut Findings) {
        let Retention { closed_days, answered_days, files_days, journal_days } = self.policy.retention;
        let words =
            [("closed_days", closed_days), ("answered_days", answered_days), ("files_days", files_days)];
        for (name, days) in words.into_iter().chain([("journal_days", journal_days)]) {
            let at = format!("policy.retention.{name}");
            let fits = days.is_none_or(|days| limits::RETENTION_DAYS.contains(&days));
            findings.check(&at, fits, "must be from 1 to 36500 days");
            let told = days <= journal_days || journal_days.is_none();
            findings.check(&at, told, "must be at most journal_days: the journal outlives what it tells of");
        }
    }

    fn check_files(&self, findings: &mut Findings) {
        let files = &self.policy.files;
        let known = || KINDS.iter().map(|kind| kind.media_type).collect::<Vec<_>>().join(", ");
        for media_type in &files.types {
            if Kind::of(media_type).is_none() {
                findings
                    .add("policy.files.types", &format!("takes only types that can be checked: {}", known()));
            }
        }
        let bytes = (1..=limits::FILE_BYTES_MAX).contains(&files.bytes_max);
        findings.check(
            "policy.files.bytes_max",
            bytes,
            &format!("must be from 1 to {}", limits::FILE_BYTES_MAX),
        );
        let count = files.count_max <= limits::FILES_MAX;
        findings.check("policy.files.count_max", count, &format!("must be at most {}", limits::FILES_MAX));
    }

    fn check_origins(&self, findings: &mut Findings) {
        let origins = &self.desk.origins;
        findings.at_most("desk.origins", origins.len(), limits::ORIGINS_MAX);
        for (index, origin) in origins.iter().enumerate() {
            let exact = is_origin(origin) && !origins.iter().take(index).any(|earlier| earlier == origin);
            findings.check(
                &format!("desk.origins[{index}]"),
                exact,
                "write each origin once and as browsers send it: https:// (or http://), the host in lower case, \
                 a port if it is not the usual one, and nothing after it",
            );
        }
    }

    fn check_tokens(&self, findings: &mut Findings) {
        let Some(tokens) = &self.desk.customer_tokens else { return };
        let at = |field: &str| format!("desk.customer_tokens.{field}");
        findings.line(&at("issuer"), &tokens.issuer, limits::ORIGIN_CHARS_MAX);
        if let Some(audience) = &tokens.audience {
            findings.line(&at("audience"), audience, limits::ORIGIN_CHARS_MAX);
        }
        findings.at_most(&at("keys"), tokens.keys.len(), limits::TOKEN_KEYS_MAX);
        let shared = tokens.algorithm == TokenAlgorithm::Hs256;
        findings.check(
            &at("keys"),
            shared == tokens.keys.is_empty(),
            "needs a public key for ES256 and EdDSA; for HS256 none: its secret is a variable of the deployment",
        );
        for (index, key) in tokens.keys.iter().enumerate() {
            let fits = key.fits(tokens.algorithm);
            findings.check(
                &at(&format!("keys[{index}]")),
                fits,
                "is no public key of the algorithm, as a JWK",
            );
        }
    }

    fn check_lines(&self, findings: &mut Findings) {
        findings.at_most("lines", self.lines.len(), limits::LINES_MAX);
        let mut seen = BTreeSet::new();
        for (index, line) in self.lines.iter().enumerate() {
            let at = |field: &str| format!("lines[{index}].{field}");
            findings.check(&at("id"), seen.insert(&line.id), "is used twice");
            findings.name(&at("name"), &line.name);
            findings.name(&at("department"), &line.department);
            let lease = limits::LEASE_S.contains(&line.lease_s);
            findings.check(&at("lease_s"), lease, "must be from 30 to 86400 seconds");
        }
        for tier in 1..=3 {
            let found = self.lines.iter().filter(|line| line.tier == Some(tier)).count();
            findings.check("lines", found == 1, &format!("need exactly one line with tier = {tier}"));
        }
        self.check_routing(findings);
    }

    fn check_routing(&self, findings: &mut Findings) {
        if self.routing.is_null() {
            return;
        }
        match Routing::deserialize(&self.routing) {
            Ok(routing) => {
                for (field, what) in routing.mistakes(&self.lines) {
                    findings.add(&format!("routing.{field}"), &what);
                }
            }
            Err(error) => findings.add("routing", &error.to_string()),
        }
    }

    fn check_people(&self, findings: &mut Findings) {
        findings.at_most("people", self.people.len(), limits::PEOPLE_MAX);
        let mut seen = BTreeSet::new();
        for (index, person) in self.people.iter().enumerate() {
            let at = |field: &str| format!("people[{index}].{field}");
            findings.check(&at("id"), seen.insert(&person.id), "is used twice");
            findings.name(&at("name"), &person.name);
            for (number, language) in person.languages.iter().enumerate() {
                findings.language(&at(&format!("languages[{number}]")), language);
            }
            findings.skills(&at("skills"), &person.skills, limits::PERSON_SKILLS_MAX);
            for line in &person.lines {
                findings.check(
                    &at("lines"),
                    self.line(line).is_some(),
                    &format!("there is no line \"{line}\""),
                );
            }
            let hash = person.token_sha256.as_deref();
            let sound = hash.is_none_or(|hash| {
                hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            });
            findings.check(&at("token_sha256"), sound, "must be 64 hexadecimal digits in lower case");
        }
    }

    fn check_sign_in(&self, findings: &mut Findings) {
        for (field, what) in self.sign_in.oidc.iter().flat_map(Oidc::mistakes) {
            findings.add(&format!("sign_in.oidc.{field}"), &what);
        }
        let mut seen = BTreeSet::new();
        for (index, person) in self.people.iter().enumerate() {
            let at = |field: &str| format!("people[{index}].{field}");
            if let Some(email) = &person.email {
                findings.check(&at("email"), is_address(email), "must be an e-mail address");
                findings.check(&at("email"), seen.insert(email.to_ascii_lowercase()), "is used twice");
            }
            if let Some(subject) = &person.oidc_subject {
                let most = limits::CLIENT_ID_CHARS_MAX;
                let plain = subject.chars().all(|character| !character.is_control());
                findings.check(&at("oidc_subject"), plain, "must have no control characters");
                findings.text(&at("oidc_subject"), subject, most);
                // No address begins like this, so the two do not meet.
                findings.check(&at("oidc_subject"), seen.insert(format!("@{subject}")), "is used twice");
            }
        }
    }

    fn check_labels(&self, findings: &mut Findings) {
        findings.at_most("answers", self.answers.len(), limits::ANSWERS_MAX);
        findings.at_most("routes", self.routes.len(), limits::ROUTES_MAX);
        let mut seen = BTreeSet::new();
        for (index, answer) in self.answers.iter().enumerate() {
            let at = |field: &str| format!("answers[{index}].{field}");
            findings.check(&at("id"), seen.insert(&answer.id), "is used twice");
            findings.name(&at("topic"), &answer.topic);
            findings.name(&at("department"), &answer.department);
            self.check_skills(findings, &at("skills"), &answer.skills);
            findings.check(&at("text"), !answer.text.is_empty(), "needs a text in one language at least");
            for (language, text) in &answer.text {
                if !findings.language(&at("text"), language) {
                    continue;
                }
                let at = at(&format!("text.{language}"));
                findings.text(&at, text, limits::ANSWER_TEXT_CHARS_MAX);
                let voice = voice(&self.voice, language, &self.desk.default_language);
                findings.placeholders(&at, text, voice, answer.public);
            }
            for (field, texts) in [("examples", &answer.examples), ("trials", &answer.trials)] {
                findings.examples(&at(field), texts);
            }
        }
        for (index, route) in self.routes.iter().enumerate() {
            let at = |field: &str| format!("routes[{index}].{field}");
            findings.check(&at("id"), seen.insert(&route.id), "is used twice");
            findings.name(&at("department"), &route.department);
            if let Some(named) = &route.named {
                findings.name(&at("named"), named);
            }
            self.check_skills(findings, &at("skills"), &route.skills);
            let line = &route.line;
            findings.check(&at("line"), self.line(line).is_some(), &format!("there is no line \"{line}\""));
            for (field, texts) in [("examples", &route.examples), ("trials", &route.trials)] {
                findings.examples(&at(field), texts);
            }
        }
    }

    /// What nobody has would be asked for in vain.
    fn check_skills(&self, findings: &mut Findings, at: &str, skills: &[String]) {
        findings.skills(at, skills, limits::LABEL_SKILLS_MAX);
        for skill in skills {
            let is_there = self.people.iter().any(|person| person.skills.contains(skill));
            findings.check(at, is_there, &format!("nobody in people has the skill \"{skill}\""));
        }
    }

    /// What is wrong with putting this file in force after `now`: lines hold tickets, so none can go.
    pub fn check_after(&self, now: &Desk) -> Vec<Finding> {
        let gone = now.lines.iter().filter(|line| self.line(&line.id).is_none());
        let what =
            |line: &Line| format!("the line \"{}\" is in force and may hold tickets: keep it", line.id);
        gone.map(|line| Finding { at: "lines".to_owned(), what: what(line) }).collect()
    }

    fn line(&self, id: &LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == *id)
    }
}

/// The serialisation of an origin (RFC 6454, 6.2), for `http` and `https`.
fn is_origin(text: &str) -> bool {
    let (rest, usual_port) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (rest, "443"),
        (_, Some(rest)) => (rest, "80"),
        _ => return false,
    };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let port_fits = port.is_none_or(|port| {
        let plain = !port.starts_with('0') && port.bytes().all(|byte| byte.is_ascii_digit());
        plain && port != usual_port && port.parse::<u16>().is_ok()
    });
    text.len() <= limits::ORIGIN_CHARS_MAX && port_fits && is_host(host)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok_and(|parsed| parsed.to_string() == address);
    }
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    host.split('.').all(|label| !label.is_empty() && label.bytes().all(plain))
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, at: &str, what: &str) {
        if self.0.len() >= limits::FINDINGS_MAX {
            return;
        }
        self.0.push(Finding { at: at.to_owned(), what: what.to_owned() });
    }

    fn check(&mut self, at: &str, right: bool, what: &str) {
        if !right {
            self.add(at, what);
        }
    }

    fn at_most(&mut self, at: &str, found: usize, most: usize) {
        self.check(at, found <= most, &format!("has {found} entries; {most} are allowed"));
    }

    fn text(&mut self, at: &str, text: &str, chars_max: usize) {
        let fits = !text.trim().is_empty() && text.chars().count() <= chars_max;
        self.check(at, fits, &format!("must have 1 to {chars_max} characters"));
        // An editor's line ends are no sign of anything.
        let printable = !text.replace("\r\n", "\n").chars().any(is_unprintable);
        self.check(at, printable, "must not contain control characters or bidirectional overrides");
    }

    /// The placeholders of a text: each has something to stand for it, whoever reads the text.
    fn placeholders(&mut self, at: &str, text: &str, voice: Option<&Voice>, is_public: bool) {
        let used = match placeholders::used(text) {
            Ok(used) => used,
            Err(what) => return self.add(at, &what),
        };
        for name in used {
            let has_own = voice.is_some_and(|voice| voice.placeholders.contains_key(&name));
            if !has_own && (name != placeholders::TICKET || is_public) {
                let what = format!(
                    "has the placeholder {{{name}}}: add what stands for it, where nothing else does, to [voice.….placeholders]"
                );
                self.add(at, &what);
            }
        }
    }

    /// A text without line ends and tabs.
    fn line(&mut self, at: &str, text: &str, chars_max: usize) {
        match text.contains(['\n', '\t']) {
            true => self.add(at, "must be one line, without tabs"),
            false => self.text(at, text, chars_max),
        }
    }

    fn name(&mut self, at: &str, name: &str) {
        self.line(at, name, limits::NAME_CHARS_MAX);
    }

    fn skills(&mut self, at: &str, skills: &[String], most: usize) {
        self.at_most(at, skills.len(), most);
        for skill in skills {
            self.check(at, is_skill_name(skill), &format!("\"{skill}\" must be 3 to 32 of a-z, 0-9 and -"));
        }
    }

    /// Whether it is a language's code. One that is none is not repeated as a part of a path.
    fn language(&mut self, at: &str, code: &str) -> bool {
        let right = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
        self.check(at, right, "use two-letter codes of ISO 639-1, for example \"en\"");
        right
    }

    fn examples(&mut self, at: &str, examples: &BTreeMap<String, Vec<String>>) {
        for (language, phrasings) in examples {
            if !self.language(at, language) {
                continue;
            }
            let at = format!("{at}.{language}");
            self.at_most(&at, phrasings.len(), limits::EXAMPLES_MAX);
            for (index, phrasing) in phrasings.iter().enumerate() {
                self.text(&format!("{at}[{index}]"), phrasing, limits::EXAMPLE_CHARS_MAX);
            }
        }
    }
}

/// What every request needs of a desk: the file without people and answers, which are kept apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Desk {
    /// Who this is.
    pub head: Head,
    /// How it speaks.
    pub voice: BTreeMap<String, Voice>,
    /// What it promises.
    pub policy: Policy,
    /// How people sign in, beside their tokens: [`Desk::oidc`] reads it, so that only those who sign people in carry
    /// the code to do so.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub sign_in: serde_json::Value,
    /// How lines pass work on: [`Desk::routing`] reads it, where it is asked for.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub routing: serde_json::Value,
    /// When somebody last signed out everywhere: their sessions from before count no more.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signed_out: BTreeMap<PersonId, Time>,
    /// Answers that tier 1 does not give alone, by what customers said of them: [`Desk::held_back`] reads it. Not of the
    /// file.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub held_back: serde_json::Value,
    /// Whether answers of it are for everybody to read: then it has help pages.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_help: bool,
    /// When it is open; always, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Names the stored hours that say what `hours`, `zone` and the lines' hours do; none if it was published before
    /// hours were stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_edition: Option<u64>,
    /// The clocks of its time zone in the years around its publication; none if it was published before they were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// What customers can pay for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Package>,
    /// How soon it promises to answer and to solve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service_levels: Vec<ServiceLevel>,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Counts the file's publications, from 1.
    pub version: u64,
    /// Names the stored people and answers that belong to this version.
    pub edition: u64,
    /// Names the stored people, once they were changed since the file was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people_edition: Option<u64>,
    /// How many pages of answers the edition has.
    pub answers_pages: u32,
    /// Hash of the published file: the same file again is no new version.
    pub file_sha256: String,
    /// Hash of its text, comments and all; none if it was published before texts were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_sha256: Option<String>,
    /// When.
    pub published_at: Time,
}

impl Desk {
    /// The provider that people sign in by, if the desk has one.
    pub fn oidc(&self) -> Option<Oidc> {
        SignIn::deserialize(&self.sign_in).ok()?.oidc
    }

    /// How lines pass work on.
    pub fn routing(&self) -> Routing {
        Routing::deserialize(&self.routing).unwrap_or_default()
    }

    /// Answers that tier 1 does not give alone, sorted.
    pub fn held_back(&self) -> Vec<LabelId> {
        Vec::deserialize(&self.held_back).unwrap_or_default()
    }

    /// Names the people in force.
    pub fn people_edition(&self) -> u64 {
        self.people_edition.unwrap_or(self.edition)
    }

    /// The line with this id.
    pub fn line(&self, id: &LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == *id)
    }

    /// Its clocks.
    pub fn zone(&self) -> Cow<'_, Zone> {
        self.zone.as_ref().map_or_else(|| Cow::Owned(Zone::utc()), Cow::Borrowed)
    }

    /// When people are there for a line; none if that is always.
    pub fn calendar(&self, line: &LineId) -> Option<Calendar<'_>> {
        let own = self.line(line).and_then(|line| line.hours.as_ref());
        Calendar::of(self.hours.as_ref(), own, self.zone.as_ref())
    }

    /// The package with this id.
    pub fn package(&self, id: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.id == id)
    }

    /// When people are there, all lines.
    pub fn timetable(&self) -> Timetable {
        let own = |line: &Line| Some((line.id.clone(), line.hours.clone()?));
        Timetable {
            zone: self.zone.clone(),
            hours: self.hours.clone(),
            lines: self.lines.iter().filter_map(own).collect(),
        }
    }

    /// Whether people are there for a line at `now`.
    pub fn opening(&self, line: &LineId, now: Time) -> Opening {
        let Some(calendar) = self.calendar(line) else { return Opening { open: true, opens_at: None } };
        let next = calendar.schedule().opens_at(now);
        Opening { open: next == Some(now), opens_at: next.filter(|at| *at != now) }
    }

    /// The line of a tier. Every published desk has one for each.
    pub fn line_of_tier(&self, tier: u8) -> Option<&Line> {
        self.lines.iter().find(|line| line.tier == Some(tier))
    }

    /// Where what a line has no time for goes: the tier above, the highest for departments; none from there.
    pub fn line_above(&self, line: &Line) -> Option<&Line> {
        let above = line.tier.map_or(HIGHEST_TIER, |tier| tier.saturating_add(1).min(HIGHEST_TIER));
        self.line_of_tier(above).filter(|to| to.id != line.id)
    }

    /// Whether anything of its tickets can have its time: a promise, or a line's time box.
    pub fn has_due(&self) -> bool {
        !self.service_levels.is_empty()
            || self.packages.iter().any(|package| package.answered_within_s.is_some())
            || self.lines.iter().any(|line| line.time_box_s.is_some())
    }

    /// An answer's text in the desk's voice: greeting, text, signature, with what is known of the customer in its places.
    pub fn speak(&self, language: &str, text: &str, filling: Filling<'_>) -> String {
        let whole = match self.voice(language) {
            Some(voice) => [voice.greeting.as_str(), text, &voice.signature].map(str::trim).to_vec(),
            None => vec![text.trim()],
        };
        let filled: Vec<_> = whole.into_iter().map(|part| self.fill(language, part, filling)).collect();
        filled.join("\n\n")
    }

    /// A text of a language with what stands for its placeholders.
    pub fn fill(&self, language: &str, text: &str, filling: Filling<'_>) -> String {
        let own = self.voice(language).map(|voice| &voice.placeholders);
        placeholders::fill(text, |name| {
            let known = filling.value(name);
            known.or_else(|| own?.get(name).map(String::as_str)).map(str::to_owned)
        })
    }

    fn voice(&self, language: &str) -> Option<&Voice> {
        voice(&self.voice, language, &self.head.default_language)
    }
}

/// The skills of `wanted` that somebody on the line has: one that nobody has would keep the ticket from everybody. Where the
/// desk waits for it only so long, it is desired, and not required. With them goes what a ticket of the channel takes
/// of whoever has it.
pub fn skills_on_line(
    policy: &Policy,
    people: &[Person],
    line: &LineId,
    (wanted, channel): (&[String], &str),
) -> Vec<String> {
    let somebody_has = |skill: &&String| {
        people.iter().any(|person| person.works_on(line) && person.has_skills(std::slice::from_ref(*skill)))
    };
    let named = |skill: &String| match policy.is_desired(skill) {
        true => format!("{DESIRED}{skill}"),
        false => skill.clone(),
    };
    let mut skills: Vec<_> = wanted.iter().filter(somebody_has).map(named).collect();
    skills.extend(Capacity::read(&policy.capacity).and_then(|capacity| capacity.word(channel)));
    skills
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_exact() {
        for right in [
            "https://shop.example.com",
            "http://localhost:8080",
            "https://xn--bcher-kva.example",
            "http://127.0.0.1",
            "http://[::1]:3000",
        ] {
            assert!(is_origin(right), "{right}");
        }
        for wrong in [
            "",
            "*",
            "null",
            "shop.example.com",
            "https://",
            "https://shop.example.com/",
            "https://shop.example.com/x",
            "https://Shop.example.com",
            "https://*.example.com",
            "https://shop.example.com:443",
            "http://shop.example.com:080",
            "http://shop.example.com:99999",
            "https://user@shop.example.com",
            "https://bücher.example",
            "ftp://shop.example.com",
            "https://shop..example.com",
        ] {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_files_policy_can_only_name_what_is_checked() {
        let text = r#"{"desk": {"id": "a", "name": "A", "languages": ["en"], "default_language": "en"},
            "policy": {"files": {"types": ["image/png", "image/svg+xml"], "count_max": 11}}}"#;
        let file: DeskFile = serde_json::from_str(text).unwrap();
        let at: Vec<_> = file.check().into_iter().map(|finding| finding.at).collect();
        assert!(at.contains(&"policy.files.types".to_owned()), "{at:?}");
        assert!(at.contains(&"policy.files.count_max".to_owned()), "{at:?}");
        assert_eq!(file.policy.files.bytes_max, limits::FILE_BYTES_MAX, "what is left out is the default");
        assert!(serde_json::to_string(&Policy::default()).unwrap().find("files").is_none(), "hashes stay");
    }
}
