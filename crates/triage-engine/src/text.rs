//! From a customer's text to sentences of comparable tokens.

/// Longer words are cut here: nobody writes them, and encoded files must cost nothing.
const WORD_CHARS_MAX: usize = 40;
/// A chunk without spaces that is longer than this in a spaced script is data, not language.
const CHUNK_BYTES_MAX: usize = 120;

/// What a token is, as far as its weight depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word of letters.
    Word,
    /// Two neighbouring characters of a script that writes no spaces.
    Pair,
    /// The same, in the characters such a script uses for grammar.
    WeakPair,
    /// A number, an identifier, a part of an address: tells something only where an example has it too.
    Opaque,
}

/// A piece of text to compare, and where it stands in the original.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub folded: String,
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
}

/// The sentences of a text, each as its tokens. Lines quoted from an earlier mail are left out.
pub(crate) fn sentences(text: &str) -> Vec<Vec<Token>> {
    let mut sentences = Vec::new();
    let mut current = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if !line.starts_with('>') {
            for chunk in chunks(line) {
                push_chunk(chunk.text, offset + chunk.start, &mut current);
                if chunk.ends_sentence && !current.is_empty() {
                    sentences.push(std::mem::take(&mut current));
                }
            }
        }
        offset += line.len();
        // A line that ends without a mark is often wrapped by the mail program, so only a blank one ends a sentence.
        if line.trim().is_empty() && !current.is_empty() {
            sentences.push(std::mem::take(&mut current));
        }
    }
    if !current.is_empty() {
        sentences.push(current);
    }
    sentences
}

struct Chunk<'a> {
    text: &'a str,
    start: usize,
    ends_sentence: bool,
}

/// Splits at white space and at the full stops of scripts without spaces.
fn chunks(line: &str) -> impl Iterator<Item = Chunk<'_>> {
    let mut start = 0;
    line.split_inclusive(|c: char| c.is_whitespace() || is_wide_stop(c)).map(move |piece| {
        let chunk_start = start;
        start += piece.len();
        let text = piece.trim_end();
        let ends_sentence = text.ends_with(|c| matches!(c, '.' | '!' | '?' | ';') || is_wide_stop(c));
        Chunk { text, start: chunk_start, ends_sentence }
    })
}

fn is_wide_stop(c: char) -> bool {
    matches!(c, '。' | '!' | '?' | ';' | '\u{ff61}')
}

/// Splits one chunk into words and pairs of characters.
fn push_chunk(chunk: &str, offset: usize, tokens: &mut Vec<Token>) {
    if chunk.contains("://") || (chunk.contains('@') && chunk.contains('.')) {
        return;
    }
    let mut run: Option<(usize, Class)> = None;
    let mut runs = Vec::new();
    for (at, c) in chunk.char_indices() {
        let class = class_of(c);
        match run {
            Some((_, open)) if open == class => {}
            _ => {
                if let Some((start, open)) = run.take() {
                    runs.push((start, at, open));
                }
                run = Some((at, class));
            }
        }
    }
    if let Some((start, open)) = run {
        runs.push((start, chunk.len(), open));
    }
    // Letters and digits mixed, or dots and slashes inside: a host name, a path, an order number.
    let is_data = chunk.len() > CHUNK_BYTES_MAX && runs.iter().all(|(_, _, class)| *class != Class::Unspaced)
        || is_address(chunk);
    for (start, end, class) in runs {
        let text = chunk.get(start..end).unwrap_or_default();
        let place = (offset + start, offset + end);
        match class {
            Class::Other => {}
            Class::Unspaced => push_pairs(text, place.0, tokens),
            Class::Letter => {
                let has_digit = text.chars().any(|c| c.is_numeric());
                let kind = if has_digit || is_data { Kind::Opaque } else { Kind::Word };
                tokens.push(Token { folded: fold(text), start: place.0, end: place.1, kind });
            }
            Class::Katakana => {
                tokens.push(Token { folded: fold(text), start: place.0, end: place.1, kind: Kind::Word });
            }
        }
    }
}

fn is_address(chunk: &str) -> bool {
    let inner = chunk.trim_matches(|c: char| !c.is_alphanumeric());
    inner.contains(['/', '\\', '_', '='])
        || inner.split('.').count() > 1 && inner.split('.').all(|part| part.chars().count() > 1)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Katakana,
    Unspaced,
    Other,
}

fn class_of(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => Class::Letter,
        '\u{30a0}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' if c != '・' => Class::Katakana,
        '\u{3040}'..='\u{309f}'
        | '\u{3005}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3134f}'
        | '\u{0e00}'..='\u{0eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}' => Class::Unspaced,
        '\u{0300}'..='\u{036f}' | '\u{0900}'..='\u{0dff}' => Class::Letter,
        _ if c.is_alphanumeric() => Class::Letter,
        _ => Class::Other,
    }
}

