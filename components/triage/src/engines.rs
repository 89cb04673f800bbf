//! Engines kept in the instance: what is costly to load is loaded once, and nothing here must survive.

use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use tierline_desk::{Error, answers, learnt};
use tierline_domain::desk::Desk;
use tierline_http::Platform;
use tierline_tier1::{settings, topics};
use tierline_triage_engine::{Engine, Learnt};

/// Engines kept at once; past that all go and the next request of each desk loads its own again.
const ENGINES_MAX: usize = 32;

/// A desk's engine, and the file and edition it is of, with what was held back then.
struct Kept {
    edition: u64,
    file_sha256: String,
    held_back: Value,
    engine: Rc<Engine>,
}

thread_local! {
    static ENGINES: RefCell<BTreeMap<String, Kept>> = const { RefCell::new(BTreeMap::new()) };
}

/// The engine for the desk in force: kept, or made of the stored answers and what was learnt from them. One store read a
/// page of them, one a part. Where what was learnt is missing, broken, of another build or of other answers, it knows
/// nothing and all questions go to people; it is not kept, so that what comes late is found.
pub async fn engine<P: Platform>(platform: &P, desk: &Desk) -> Result<Rc<Engine>, Error> {
    let id = desk.head.id.as_str();
    let kept = ENGINES.with_borrow(|engines| {
        let kept = engines
            .get(id)
            .filter(|kept| kept.edition == desk.edition && kept.file_sha256 == desk.file_sha256)
            .filter(|kept| kept.held_back == desk.held_back);
        kept.map(|kept| Rc::clone(&kept.engine))
    });
    if let Some(engine) = kept {
        return Ok(engine);
    }
    let all = answers(platform, desk).await?;
    let topics = topics(desk, &all);
    let bytes = learnt(platform, &desk.head.id, desk.edition).await?;
    let engine = bytes
        .and_then(|bytes| Learnt::read(&bytes).ok())
        .and_then(|learnt| Engine::load(&topics, learnt, settings(desk), desk.edition).ok());
    let Some(engine) = engine.map(Rc::new) else {
        return Ok(Rc::new(Engine::untaught(settings(desk), desk.edition)));
    };
    let entry = Kept {
        edition: desk.edition,
        file_sha256: desk.file_sha256.clone(),
        held_back: desk.held_back.clone(),
        engine: Rc::clone(&engine),
    };
    ENGINES.with_borrow_mut(|engines| {
        if engines.len() >= ENGINES_MAX {
            engines.clear();
        }
        engines.insert(id.to_owned(), entry);
    });
    Ok(engine)
}
