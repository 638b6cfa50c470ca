//! What a well-formed value of each kind is.
//!
//! Every function here takes a setting's parts as written and ends a failure's sentence,
//! which the caller begins with the setting's name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;

use super::{LogFormat, LogLevel, MapUrl, Origin, Transports};
use crate::ids::RoomName;

/// The end of a sentence that the setting's name begins.
pub(super) type Flaw = String;

/// At least one address; a port alone means loopback.
pub(super) fn addresses(parts: &[String]) -> Result<Vec<SocketAddr>, Flaw> {
    let mut all = Vec::new();
    for part in parts {
        for address in address(part)? {
            if !all.contains(&address) {
                all.push(address);
            }
        }
    }
    if all.is_empty() {
        return Err("needs at least one address".to_owned());
    }
    Ok(all)
}

/// Addresses, or `off`.
pub(super) fn addresses_or_off(parts: &[String]) -> Result<Option<Vec<SocketAddr>>, Flaw> {
    match parts {
        [word] if matches!(word.as_str(), "off" | "false") => Ok(None),
        parts => addresses(parts).map(Some),
    }
}

/// Addresses that only this machine can reach, or `off`.
pub(super) fn loopback_or_off(parts: &[String]) -> Result<Option<Vec<SocketAddr>>, Flaw> {
    let found = addresses_or_off(parts)?;
    let all = found.iter().flatten();
    match all.into_iter().find(|a| !a.ip().is_loopback()) {
        Some(open) => Err(format!(
            "is {open}, but plain HTTP is served on loopback only; use --listen for others"
        )),
        None => Ok(found),
    }
}

fn address(text: &str) -> Result<Vec<SocketAddr>, Flaw> {
    if let Ok(address) = text.parse() {
        return Ok(vec![address]);
    }
    let bare = text.strip_prefix("localhost").unwrap_or(text);
    let bare = bare.strip_prefix(':').unwrap_or(bare);
    match bare.parse() {
        Ok(port) => Ok(loopback(port)),
        Err(_) => Err(format!(
            "has `{text}`, which is no address such as 4433, 0.0.0.0:443 or [::]:443"
        )),
    }
}

/// Any free port (0) is taken once only, or the two would differ.
fn loopback(port: u16) -> Vec<SocketAddr> {
    let v4 = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let v6 = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port);
    if port == 0 { vec![v4] } else { vec![v4, v6] }
}

/// A port number alone.
pub(super) fn port(text: &str) -> Result<u16, Flaw> {
    text.parse()
        .map_err(|_| format!("is `{text}`, but must be a port from 0 to 65535"))
}

/// A path that is not empty.
pub(super) fn path(parts: &[String]) -> Result<PathBuf, Flaw> {
    match one(parts) {
        "" => Err("needs a path".to_owned()),
        text => Ok(PathBuf::from(text)),
    }
}

/// On or off.
pub(super) fn switch(parts: &[String]) -> Result<bool, Flaw> {
    match one(parts).to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" => Ok(true),
        "off" | "false" | "no" | "0" => Ok(false),
        other => Err(format!("is `{other}`, but must be on or off")),
    }
}

/// A whole number from 1 to `most`.
pub(super) fn count(parts: &[String], most: u32) -> Result<NonZeroU32, Flaw> {
    let text = one(parts);
    text.parse()
        .ok()
        .filter(|number: &NonZeroU32| number.get() <= most)
        .ok_or_else(|| format!("is `{text}`, but must be a whole number from 1 to {most}"))
}

/// At least one carrier.
pub(super) fn transports(parts: &[String]) -> Result<Transports, Flaw> {
    let mut offered = Transports {
        webtransport: false,
        websocket: false,
    };
    for part in parts {
        match part.to_ascii_lowercase().as_str() {
            "webtransport" => offered.webtransport = true,
            "websocket" => offered.websocket = true,
            other => {
                return Err(format!(
                    "has `{other}`, but knows webtransport and websocket"
                ));
            }
        }
    }
    if offered.webtransport || offered.websocket {
        Ok(offered)
    } else {
        Err("needs webtransport, websocket or both".to_owned())
    }
}

/// Web origins, none or more.
pub(super) fn origins(parts: &[String]) -> Result<Vec<Origin>, Flaw> {
    parts.iter().map(|part| origin(part)).collect()
}

fn origin(text: &str) -> Result<Origin, Flaw> {
    let flaw = || format!("has `{text}`, which is no origin such as https://chat.example.org");
    let lower = text.to_ascii_lowercase();
    let (scheme, rest) = lower.split_once("://").ok_or_else(flaw)?;
    let own_port = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return Err(flaw()),
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = host_and_port(authority).ok_or_else(flaw)?;
    Ok(Origin(match port {
        Some(port) if port != own_port => format!("{scheme}://{host}:{port}"),
        Some(_) | None => format!("{scheme}://{host}"),
    }))
}

fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let end_of_host = authority.find(']').map_or(0, |at| at + 1);
    let (host, port) = match authority[end_of_host..].find(':') {
        Some(at) => authority.split_at(end_of_host + at),
        None => (authority, ""),
    };
    let port = match port.strip_prefix(':') {
        Some(digits) => Some(digits.parse().ok()?),
        None => None,
    };
    is_host(host).then_some((host, port))
}

/// A name in ASCII (others in their `xn--` form) or an address, an IPv6 one in brackets.
fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().is_ok();
    }
    let label =
        |l: &str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    host.split('.').all(label)
}

/// Rooms by name, none or more.
pub(super) fn rooms(parts: &[String]) -> Result<Vec<RoomName>, Flaw> {
    let room = |part: &String| {
        RoomName::parse(part).map_err(|flaw| format!("has `{part}`, which is no room: {flaw}"))
    };
    parts.iter().map(room).collect()
}

/// Words, none or more; each of them is there.
pub(super) fn words(parts: &[String]) -> Result<Vec<String>, Flaw> {
    let word = |part: &String| match part.trim() {
        "" => Err("holds a word that is empty".to_owned()),
        word => Ok(word.to_owned()),
    };
    parts.iter().map(word).collect()
}

/// A link with a place for each coordinate.
pub(super) fn map_url(parts: &[String]) -> Result<MapUrl, Flaw> {
    let text = one(parts);
    let web = text.starts_with("https://") || text.starts_with("http://");
    let plain = text.bytes().all(|b| b.is_ascii_graphic());
    if web && plain && text.contains("{lat}") && text.contains("{lon}") {
        Ok(MapUrl(text.to_owned()))
    } else {
        Err(format!(
            "is `{text}`, but must be a web address that holds {{lat}} and {{lon}}"
        ))
    }
}

/// Text or JSON.
pub(super) fn log_format(parts: &[String]) -> Result<LogFormat, Flaw> {
    match one(parts) {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(format!("is `{other}`, but must be text or json")),
    }
}

/// One of five levels.
pub(super) fn log_level(parts: &[String]) -> Result<LogLevel, Flaw> {
    match one(parts) {
        "error" => Ok(LogLevel::Error),
        "warn" => Ok(LogLevel::Warn),
        "info" => Ok(LogLevel::Info),
        "debug" => Ok(LogLevel::Debug),
        "trace" => Ok(LogLevel::Trace),
        other => Err(format!(
            "is `{other}`, but must be error, warn, info, debug or trace"
        )),
    }
}

fn one(parts: &[String]) -> &str {
    parts.first().map_or("", String::as_str)
}
