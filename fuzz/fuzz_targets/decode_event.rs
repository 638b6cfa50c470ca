//! Bytes from a server: the events.
#![no_main]

use chinwag_fuzz::wire::frame::HEADER;
use chinwag_fuzz::wire::{decode_event, encode_event};
use chinwag_fuzz::{EVENT_BYTES, peak_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|payload: &[u8]| {
    let (decoded, peak) = peak_of(|| decode_event(payload));
    assert!(
        peak <= EVENT_BYTES,
        "{peak} bytes for {} bytes",
        payload.len()
    );
    if let Ok(event) = decoded {
        let frame = encode_event(&event).expect("what came in a frame fits a frame");
        assert_eq!(&frame[HEADER..], payload, "one value has one encoding");
    }
});