fn push_pairs(run: &str, offset: usize, tokens: &mut Vec<Token>) {
    let chars: Vec<(usize, char)> = run.char_indices().collect();
    let is_grammar = |c: char| matches!(c, '\u{3040}'..='\u{309f}');
    let end_of = |(at, c): (usize, char)| at + c.len_utf8();
    if let [only] = chars.as_slice() {
        let kind = if is_grammar(only.1) { Kind::WeakPair } else { Kind::Pair };
        let (start, end) = (offset + only.0, offset + end_of(*only));
        tokens.push(Token { folded: only.1.to_string(), start, end, kind });
    }
    for pair in chars.windows(2) {
        if let [first, second] = pair {
            let weak = is_grammar(first.1) && is_grammar(second.1);
            let kind = if weak { Kind::WeakPair } else { Kind::Pair };
            let folded = [first.1, second.1].iter().collect();
            tokens.push(Token { folded, start: offset + first.0, end: offset + end_of(*second), kind });
        }
    }
}

/// The form in which words are compared: lower case, without accents, wide and narrow forms made one.
///
/// By hand for the scripts the lexicon knows: full normalisation tables would be a sixth of the component.
pub(crate) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().take(WORD_CHARS_MAX) {
        match c {
            'a'..='z' | '0'..='9' => folded.push(c),
            'A'..='Z' => folded.push(c.to_ascii_lowercase()),
            '\u{0300}'..='\u{036f}' => {}
            'ß' | 'ẞ' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'ﬁ' => folded.push_str("fi"),
            'ﬂ' => folded.push_str("fl"),
            _ => folded.extend(plain(c).to_lowercase()),
        }
    }
    folded
}

/// The letters from À on without their accents, one for one; a `?` stays what it is.
const LATIN: &[u8] = b"aaaaaa?ceeeeiiiidnooooo?ouuuuy??aaaaaa?ceeeeiiiidnooooo?ouuuuy?y\
    aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii??jjkk?llllllllllnnnnnnn??oooooo??rrrrrrssssssssttttttuuuuuuuu\
    uuuuwwyyyzzzzzzs";
/// Full-size katakana for the narrow ones from U+FF66 on.
const KATAKANA: &str = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

fn plain(c: char) -> char {
    let code = c as usize;
    let letter = match c {
        'À'..='ſ' => {
            LATIN.get(code - 'À' as usize).filter(|letter| **letter != b'?').map(|l| char::from(*l))
        }
        'Ș' | 'ș' => Some('s'),
        'Ț' | 'ț' => Some('t'),
        'Ơ' | 'ơ' | 'Ọ'..='ợ' => Some('o'),
        'Ư' | 'ư' | 'Ụ'..='ự' => Some('u'),
        'Ạ'..='ặ' => Some('a'),
        'Ẹ'..='ệ' => Some('e'),
        'Ỉ'..='ị' => Some('i'),
        'Ỳ'..='ỹ' => Some('y'),
        'Ё' | 'ё' => Some('е'),
        'Й' | 'й' => Some('и'),
        'Ї' | 'ї' => Some('і'),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        '\u{ff66}'..='\u{ff9d}' => KATAKANA.chars().nth(code - 0xff66),
        _ => None,
    };
    letter.unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<Vec<String>> {
        sentences(text).into_iter().map(|s| s.into_iter().map(|t| t.folded).collect()).collect()
    }

    #[test]
    fn every_way_to_write_a_word_is_one() {
        assert_eq!(LATIN.len(), 'ſ' as usize - 'À' as usize + 1);
        for (written, compared) in [
            ("Ärger", "arger"),
            ("A\u{308}rger", "arger"),
            ("GROẞ", "gross"),
            ("CONTRASEÑA", "contrasena"),
            ("ŁÓDŹ", "lodz"),
            ("žluťoučký", "zlutoucky"),
            ("ĦŤŰŘŞ", "hturs"),
            ("Đặng", "dang"),
            ("İstanbul", "istanbul"),
            ("Ещё", "еще"),
            ("\u{ff33}\u{ff33}\u{ff2c}\u{ff11}", "ssl1"),
            ("\u{ff8a}\u{ff75}", "ハオ"),
            ("パスワード", "パスワード"),
        ] {
            assert_eq!(fold(written), compared, "{written}");
        }
    }

    #[test]
    fn sentences_end_at_marks_and_blank_lines_but_not_inside_addresses() {
        let told = "Log in fails. See it!\nAt\nhome";
        assert_eq!(folded(told), [vec!["log", "in", "fails"], vec!["see", "it"], vec!["at", "home"]]);
        assert_eq!(folded("one\n\ntwo"), [["one"], ["two"]]);
        assert_eq!(folded("wp-config.php is here"), [["wp", "config", "php", "is", "here"]]);
        assert_eq!(folded("mail a@b.example or https://b.example/x now"), [["mail", "or", "now"]]);
    }

    #[test]
    fn scripts_without_spaces_are_cut_in_pairs_and_loan_words_kept_whole() {
        let told = "再設定。パスワードを変更";
        assert_eq!(folded(told), [vec!["再設", "設定"], vec!["パスワード", "を変", "変更"]]);
    }

    #[test]
    fn a_token_knows_its_place() {
        let text = "Ünï パス 再設定 x";
        for token in sentences(text).concat() {
            assert_eq!(fold(&text[token.start..token.end]), token.folded);
        }
    }
}
