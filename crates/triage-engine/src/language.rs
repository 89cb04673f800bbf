//! Which language a text is in: script first, then small words, letters, the desk's own vocabulary and the hint; where these are
//! not clear, trigrams (`whatlang`) say what they think.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::UNKNOWN_LANGUAGE;
use crate::lexicon::{Lexicon, languages_of_letter};
use crate::model::word_key;
use crate::text::{Kind, Token};

const FUNCTION_WORD_WEIGHT: f64 = 1.0;
const LETTER_WEIGHT: f64 = 0.7;
const LETTERS_COUNTED_MAX: usize = 6;
const VOCABULARY_WEIGHT: f64 = 0.8;
const HINT_WEIGHT: f64 = 0.6;
/// For each language the desk speaks, and once more for its default.
const EXPECTED_WEIGHT: f64 = 0.1;
/// What is clear without asking the trigrams: so much for each word, and the second at most this share of it.
const CLEAR_A_WORD: f64 = 0.3;
const CLEAR_SECOND_MAX: f64 = 0.4;
/// For each word, where the trigrams are as sure as can be.
const TRIGRAM_WEIGHT: f64 = 0.5;
/// Less sure than this they guess.
const TRIGRAM_SURE_MIN: f64 = 0.25;
/// Less evidence than this is no evidence.
const SCORE_MIN: f64 = 0.5;
const SCORE_A_WORD_MIN: f64 = 0.15;
/// How much better than the second the first must be, as a share of the first.
const LEAD_MIN: f64 = 0.1;
const TOKENS_READ_MAX: usize = 400;
/// Bytes that trigrams are made of.
const TRIGRAM_BYTES_MAX: usize = 1_000;

/// Everyday Chinese characters that Japanese does not use, or not without kana beside them.
const CHINESE_ONLY: &str = "的们这是么请吗没为怎帮无说你您麼們這嗎說沒從從从发邮网页问题间见时东车门马长张负责费账户图书话语让认识设计访证\
    试译该读谁调给经结续线级红约纸终组细统继编订记许评诉询误谢质购达过运还进连选钟钱错键锁阅难项须预额验动务办单变听员处备够头实对将带\
    并应录总执护报择换据损显术权构查标样检欢气测浏览满现电码确离种签简类联脑节获补规视觉";

/// What the desk expects.
pub(crate) struct Expected<'a> {
    pub default: &'a str,
    pub languages: &'a [String],
    pub hint: Option<&'a str>,
    pub vocabularies: &'a Vocabularies,
}

/// Which words the examples of which language have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Vocabularies {
    /// At most [`LANGUAGES_MAX`], sorted.
    pub languages: Vec<String>,
    /// The word's key and one bit for each language, sorted.
    pub words: Vec<(u32, u32)>,
}

/// Languages whose words are told apart; examples in more are still learnt.
const LANGUAGES_MAX: usize = 32;

impl Vocabularies {
    /// Learns from (language, tokens).
    pub fn learn<'a>(texts: impl Iterator<Item = (&'a str, &'a [Token])> + Clone) -> Self {
        let mut languages: Vec<String> = texts.clone().map(|(language, _)| language.to_owned()).collect();
        languages.sort_unstable();
        languages.dedup();
        languages.truncate(LANGUAGES_MAX);
        let mut words: BTreeMap<u32, u32> = BTreeMap::new();
        for (language, tokens) in texts {
            let Ok(place) = languages.binary_search_by(|known| known.as_str().cmp(language)) else {
                continue;
            };
            for token in tokens {
                *words.entry(word_key(&token.folded)).or_default() |= 1 << place;
            }
        }
        Self { languages, words: words.into_iter().collect() }
    }

    fn knowing(&self, folded: &str) -> impl Iterator<Item = &str> + Clone {
        let place = self.words.binary_search_by_key(&word_key(folded), |(key, _)| *key).ok();
        let bits = place.and_then(|place| self.words.get(place)).map_or(0, |(_, bits)| *bits);
        self.languages.iter().zip(0..).filter(move |(_, bit)| bits >> bit & 1 == 1).map(|(l, _)| l.as_str())
    }
}

