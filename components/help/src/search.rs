//! Finding pages by words: in titles first, then in what customers said, then in the answers.

use crate::library::Page;
use crate::limits::{FOUND_MAX, QUERY_CHARS_MAX, QUERY_WORDS_MAX};

/// What a word is worth in a title, among customers' words, in the answer, and as the topic.
const WORTH: [f64; 4] = [4.0, 2.0, 1.0, 4.0];

/// From so many characters on, the beginning of a word finds it.
const BEGINNING_CHARS_MIN: usize = 3;

/// The pages that have words of the query, or words that begin like them, the best first: rare words count more, and a
/// page with more of them comes before a page with fewer. Those with less than half as many as the best are left out.
pub fn search<'p, 'a>(pages: &'p [Page<'a>], query: &str) -> Vec<&'p Page<'a>> {
    let query: String = query.chars().take(QUERY_CHARS_MAX).collect();
    let mut wanted = words(&query);
    wanted.dedup();
    wanted.truncate(QUERY_WORDS_MAX);
    let texts: Vec<[Vec<String>; 4]> = pages.iter().map(parts).collect();
    let mut scores: Vec<(usize, f64)> = pages.iter().map(|_| (0, 0.0)).collect();
    for word in &wanted {
        let worth: Vec<f64> = texts.iter().map(|parts| worth(parts, word)).collect();
        let having = worth.iter().filter(|worth| **worth > 0.0).count();
        let rarity = (1.0 + pages.len() as f64 / having.max(1) as f64).ln();
        for ((count, score), worth) in scores.iter_mut().zip(worth) {
            *count += usize::from(worth > 0.0);
            *score += worth * rarity;
        }
    }
    let most = scores.iter().map(|(count, _)| *count).max().unwrap_or_default();
    let mut found: Vec<_> =
        pages.iter().zip(scores).filter(|(_, (count, _))| *count > 0 && *count * 2 >= most).collect();
    // Stable: of equals, the desk file's order.
    found.sort_by(|(_, one), (_, other)| other.0.cmp(&one.0).then(other.1.total_cmp(&one.1)));
    found.into_iter().take(FOUND_MAX).map(|(page, _)| page).collect()
}

fn parts(page: &Page<'_>) -> [Vec<String>; 4] {
    let examples = page.examples.iter().flat_map(|example| words(example)).collect();
    [words(&page.title), examples, words(page.text), words(page.topic)]
}

fn worth(parts: &[Vec<String>; 4], word: &str) -> f64 {
    let is_short = word.chars().count() < BEGINNING_CHARS_MIN && !word.chars().any(is_unspaced);
    let is = |known: &String| if is_short { known == word } else { known.starts_with(word) };
    let has = |part: &[String]| part.iter().any(is);
    parts.iter().zip(WORTH).filter(|(part, _)| has(part)).map(|(_, worth)| worth).sum()
}

/// Words in small letters; of scripts that write no spaces, each two neighbouring characters.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![];
    for word in text.to_lowercase().split(|character: char| !character.is_alphanumeric()) {
        let characters: Vec<char> = word.chars().collect();
        if characters.iter().any(|character| is_unspaced(*character)) {
            words.extend(characters.windows(2).map(|pair| pair.iter().collect::<String>()));
            if let [only] = characters.as_slice() {
                words.push(only.to_string());
            }
        } else if !word.is_empty() {
            words.push(word.to_owned());
        }
    }
    words
}

/// Thai, Lao, Burmese, Khmer, kana and Chinese characters.
fn is_unspaced(character: char) -> bool {
    matches!(character, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page<'a>(id: &'a str, title: &str, text: &'a str) -> Page<'a> {
        Page { id, topic: "mail", title: title.to_owned(), text, examples: &[], language: "en" }
    }

    fn ids(pages: &[Page<'_>], query: &str) -> Vec<String> {
        search(pages, query).into_iter().map(|page| page.id.to_owned()).collect()
    }

    #[test]
    fn the_best_come_first_and_nothing_comes_that_has_no_word() {
        let pages = [
            page("quota", "My mailbox is full", "Delete messages or take a larger plan."),
            page(
                "outlook",
                "Set up Outlook",
                "Write the server's name into Outlook. The mailbox has a password.",
            ),
            page("plan", "A larger plan", "Choose one."),
        ];
        assert_eq!(ids(&pages, "OUTLOOK"), ["outlook"]);
        assert_eq!(
            ids(&pages, "mailb"),
            ["quota", "outlook"],
            "a beginning will do, and a title counts more"
        );
        assert_eq!(ids(&pages, "larger plan"), ["plan", "quota"]);
        assert_eq!(ids(&pages, "mail"), ["quota", "outlook", "plan"], "the topic counts too");
        assert_eq!(ids(&pages, "a"), ["plan", "quota", "outlook"], "what is short is a word or nothing");
        assert!(ids(&pages, "se").is_empty(), "server begins with it");
        assert_eq!(ids(&pages, "delete messages larger"), ["quota"], "one word of three is not enough");
        assert!(
            ids(&pages, "").is_empty()
                && ids(&pages, "🙂 -- ?").is_empty()
                && ids(&pages, "zebra").is_empty()
        );
    }

    #[test]
    fn scripts_without_spaces_are_searched() {
        let pages = [
            page("full", "メールボックスがいっぱいです", "不要なメールを削除してください。"),
            page("dns", "DNSの反映", "反映には時間がかかります。"),
        ];
        assert_eq!(ids(&pages, "削除"), ["full"]);
        assert_eq!(ids(&pages, "反映 dns"), ["dns"]);
    }

    #[test]
    fn a_search_without_end_ends() {
        let pages = [page("a", "a", "a")];
        assert_eq!(ids(&pages, &"a ".repeat(100_000)), ["a"]);
    }
}
