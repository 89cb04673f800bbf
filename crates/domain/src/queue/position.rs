//! How a position is told: exactly near the head, rounded behind it.

use crate::limits::POSITION_EXACT_MAX;

/// Whether a position is told as it was counted.
pub fn is_told_exactly(position: u32) -> bool {
    position <= POSITION_EXACT_MAX
}

/// The number that people are shown for a counted position: itself up to [`POSITION_EXACT_MAX`]; beyond, to the nearest
/// 50, past 2,000 to the nearest 100, and past 10,000 to the nearest 1,000. More digits would claim to know more: what
/// is far ahead was counted a while ago, and claimed tickets may come back.
pub fn told(position: u32) -> u32 {
    let step = match position {
        near if is_told_exactly(near) => 1,
        ..=2_000 => 50,
        2_001..=10_000 => 100,
        _ => 1_000,
    };
    (position.saturating_add(step / 2) / step * step).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_the_head_it_is_exact_and_behind_it_round() {
        for (position, shown) in [
            (1, 1),
            (200, 200),
            (201, 200),
            (226, 250),
            (1_237, 1_250),
            (1_990, 2_000),
            (2_049, 2_000),
            (9_951, 10_000),
            (99_950, 100_000),
            (u32::MAX, 4_294_967_000),
        ] {
            assert_eq!(told(position), shown, "{position}");
        }
        assert!(is_told_exactly(200) && !is_told_exactly(201));
    }
}