/// The language as ISO 639-1, or [`UNKNOWN_LANGUAGE`].
pub(crate) fn detect(text: &str, tokens: &[Token], lexicon: &Lexicon, expected: &Expected<'_>) -> String {
    let hint = expected.hint.map(primary_subtag).filter(|tag| tag.len() == 2);
    match script(text) {
        Script::Of(language) => language.to_owned(),
        Script::Han => {
            let wants = |language: &str| hint.as_deref() == Some(language);
            let reads =
                |language: &str| expected.vocabularies.languages.iter().any(|known| known == language);
            let is_chinese =
                text.contains(|c| CHINESE_ONLY.contains(c)) || wants("zh") || !(wants("ja") || reads("ja"));
            if is_chinese { "zh" } else { "ja" }.to_owned()
        }
        Script::Latin => by_words(text, tokens, lexicon, expected, hint.as_deref()),
        // Most of who writes it on a support desk writes Russian.
        Script::Cyrillic => match by_words(text, tokens, lexicon, expected, hint.as_deref()) {
            language if language == UNKNOWN_LANGUAGE => "ru".to_owned(),
            language => language,
        },
        Script::Other => {
            let letters = text.chars().map(|c| if c.is_ascii() { ' ' } else { c }).collect::<String>();
            by_trigrams(&letters).map_or(UNKNOWN_LANGUAGE, |(language, _)| language).to_owned()
        }
        Script::None => UNKNOWN_LANGUAGE.to_owned(),
    }
}

fn by_words(
    text: &str,
    tokens: &[Token],
    lexicon: &Lexicon,
    expected: &Expected<'_>,
    hint: Option<&str>,
) -> String {
    let mut scores: BTreeMap<&str, f64> = BTreeMap::new();
    let words = || tokens.iter().filter(|t| t.kind == Kind::Word).take(TOKENS_READ_MAX);
    for token in words() {
        let languages = lexicon.languages_of(&token.folded);
        // A small word that many languages have says nothing by standing in one's examples.
        if languages.clone().nth(1).is_none() {
            share(&mut scores, VOCABULARY_WEIGHT, expected.vocabularies.knowing(&token.folded));
        }
        share(&mut scores, FUNCTION_WORD_WEIGHT, languages);
    }
    for letter in
        text.chars().flat_map(char::to_lowercase).filter(|c| !c.is_ascii()).take(LETTERS_COUNTED_MAX)
    {
        share(&mut scores, LETTER_WEIGHT, languages_of_letter(letter).collect::<Vec<_>>().into_iter());
    }
    if let Some(score) = hint.and_then(|hint| scores.get_mut(hint)) {
        *score += HINT_WEIGHT;
    }
    for language in expected.languages.iter().map(String::as_str).chain([expected.default]) {
        if let Some(score) = scores.get_mut(language) {
            *score += EXPECTED_WEIGHT;
        }
    }
    if !is_clear(&scores, words().count())
        && let Some((language, sure)) = by_trigrams(text).filter(|(_, sure)| *sure >= TRIGRAM_SURE_MIN)
    {
        *scores.entry(language).or_default() += TRIGRAM_WEIGHT * sure * words().count() as f64;
    }
    let [(first, score), (_, second)] = leaders(&scores);
    let leads = score >= SCORE_MIN.max(SCORE_A_WORD_MIN * words().count() as f64)
        && score - second >= LEAD_MIN * score;
    if leads { first } else { UNKNOWN_LANGUAGE }.to_owned()
}

