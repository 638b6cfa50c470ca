//! The text of a message of the load: when it was to be sent, and filling.
//!
//! Invariant: what is written is read back; any other text is no stamp. Letters only, so that a
//! filter of profane words, which reads digits as letters, finds nothing: no vowels, and a mark
//! between them.

use std::time::Duration;

use crate::config::STAMP_BYTES;

/// Sixteen of them, for four bits each.
const LETTERS: &[u8; 16] = b"bdghjkmnpqrvwxyz";
const FILLING: char = '-';
/// What a message without a stamp begins with.
const NO_STAMP: &str = "flood";

/// A text of `size` bytes (at least [`STAMP_BYTES`]) that says `sent`, which is less than a day.
pub(super) fn write(sent: Duration, size: usize) -> String {
    let nanos = u64::try_from(sent.as_nanos()).unwrap_or(u64::MAX);
    let digit = |at: usize| LETTERS[usize::from((nanos >> (4 * at)) as u8 & 15)];
    let letters = (0..STAMP_BYTES).map(digit).map(char::from);
    let filling = std::iter::repeat_n(FILLING, size.saturating_sub(STAMP_BYTES));
    letters.chain(filling).collect()
}

/// A text of `size` bytes (at least [`STAMP_BYTES`]) that says nothing: its latency is not measured.
pub(super) fn none(size: usize) -> String {
    let filling = std::iter::repeat_n(FILLING, size.saturating_sub(NO_STAMP.len()));
    NO_STAMP.chars().chain(filling).collect()
}

/// When the message with this text was to be sent.
pub(super) fn read(text: &str) -> Option<Duration> {
    let letters = text.as_bytes().first_chunk::<STAMP_BYTES>()?;
    let mut nanos = 0;
    for letter in letters.iter().rev() {
        let digit = LETTERS.iter().position(|it| it == letter)?;
        nanos = nanos << 4 | u64::try_from(digit).ok()?;
    }
    Some(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_has_the_length_that_was_asked_for() {
        for nanos in [0, 1, 999_999_999, 86_400_000_000_000, u64::MAX] {
            let sent = Duration::from_nanos(nanos);
            for size in [STAMP_BYTES, 100, 4_000] {
                let text = write(sent, size);
                assert_eq!(text.len(), size);
                assert_eq!(read(&text), Some(sent));
            }
        }
    }

    #[test]
    fn a_text_of_a_flood_has_its_length_and_no_stamp() {
        for size in [STAMP_BYTES, 4_000] {
            let text = none(size);
            assert_eq!((text.len(), read(&text)), (size, None));
        }
    }

    #[test]
    fn a_text_of_somebody_else_is_no_stamp() {
        for text in ["", "hello", "bbbbbbbbbbbbbbb", "bbbbbbbbbbbbbbba-----"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
