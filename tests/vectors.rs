//! The golden vectors: the bytes that every implementation of the protocol shares.
//!
//! `tests/vectors/*.json` is written by the Rust encoder with `CHINWAG_BLESS=1` and otherwise
//! only compared, so a change of the wire shows as a change of these files. The client's
//! codec reads the same files.

#[path = "vectors/cases.rs"]
mod cases;
#[path = "vectors/frames.rs"]
mod frames;
#[path = "vectors/json.rs"]
mod json;
#[path = "vectors/malformed.rs"]
mod malformed;
#[path = "vectors/rich.rs"]
mod rich;

use std::path::PathBuf;

use chinwag::wire::frame::HEADER;
use chinwag::wire::{self, Event, WireError};
use malformed::Malformed;
use serde_json::{Value, json};

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks_exact(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

/// One case a line, so that a change shows as the lines it changes.
fn document(groups: &[(&str, Vec<Value>)]) -> String {
    let lists = groups.iter().map(|(name, cases)| {
        let lines: Vec<_> = cases.iter().map(|case| format!("    {case}")).collect();
        format!("  \"{name}\": [\n{}\n  ]", lines.join(",\n"))
    });
    format!("{{\n{}\n}}\n", lists.collect::<Vec<_>>().join(",\n"))
}

fn hold(file: &str, groups: &[(&str, Vec<Value>)]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(file);
    let fresh = document(groups);
    if std::env::var_os("CHINWAG_BLESS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    for (kept, fresh) in kept.lines().zip(fresh.lines()) {
        assert_eq!(kept, fresh, "{file} differs: the wire has changed");
    }
    assert_eq!(kept.len(), fresh.len(), "{file} differs in length");
}

fn valid(name: &str, frame: &[u8], value: Value) -> Value {
    json!({ "name": name, "hex": hex(&frame[HEADER..]), "value": value })
}

fn refused(case: Malformed) -> Value {
    json!({ "name": case.name, "hex": case.hex, "error": case.error })
}

fn error_name(error: WireError) -> &'static str {
    match error {
        WireError::TooLong => "tooLong",
        WireError::Truncated => "truncated",
        WireError::Malformed => "malformed",
        WireError::Trailing(_) => "trailing",
    }
}

#[test]
fn commands_encode_as_they_always_have() {
    let cases = cases::commands();
    let valid = cases.iter().map(|(name, command)| {
        let frame = wire::encode_command(command).unwrap();
        valid(name, &frame, json::command(command))
    });
    let malformed = malformed::commands().into_iter().map(refused);
    hold(
        "commands.json",
        &[
            ("valid", valid.collect()),
            ("malformed", malformed.collect()),
        ],
    );
}

#[test]
fn every_command_decodes_to_what_was_encoded() {
    for (name, command) in cases::commands() {
        let frame = wire::encode_command(&command).unwrap();
        let decoded = wire::decode_command(&frame[HEADER..]).unwrap();
        assert_eq!(decoded, wire::Command::from(command), "{name}");
    }
}

#[test]
fn events_encode_as_they_always_have() {
    let cases = cases::events();
    let valid = cases.iter().map(|(name, event)| {
        let frame = wire::encode_event(event).unwrap();
        valid(name, &frame, json::event(event))
    });
    let malformed = malformed::events().into_iter().map(refused);
    hold(
        "events.json",
        &[
            ("valid", valid.collect()),
            ("malformed", malformed.collect()),
        ],
    );
}

#[test]
fn every_event_decodes_to_what_was_encoded() {
    for (name, event) in cases::events() {
        let frame = wire::encode_event(&event).unwrap();
        let decoded: Event = wire::decode_event(&frame[HEADER..]).unwrap();
        assert_eq!(decoded, event, "{name}");
    }
}

// X4
#[test]
fn malformed_commands_are_refused_by_name() {
    for case in malformed::commands() {
        let got = wire::decode_command(&unhex(&case.hex)).map(|_| ());
        hold_error(&case, got);
    }
}

#[test]
fn malformed_events_are_refused_by_name() {
    for case in malformed::events() {
        let got = wire::decode_event(&unhex(&case.hex)).map(|_| ());
        hold_error(&case, got);
    }
}

fn hold_error(case: &Malformed, got: Result<(), WireError>) {
    let got = got.err().map(error_name);
    // What is too large for JavaScript only is a value here.
    let expected = (case.error != "unsafeInteger").then_some(case.error);
    assert_eq!(got, expected, "{}", case.name);
}

#[test]
fn frames_are_cut_as_they_always_have_been() {
    hold(
        "frames.json",
        &[("stream", frames::streams()), ("tagged", frames::tagged())],
    );
}