/// The two with the highest scores.
fn leaders<'a>(scores: &BTreeMap<&'a str, f64>) -> [(&'a str, f64); 2] {
    let mut ranked: Vec<_> = scores.iter().map(|(language, score)| (*language, *score)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let at = |place: usize| ranked.get(place).copied().unwrap_or((UNKNOWN_LANGUAGE, 0.0));
    [at(0), at(1)]
}

fn is_clear(scores: &BTreeMap<&str, f64>, words: usize) -> bool {
    let [(_, first), (_, second)] = leaders(scores);
    first >= CLEAR_A_WORD * words as f64 && second <= CLEAR_SECOND_MAX * first
}

/// What the trigrams think, and how sure they are, 0 to 1; none for what has no ISO 639-1 code.
fn by_trigrams(text: &str) -> Option<(&'static str, f64)> {
    let end = text.floor_char_boundary(TRIGRAM_BYTES_MAX);
    let found = whatlang::detect(text.get(..end)?)?;
    Some((iso_639_1(found.lang())?, found.confidence()))
}

/// Gives each of the languages its part of a weight: what many share says little.
fn share<'a, 'b: 'a>(
    scores: &mut BTreeMap<&'a str, f64>,
    weight: f64,
    languages: impl Iterator<Item = &'b str> + Clone,
) {
    let count = languages.clone().count();
    for language in languages {
        *scores.entry(language).or_default() += weight / count as f64;
    }
}

/// `es-MX` is `es`.
fn primary_subtag(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

enum Script {
    /// A script that one language writes.
    Of(&'static str),
    /// One that few languages write.
    Other,
    Han,
    Latin,
    Cyrillic,
    None,
}

/// The script of most letters. A Japanese text full of Latin product names is still Japanese, so what only
/// one language writes counts more.
fn script(text: &str) -> Script {
    const RARE_SCRIPT_FACTOR: usize = 3;
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        let script = match c {
            '\u{3040}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => "ja",
            '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => "han",
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => "ko",
            '\u{0400}'..='\u{052f}' => "cyrillic",
            'a'..='z' | 'A'..='Z' | '\u{00c0}'..='\u{024f}' | '\u{1e00}'..='\u{1eff}' => "latin",
            // Latin letters as wide as kana: names, in a text of another script.
            '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => continue,
            _ => "other",
        };
        *counts.entry(script).or_default() += if matches!(script, "latin") { 1 } else { RARE_SCRIPT_FACTOR };
    }
    // Japanese is written in Han characters too; any share of kana tells it from Chinese.
    let kana = counts.get("ja").copied().unwrap_or_default();
    let han = counts.get("han").copied().unwrap_or_default();
    if kana > 0 && kana * 10 >= han {
        counts.remove("han");
        counts.insert("ja", kana + han);
    }
    match counts.into_iter().max_by_key(|(_, count)| *count) {
        None => Script::None,
        Some(("latin", _)) => Script::Latin,
        Some(("cyrillic", _)) => Script::Cyrillic,
        Some(("han", _)) => Script::Han,
        Some(("other", _)) => Script::Other,
        Some((language, _)) => Script::Of(language),
    }
}

/// Code of three letters, code of two, for each language that the trigrams tell.
const CODES: &str = "afr af, aka ak, amh am, ara ar, aze az, bel be, ben bn, bul bg, cat ca, ces cs, cmn zh, cym cy, dan da, \
    deu de, ell el, eng en, epo eo, est et, fin fi, fra fr, guj gu, heb he, hin hi, hrv hr, hun hu, hye hy, \
    ind id, ita it, jav jv, jpn ja, kan kn, kat ka, khm km, kor ko, lat la, lav lv, lit lt, mal ml, mar mr, \
    mkd mk, mya my, nep ne, nld nl, nob no, ori or, pan pa, pes fa, pol pl, por pt, ron ro, rus ru, sin si, \
    slk sk, slv sl, sna sn, spa es, srp sr, swe sv, tam ta, tel te, tgl tl, tha th, tuk tk, tur tr, ukr uk, \
    urd ur, uzb uz, vie vi, yid yi, zul zu";

fn iso_639_1(language: whatlang::Lang) -> Option<&'static str> {
    CODES.split(", ").find_map(|pair| pair.strip_prefix(language.code())).map(str::trim_start)
}
