//! Bytes from a client: the commands.
#![no_main]

use bincode::config::legacy;
use chinwag_fuzz::wire::frame::HEADER;
use chinwag_fuzz::wire::raw::RawCommand;
use chinwag_fuzz::wire::{MAX_FRAME, decode_command, encode_command, hello_version};
use chinwag_fuzz::{COMMAND_BYTES, peak_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|payload: &[u8]| {
    let (decoded, peak) = peak_of(|| decode_command(payload));
    assert!(
        peak <= COMMAND_BYTES,
        "{peak} bytes for {} bytes",
        payload.len()
    );
    let version = hello_version(payload);
    if decoded.is_ok() {
        let (raw, used): (RawCommand, _) =
            bincode::serde::decode_from_slice(payload, legacy()).expect("it has decoded once");
        assert_eq!(used, payload.len());
        if let RawCommand::Hello(hello) = &raw {
            assert_eq!(version, Some(hello.version));
        }
        let frame = encode_command(&raw).expect("what came in a frame fits a frame");
        assert_eq!(&frame[HEADER..], payload, "one value has one encoding");
        assert!(payload.len() <= MAX_FRAME);
    }
});
