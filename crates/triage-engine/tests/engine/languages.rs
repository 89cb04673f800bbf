//! Which language a text is in, on texts that no word list was made from.

use crate::shop::ask;

/// Of the texts in `languages.csv`, in 32 languages and 14 scripts.
const TOLD_MIN: f64 = 0.9;
/// Said to be another language's than they are.
const MISTAKEN_MAX: f64 = 0.02;

#[test]
fn a_sentence_is_enough_to_tell_its_language() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine/languages.csv");
    let mut reader = csv::Reader::from_path(file).unwrap();
    let (mut all, mut told, mut mistaken) = (0, 0, 0);
    for row in reader.records().map(Result::unwrap) {
        let language = ask(&row[0]).language;
        if language != row[1] {
            println!("{} taken for {language}: {}", &row[1], &row[0]);
        }
        all += 1;
        told += usize::from(language == row[1]);
        mistaken += usize::from(language != row[1] && language != "und");
    }
    println!("{told} of {all} told, {mistaken} mistaken");
    assert!(told as f64 >= TOLD_MIN * all as f64, "{told} of {all}");
    assert!(mistaken as f64 <= MISTAKEN_MAX * all as f64, "{mistaken} of {all} mistaken");
}
