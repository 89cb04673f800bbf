//! Percent-encoding, undone.

/// The bytes that `text` stands for. A `%` without two digits stays as it is: whoever reads it strictly refuses it.
pub fn decoded(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after
            .first_chunk::<2>()
            .filter(|_| byte == b'%')
            .and_then(|[high, low]| Some(hex(*high)? << 4 | hex(*low)?));
        bytes.push(digits.unwrap_or(byte));
        rest = if digits.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_read_and_the_rest_stays() {
        for (text, read) in [
            ("", ""),
            ("%6bey", "key"),
            ("a%2Fb", "a/b"),
            ("100%", "100%"),
            ("%6", "%6"),
            ("%zz%41", "%zzA"),
            ("%%41", "%A"),
        ] {
            assert_eq!(decoded(text), read.as_bytes(), "{text}");
        }
    }
}
