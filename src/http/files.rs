//! The web client's files, as they lie in the binary.
//!
//! Decides which variant of a file goes out (Brotli, gzip or plain), how long it may be
//! kept, and whether the browser already has it. Invariant: what is named by its content
//! is kept for ever, and everything else is asked for again each time.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rust_embed::RustEmbed;

/// What the build of the web client left, each file beside its `.br` and `.gz`. In a
/// development build the files are read from the disk each time.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Client;

/// The folder of files that have a digest of their content in their names.
const HASHED: &str = "assets/";
/// A year, which is as long as caches heed (RFC 9111, section 1.2.2 allows more).
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Content codings that the client's build makes, the smaller result first.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A source of files by their path, without a leading slash.
#[derive(Clone, Copy, Debug)]
pub struct Files {
    get: fn(&str) -> Option<Cow<'static, [u8]>>,
}

impl Files {
    /// The web client in this binary.
    #[must_use]
    pub fn embedded() -> Self {
        Self::new(|path| Client::get(path).map(|file| file.data))
    }

    /// Files from a function.
    #[must_use]
    pub fn new(get: fn(&str) -> Option<Cow<'static, [u8]>>) -> Self {
        Self { get }
    }

    /// The answer to a request with these headers for this file; nothing if there is none.
    pub(super) fn respond(self, path: &str, asked: &HeaderMap) -> Option<Response> {
        if !is_public(path) {
            return None;
        }
        let plain = (self.get)(path)?;
        let (coding, content) = self
            .encoded(path, asked)
            .map_or((None, plain), |(coding, content)| (Some(coding), content));
        let mut answer = if path.starts_with(HASHED) {
            kept(content)
        } else {
            checked(content, asked)
        };
        let headers = answer.headers_mut();
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(CONTENT_TYPE, media_type(path));
        if let Some(coding) = coding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        Some(answer)
    }

    /// The best variant that the browser reads and the build made.
    fn encoded(self, path: &str, asked: &HeaderMap) -> Option<(&'static str, Cow<'static, [u8]>)> {
        let mut wanted: Vec<_> = CODINGS
            .iter()
            .map(|(coding, suffix)| (quality(asked, coding), *coding, *suffix))
            .filter(|(quality, ..)| *quality > 0)
            .collect();
        // Stable, so that equals stay in the order of their size.
        wanted.sort_by_key(|(quality, ..)| std::cmp::Reverse(*quality));
        wanted.into_iter().find_map(|(_, coding, suffix)| {
            (self.get)(&format!("{path}{suffix}")).map(|content| (coding, content))
        })
    }
}

/// Variants are chosen by headers, never by name; nothing hidden and no way up is served.
fn is_public(path: &str) -> bool {
    let variant = CODINGS.iter().any(|(_, suffix)| path.ends_with(suffix));
    !variant
        && !path
            .split('/')
            .any(|part| part.is_empty() || part.starts_with('.'))
}

fn kept(content: Cow<'static, [u8]>) -> Response {
    ([(CACHE_CONTROL, FOR_EVER)], body(content)).into_response()
}

fn checked(content: Cow<'static, [u8]>, asked: &HeaderMap) -> Response {
    let tag = entity_tag(&content);
    let known = asked
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|list| names_tag(list, &tag));
    let headers = [
        (CACHE_CONTROL, ASK_AGAIN),
        (
            ETAG,
            HeaderValue::try_from(tag).expect("hexadecimal digits are a header value"),
        ),
    ];
    if known {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        (headers, body(content)).into_response()
    }
}

fn body(content: Cow<'static, [u8]>) -> Body {
    Body::from(match content {
        Cow::Borrowed(in_binary) => Bytes::from_static(in_binary),
        Cow::Owned(read) => Bytes::from(read),
    })
}

/// Half a SHA-256 of what goes out, so that each variant has its own (RFC 9110, 8.8.3).
fn entity_tag(content: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, content);
    let digits: String = digest.as_ref()[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{digits}\"")
}

/// Weak comparison (RFC 9110, 13.1.2).
fn names_tag(list: &str, tag: &str) -> bool {
    list.split(',')
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == "*" || one == tag)
}

/// How much a coding is wanted, in thousandths (RFC 9110, 12.5.3).
fn quality(asked: &HeaderMap, coding: &str) -> u16 {
    let lists = asked.get_all(ACCEPT_ENCODING).iter();
    let mut any = 0;
    for item in lists
        .filter_map(|v| v.to_str().ok())
        .flat_map(|l| l.split(','))
    {
        let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        if name.trim().eq_ignore_ascii_case(coding) {
            return thousandths(weight);
        }
        if name.trim() == "*" {
            any = thousandths(weight);
        }
    }
    any
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to 0..=1000
fn thousandths(weight: &str) -> u16 {
    let number = weight.trim().trim_start_matches(['q', 'Q', '=']).trim();
    let value: f32 = number.parse().unwrap_or(0.0);
    (value.clamp(0.0, 1.0) * 1000.0) as u16
}

fn media_type(path: &str) -> HeaderValue {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    let text = match guess.essence_str() {
        "text/html" | "text/css" | "text/javascript" | "text/plain" => {
            format!("{}; charset=utf-8", guess.essence_str())
        }
        other => other.to_owned(),
    };
    HeaderValue::try_from(text).expect("media types are header values")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(encodings: &'static str) -> HeaderMap {
        [(ACCEPT_ENCODING, HeaderValue::from_static(encodings))]
            .into_iter()
            .collect()
    }

    #[test]
    fn weights_are_read_as_the_standard_has_them() {
        let cases = [
            ("gzip, br", 1000),
            ("gzip;q=1.0, br;q=0.5", 500),
            ("BR ; q=0.25", 250),
            ("*;q=0.1", 100),
            ("*, br;q=0", 0),
            ("brotli", 0),
            ("br;q=nonsense", 0),
            ("", 0),
        ];
        for (header, expected) in cases {
            assert_eq!(quality(&asking(header), "br"), expected, "{header}");
        }
    }

    #[test]
    fn variants_hidden_files_and_ways_up_have_no_name() {
        for path in [
            "index.html.br",
            "a.js.gz",
            "../Cargo.toml",
            "assets//x",
            ".env",
            "",
        ] {
            assert!(!is_public(path), "{path}");
        }
        assert!(is_public("assets/index-Bx1.js"));
    }
}
