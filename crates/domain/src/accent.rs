//! A desk's colour on its pages: one that everybody can read by day, and the one that follows from it for the dark.
//!
//! ```
//! use tierline_domain::accent::Accent;
//!
//! let accent = Accent::parse("#0b5cad").unwrap();
//! assert_eq!(accent.light.to_string(), "#0b5cad");
//! assert!(Accent::parse("#f5c542").unwrap_err().contains("contrast of 1.4"));
//! ```

use std::fmt;

/// What is written must stand out by so much from what it is written on: WCAG 2.2, 1.4.3, level AA.
pub const CONTRAST_MIN: f64 = 4.5;
/// What pages are drawn on by day, darkest first, and in the dark, lightest first.
pub const GROUNDS: [Colour; 2] = [Colour([0xf5, 0xf6, 0xf8]), Colour([0xff, 0xff, 0xff])];
/// See [`GROUNDS`].
pub const GROUNDS_DARK: [Colour; 2] = [Colour([0x1a, 0x20, 0x28]), Colour([0x11, 0x15, 0x1b])];
/// What is written on the colour itself, by day and in the dark.
pub const INKS: [Colour; 2] = [WHITE, Colour([0x0b, 0x16, 0x22])];

const WHITE: Colour = Colour([0xff; 3]);
const BLACK: Colour = Colour([0; 3]);
/// Of the colour in what marks one's own words, in hundredths.
const TINT: u32 = 8;
/// Steps towards white, in hundredths, until it can be read in the dark.
const STEP: u32 = 4;

/// By day it must stand out more from the ground, so that it is readable on what marks one's own words as well.
const GROUND_CONTRAST_MIN: f64 = 5.0;

/// What is wrong with a desk's colour; nothing if it can be read by day. Apart from what follows from it, and in few words: a
/// desk's file is checked where every byte of code counts.
pub fn fault(text: &str) -> Option<String> {
    let Some(light) = Colour::parse(text) else {
        return Some("must be # and six hexadecimal digits".to_owned());
    };
    let [ground, _] = GROUNDS;
    let reached = light.contrast(ground);
    // Cut, so that what fails by little is not said to be enough.
    let tenths = byte(reached * 10.0);
    let told =
        || format!("has a contrast of {}.{}:1 and needs 5:1: take a darker one", tenths / 10, tenths % 10);
    (reached < GROUND_CONTRAST_MIN).then(told)
}

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

/// A desk's colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    /// By day: as the desk's file says it.
    pub light: Colour,
    /// In the dark: the same, as much lighter as it must be.
    pub dark: Colour,
}

impl Accent {
    /// Of `#` and six hexadecimal digits; else what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(what) = fault(text) {
            return Err(what);
        }
        let light = Colour::parse(text).unwrap_or(BLACK);
        let lighter = (0..=100).step_by(STEP as usize).map(|share| light.mixed(WHITE, share));
        let dark = lighter.into_iter().find(|colour| colour.readable(GROUNDS_DARK) >= CONTRAST_MIN);
        Ok(Self { light, dark: dark.unwrap_or(WHITE) })
    }

    /// What buttons become under a hand, by day and in the dark.
    pub fn strong(self) -> [Colour; 2] {
        [self.light.mixed(BLACK, 20), self.dark.mixed(WHITE, 30)]
    }

    /// What marks one's own words, by day and in the dark.
    pub fn tints(self) -> [Colour; 2] {
        let ([_, sheet], [sheet_dark, _]) = (GROUNDS, GROUNDS_DARK);
        [self.light.tint(sheet), self.dark.tint(sheet_dark)]
    }
}

impl Colour {
    /// Of `#` and six hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let mut number = 0_u32;
        for character in digits.chars() {
            number = number * 16 + character.to_digit(16)?;
        }
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// The least contrast with what it is written on, and with what is tinted by it.
    fn readable(self, grounds: [Self; 2]) -> f64 {
        let tinted = grounds.map(|ground| self.tint(ground));
        let all = grounds.into_iter().chain(tinted).map(|ground| self.contrast(ground));
        all.fold(f64::INFINITY, f64::min)
    }

    fn tint(self, ground: Self) -> Self {
        ground.mixed(self, TINT)
    }

    /// With so many hundredths of another.
    fn mixed(self, other: Self, share: u32) -> Self {
        let (Self([r, g, b]), Self([or, og, ob])) = (self, other);
        let mix = |one: u8, two: u8| {
            let sum = u32::from(one) * (100 - share.min(100)) + u32::from(two) * share.min(100);
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self([mix(r, or), mix(g, og), mix(b, ob)])
    }

    /// From 1 to 21, as WCAG reckons it.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let Self([red, green, blue]) = self;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // it saturates
fn byte(number: f64) -> u8 {
    number as u8
}

/// Light of an sRGB channel, 0 to 1. The power 2.4 is made of a square and a fifth root, which Newton finds: a library's
/// would weigh more than all of this.
fn linear(channel: u8) -> f64 {
    let share = f64::from(channel) / 255.0;
    if share <= 0.040_45 {
        return share / 12.92;
    }
    let base = (share + 0.055) / 1.055;
    let mut root = 1.0;
    for _ in 0..24 {
        let fourth = root * root * root * root;
        root = (4.0 * root + base / fourth) / 5.0;
    }
    base * base * root * root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn contrasts_are_those_of_wcag() {
        for (one, two, known) in [
            ("#000000", "#ffffff", 21.0),
            ("#777777", "#ffffff", 4.48),
            ("#0b5cad", "#ffffff", 6.67),
            ("#ff0000", "#ffffff", 4.0),
        ] {
            let reckoned = colour(one).contrast(colour(two));
            assert!((reckoned - known).abs() < 0.01, "{one} on {two}: {reckoned}");
        }
        for channel in 0..=255 {
            let share = f64::from(channel) / 255.0;
            let known = if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) };
            assert!((linear(channel) - known).abs() < 1e-12, "{channel}");
        }
    }

    #[test]
    fn what_is_no_colour_and_what_nobody_can_read_is_refused() {
        for wrong in ["", "0b5cad", "#0b5ca", "#0b5cadff", "#0b5cag", "blue", "#+b5cad", "#äöü", "#1234५"]
        {
            assert!(Accent::parse(wrong).unwrap_err().contains("six hexadecimal digits"), "{wrong}");
        }
        assert!(Accent::parse("#777777").unwrap_err().contains("contrast of 4.1"), "read on a tint too");
        assert_eq!(Accent::parse("#0B5CAD"), Accent::parse("#0b5cad"));
    }

    proptest! {
        #[test]
        fn what_is_taken_can_be_read_everywhere(digits in 0_u32..0x100_0000) {
            let Ok(accent) = Accent::parse(&format!("#{digits:06x}")) else { return Ok(()) };
            let [tint, tint_dark] = accent.tints();
            let light = GROUNDS.into_iter().chain([tint, INKS[0]]).map(|ground| accent.light.contrast(ground));
            let dark = GROUNDS_DARK.into_iter().chain([tint_dark, INKS[1]]).map(|ground| accent.dark.contrast(ground));
            for contrast in light.chain(dark) {
                prop_assert!(contrast >= CONTRAST_MIN, "{accent:?}: {contrast}");
            }
            let [strong, strong_dark] = accent.strong();
            prop_assert!(strong.contrast(INKS[0]) >= CONTRAST_MIN && strong_dark.contrast(INKS[1]) >= CONTRAST_MIN);
        }
    }
}
