//! Engines kept in the instance: what is costly to load is loaded once, and nothing here must survive.

use crate::engine::{Engine, Told};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use tierline_contracts::triage::{Decision, Question};
use tierline_desk::{Error, answers, learnt};
use tierline_domain::desk::Desk;
use tierline_http::Platform;
use tierline_tier1::{settings, topics};
use tierline_triage_engine::{Settings, Topic, TopicKind};

/// Engines kept at once; past that all go and the next request of each desk loads its own again.
const ENGINES_MAX: usize = 32;

/// A desk's engine, and the file and edition it is of, with what was held back then.
pub struct Kept {
    edition: u64,
    file_sha256: String,
    held_back: Value,
    settings: Settings,
    /// By id; a route has none.
    texts: BTreeMap<String, BTreeMap<String, String>>,
    /// `None` where the engine would not open: it is asked nothing.
    engine: Option<Engine>,
}

impl Kept {
    /// What the engine says.
    pub fn decide(&self, question: &Question) -> Option<Decision> {
        self.engine.as_ref().map(|engine| engine.decide(question))
    }

    /// Which of the desk's editions it is of.
    pub fn edition(&self) -> u64 {
        self.edition
    }

    /// Whether the desk has an answer or a route of this id.
    pub fn knows(&self, id: &str) -> bool {
        self.texts.contains_key(id)
    }

    /// What the desk says.
    pub fn text(&self, id: &str, language: &str) -> Option<&str> {
        self.texts.get(id)?.get(language).map(String::as_str)
    }

    /// Whether an answer is suggested only.
    pub fn is_held_back(&self, id: &str) -> bool {
        self.settings.held_back.contains(id)
    }

    /// Of these texts, by id and language, some held back; with no engine.
    #[cfg(test)]
    pub fn of_texts(edition: u64, texts: &[(&str, &str, &str)], held_back: &[&str]) -> Self {
        let text = |&(id, language, text): &(&str, &str, &str)| {
            (id.to_owned(), BTreeMap::from([(language.to_owned(), text.to_owned())]))
        };
        let held_back = held_back.iter().map(ToString::to_string).collect();
        Self {
            edition,
            file_sha256: String::new(),
            held_back: Value::Null,
            settings: Settings { held_back, ..Settings::default() },
            texts: texts.iter().map(text).collect(),
            engine: None,
        }
    }

    fn is_of(&self, desk: &Desk) -> bool {
        self.edition == desk.edition
            && self.file_sha256 == desk.file_sha256
            && self.held_back == desk.held_back
    }
}

thread_local! {
    static ENGINES: RefCell<BTreeMap<String, Rc<Kept>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The engine for the desk in force: kept, or made of the stored answers and what was learnt from them. One store read a
/// page of them, one a part. Where what was learnt is missing, or the engine does not take it (it is broken, of another build
/// or of other answers), it is told nothing and all questions go to people; it is not kept, so that what comes late is found.
pub async fn engine<P: Platform>(platform: &P, desk: &Desk) -> Result<Rc<Kept>, Error> {
    let id = desk.head.id.as_str();
    let kept = ENGINES.with_borrow(|engines| engines.get(id).filter(|kept| kept.is_of(desk)).map(Rc::clone));
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let all = answers(platform, desk).await?;
    let topics = topics(desk, &all);
    let settings = settings(desk);
    let bytes = learnt(platform, &desk.head.id, desk.edition).await?;
    let open = |learnt| Engine::open(&Told { topics: &topics, settings: &settings, learnt });
    let taught = bytes.as_deref().and_then(|bytes| open(Some(bytes)));
    let is_taught = taught.is_some();
    let engine = taught.or_else(|| open(None));
    let kept = Rc::new(Kept {
        edition: desk.edition,
        file_sha256: desk.file_sha256.clone(),
        held_back: desk.held_back.clone(),
        texts: topics.into_iter().map(|topic| (topic.id.clone(), texts(topic))).collect(),
        settings,
        engine,
    });
    if is_taught {
        ENGINES.with_borrow_mut(|engines| {
            if engines.len() >= ENGINES_MAX {
                engines.clear();
            }
            engines.insert(id.to_owned(), Rc::clone(&kept));
        });
    }
    Ok(kept)
}

fn texts(topic: Topic) -> BTreeMap<String, String> {
    match topic.kind {
        TopicKind::Answer { texts } => texts,
        TopicKind::Route => BTreeMap::new(),
    }
}
