//! Text from people: checked once at the edge, never trusted as anything but text.

use crate::limits::BODY_BYTES_MAX;
use serde::{Deserialize, Serialize};

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing that can be seen.
    #[error("must not be empty")]
    Empty,
    /// Over the limit in characters.
    #[error("must have at most {0} characters")]
    TooLong(usize),
    /// Over the limit in bytes.
    #[error("must have at most {BODY_BYTES_MAX} bytes in UTF-8")]
    TooLarge,
    /// A control character other than tab and line ends, or one that reorders what people see.
    #[error("must not contain control characters or bidirectional overrides")]
    Unprintable,
}

/// Text of at most `MAX` characters with no control characters but tab and line feed, and not blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Normalises line ends, checks, trims. White space at the ends counts, as it does for whoever reads the schema.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        if text.chars().any(is_unprintable) {
            return Err(TextError::Unprintable);
        }
        if text.chars().count() > MAX {
            return Err(TextError::TooLong(MAX));
        }
        if text.len() > BODY_BYTES_MAX {
            return Err(TextError::TooLarge);
        }
        if text.chars().all(is_invisible) {
            return Err(TextError::Empty);
        }
        Ok(Self(text.trim().to_owned()))
    }

    /// As [`Text::parse`], for a field that may be left out or blank.
    pub fn parse_optional(text: Option<&str>) -> Result<Option<Self>, TextError> {
        match text.map(Self::parse) {
            None | Some(Err(TextError::Empty)) => Ok(None),
            Some(other) => other.map(Some),
        }
    }

    /// The text in one line: a name or a subject may come to stand where a line end would begin something else.
    #[must_use]
    pub fn in_one_line(self) -> Self {
        let parts = self.0.split(['\n', '\t']).map(str::trim).filter(|part| !part.is_empty());
        Self(parts.collect::<Vec<_>>().join(" "))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Controls, and the characters that make text read other than it is (Trojan Source, CVE-2021-42574).
pub fn is_unprintable(character: char) -> bool {
    let control = character.is_control() && !matches!(character, '\n' | '\t');
    control
        || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// White space, and the characters that join, mark or fill but show nothing: a text of these alone says nothing.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
                | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}'
                | '\u{206A}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
                | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_and_normalises_line_ends() {
        let text = Text::<20>::parse("  a\r\nb\rc  ").unwrap();
        assert_eq!(text.as_str(), "a\nb\nc");
    }

    #[test]
    fn a_line_has_no_line_ends() {
        for (text, line) in [("a\r\nBcc: x", "a Bcc: x"), ("\na\t\t b \n\nc\n", "a b c"), ("a  b", "a  b")] {
            assert_eq!(Text::<20>::parse(text).unwrap().in_one_line().as_str(), line);
        }
    }

    #[test]
    fn refuses_what_is_not_text() {
        assert_eq!(Text::<9>::parse(" \n\t "), Err(TextError::Empty));
        assert_eq!(Text::<9>::parse("a\u{0}b"), Err(TextError::Unprintable));
        assert_eq!(Text::<9>::parse("a\u{1b}[31m"), Err(TextError::Unprintable));
        assert_eq!(Text::<9>::parse("a\u{202e}b"), Err(TextError::Unprintable));
        assert_eq!(Text::<9>::parse("a\u{85}"), Err(TextError::Unprintable));
        assert_eq!(Text::<9>::parse_optional(Some("\u{0b}")), Err(TextError::Unprintable));
        assert_eq!(Text::<3>::parse("日本語だ"), Err(TextError::TooLong(3)));
        assert_eq!(Text::<20_000>::parse(&"😀".repeat(15_001)), Err(TextError::TooLarge));
    }

    #[test]
    fn what_nobody_can_see_is_empty() {
        for blank in ["\u{200B}\u{200D}", "\u{FEFF}", " \u{2060}\n\u{3164}", "\u{E0041}\u{E0042}", "\u{200E}"]
        {
            assert_eq!(Text::<9>::parse(blank), Err(TextError::Empty), "{blank:?}");
            assert_eq!(Text::<9>::parse_optional(Some(blank)), Ok(None));
        }
        for seen in ["\u{200E}a", "👩\u{200D}💻", "नमस्\u{200D}ते"] {
            assert_eq!(Text::<9>::parse(seen).unwrap().as_str(), seen);
        }
    }

    #[test]
    fn counts_characters_not_bytes() {
        assert!(Text::<3>::parse("日本語").is_ok());
    }

    #[test]
    fn blank_optional_fields_are_absent() {
        assert_eq!(Text::<3>::parse_optional(Some("  ")), Ok(None));
        assert_eq!(Text::<3>::parse_optional(None), Ok(None));
    }
}
