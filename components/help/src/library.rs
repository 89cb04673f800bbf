//! A desk's public answers, kept in the instance: what is costly to read is read once, and nothing here must survive.

use crate::limits::{LIBRARIES_MAX, TITLE_CHARS_MAX};
use crate::words::LANGUAGES;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use tierline_desk::{Error, answers};
use tierline_domain::desk::{Answer, Desk};
use tierline_domain::placeholders::Filling;
use tierline_http::{Platform, Request};
use tierline_page::wanted;

/// All that a desk's file says to everybody.
pub struct Library {
    edition: u64,
    file_sha256: String,
    answers: Vec<Answer>,
}

thread_local! {
    static LIBRARIES: RefCell<BTreeMap<String, Rc<Library>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The public answers of the edition in force. One store read a page of answers if this instance has not got them yet.
pub async fn library<P: Platform>(platform: &P, desk: &Desk) -> Result<Rc<Library>, Error> {
    let id = desk.head.id.as_str();
    let is_same = |kept: &&Rc<Library>| kept.edition == desk.edition && kept.file_sha256 == desk.file_sha256;
    if let Some(kept) = LIBRARIES.with_borrow(|kept| kept.get(id).filter(is_same).cloned()) {
        return Ok(kept);
    }
    let mut answers = answers(platform, desk).await?.answers;
    answers.retain(|answer| answer.public);
    for (language, text) in answers.iter_mut().flat_map(|answer| &mut answer.text) {
        *text = desk.fill(language, text, Filling::default());
    }
    let read = Library { edition: desk.edition, file_sha256: desk.file_sha256.clone(), answers };
    let library = Rc::new(read);
    LIBRARIES.with_borrow_mut(|kept| {
        if kept.len() >= LIBRARIES_MAX {
            kept.clear();
        }
        kept.insert(id.to_owned(), Rc::clone(&library));
    });
    Ok(library)
}

impl Library {
    /// The languages that there are pages in, the desk's first first.
    pub fn languages<'a>(&'a self, desk: &'a Desk) -> Vec<&'a str> {
        let written: BTreeSet<&str> =
            self.answers.iter().flat_map(|answer| answer.text.keys()).map(String::as_str).collect();
        desk.head.languages.iter().map(String::as_str).filter(|language| written.contains(language)).collect()
    }

    /// The language for whoever asks: what their browser likes best of those there are, else the desk's own.
    pub fn best_language(&self, request: &Request, desk: &Desk) -> String {
        let written = self.languages(desk);
        let primary = |code: &String| code.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let wanted = wanted(request).iter().map(primary).find(|code| written.contains(&code.as_str()));
        wanted.unwrap_or_else(|| desk.head.default_language.clone())
    }

    /// The pages in a language; none if the desk does not speak it. The desk's own language has a shelf even if it is empty.
    pub fn shelf<'a>(&'a self, language: &'a str, desk: &'a Desk) -> Option<Shelf<'a>> {
        let languages = self.languages(desk);
        if !languages.contains(&language) && language != desk.head.default_language {
            return None;
        }
        let pages = self.answers.iter().filter_map(|answer| Page::of(answer, language, desk)).collect();
        let default = desk.head.default_language.as_str();
        let elsewhere = |answer: &&Answer| !answer.text.contains_key(language);
        let others = self.answers.iter().filter(elsewhere);
        let others = others.filter_map(|answer| Page::of(answer, default, desk)).collect();
        Some(Shelf { language, default, languages, pages, others, answers: &self.answers })
    }

    /// The public answers.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }
}

/// What there is in one language.
pub struct Shelf<'a> {
    /// Which, ISO 639-1.
    pub language: &'a str,
    /// The desk's own.
    pub default: &'a str,
    /// All that there are pages in.
    pub languages: Vec<&'a str>,
    /// In the desk file's order.
    pub pages: Vec<Page<'a>>,
    /// Those that the desk's own language has and this one has not.
    pub others: Vec<Page<'a>>,
    answers: &'a [Answer],
}

impl<'a> Shelf<'a> {
    /// The languages that an answer has a page in.
    pub fn languages_of(&self, id: &str) -> Vec<&'a str> {
        let answer = self.answers.iter().find(|answer| answer.id.as_str() == id);
        let has = |language: &&str| answer.is_some_and(|answer| answer.text.contains_key(*language));
        self.languages.iter().copied().filter(has).collect()
    }

    /// The pages of each topic, topics in the order of their first page.
    pub fn topics<'p>(pages: impl IntoIterator<Item = &'p Page<'a>>) -> Vec<(&'a str, Vec<&'p Page<'a>>)>
    where
        'a: 'p,
    {
        let mut topics: Vec<(&str, Vec<&Page<'_>>)> = vec![];
        for page in pages {
            match topics.iter_mut().find(|(topic, _)| *topic == page.topic) {
                Some((_, pages)) => pages.push(page),
                None => topics.push((page.topic, vec![page])),
            }
        }
        topics
    }
}

/// An answer in one language.
#[derive(Clone)]
pub struct Page<'a> {
    /// The answer's.
    pub id: &'a str,
    /// Its heading, in its language where the desk says so.
    pub topic: &'a str,
    /// The question in customers' words: the first of its examples.
    pub title: String,
    /// The answer.
    pub text: &'a str,
    /// Other ways to put the question.
    pub examples: &'a [String],
    /// Its language.
    pub language: &'a str,
}

impl<'a> Page<'a> {
    /// The answer in a language, if it has a text in it.
    pub fn of(answer: &'a Answer, language: &'a str, desk: &'a Desk) -> Option<Self> {
        let text = answer.text.get(language)?;
        let examples = answer.examples.get(language).map(Vec::as_slice).unwrap_or_default();
        let title = examples.first().map_or_else(|| first_line(text), |example| capitalised(example));
        let named = desk.voice.get(language).and_then(|voice| voice.topics.get(&answer.topic));
        let topic = named.unwrap_or(&answer.topic);
        Some(Self { id: answer.id.as_str(), topic, title, text, examples, language })
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(TITLE_CHARS_MAX).collect()
}

fn capitalised(text: &str) -> String {
    let mut characters = text.trim().chars();
    let first = characters.next();
    first.into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

/// A language's name in itself, as far as there are words in it; else its code.
pub fn language_name(code: &str) -> String {
    let is_known = LANGUAGES.iter().any(|(known, _)| *known == code);
    if is_known { crate::words::words(code).say("language") } else { code.to_owned() }
}
