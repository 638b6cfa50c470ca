//! Which web pages may open a connection to this server.
//!
//! Decides, from the `Origin` and the `Host` (over HTTP/3 the `:authority`) of a request,
//! whether a browser is asking on behalf of a page that belongs to this server. Does not
//! decide who the user is. Invariant: a name that resolves to this server but is not known to it is
//! refused, in either header, which ends DNS rebinding.

use std::net::IpAddr;

/// What is allowed beyond this machine itself and bare addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Origins that the operator lists, such as `https://chat.example.org`.
    pub origins: Vec<String>,
    /// DNS names that the certificate is for; `*.` stands for one label.
    pub names: Vec<String>,
}

/// Whether a request with this `Origin` and this `Host` may open a connection.
///
/// Without an origin it is no browser that asks, and a program can claim whatever it likes: allowed.
/// A listed origin is allowed. A page from this machine is allowed on this machine; a
/// page from a bare address is allowed at that address; a page from a name that the
/// certificate bears is allowed when it came over `https`.
#[must_use]
pub fn origin_allowed(origin: Option<&str>, host: &str, allowed: &Allowed) -> bool {
    let Some(origin) = origin else {
        return true;
    };
    let (Some(page), Some(host)) = (Page::parse(origin), Host::parse(host)) else {
        return false;
    };
    if !allowed.knows(&host) {
        return false;
    }
    allowed.lists(&page) || page.belongs_to(&host, allowed)
}

/// An origin taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    secure: bool,
    host: Host,
    port: u16,
}

/// Where a page comes from, or where a request is meant to go.
#[derive(Debug, PartialEq, Eq)]
enum Host {
    Loopback,
    Address(IpAddr),
    Name(String),
}

impl Allowed {
    fn lists(&self, page: &Page) -> bool {
        let mut listed = self.origins.iter().filter_map(|text| Page::parse(text));
        listed.any(|listed| listed == *page)
    }

    /// Whether this server can be meant at all. An address cannot be rebound, a name can.
    fn knows(&self, host: &Host) -> bool {
        match host {
            Host::Loopback | Host::Address(_) => true,
            Host::Name(name) => {
                self.names(name)
                    || self
                        .origins
                        .iter()
                        .filter_map(|text| Page::parse(text))
                        .any(|listed| listed.host == *host)
            }
        }
    }

    fn names(&self, name: &str) -> bool {
        self.names.iter().any(|known| covers(known, name))
    }
}

impl Page {
    fn parse(origin: &str) -> Option<Self> {
        let (scheme, rest) = origin.split_once("://")?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let (host, port) = split_port(rest.strip_suffix('/').unwrap_or(rest))?;
        let default = if secure { 443 } else { 80 };
        Some(Self {
            secure,
            host: Host::of(host)?,
            port: port.unwrap_or(default),
        })
    }

    fn belongs_to(&self, host: &Host, allowed: &Allowed) -> bool {
        match &self.host {
            Host::Loopback => *host == Host::Loopback,
            Host::Address(_) => self.host == *host,
            Host::Name(name) => self.secure && allowed.names(name),
        }
    }
}

impl Host {
    fn parse(header: &str) -> Option<Self> {
        let (host, _) = split_port(header)?;
        Self::of(host)
    }

    fn of(host: &str) -> Option<Self> {
        if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            let address = address.to_canonical();
            return Some(if address.is_loopback() {
                Self::Loopback
            } else {
                Self::Address(address)
            });
        }
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        let well_formed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if name.is_empty() || !name.chars().all(well_formed) {
            return None;
        }
        let local = name == "localhost" || name.ends_with(".localhost");
        Some(if local {
            Self::Loopback
        } else {
            Self::Name(name)
        })
    }
}

/// Takes a port off `host:port`, `[v6]:port`, or either without a port.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let after_bracket = text.rfind(']').map_or(0, |end| end + 1);
    match text[after_bracket..].rfind(':') {
        None => Some((text, None)),
        Some(colon) => {
            let (host, port) = text.split_at(after_bracket + colon);
            Some((host, Some(port[1..].parse().ok()?)))
        }
    }
}

/// Whether a certificate's name covers a host (RFC 9525, section 6.3).
fn covers(known: &str, name: &str) -> bool {
    match known.strip_prefix("*.") {
        None => known.eq_ignore_ascii_case(name),
        Some(parent) => name
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(parent)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> Allowed {
        Allowed {
            origins: vec![
                "https://www.example.net".into(),
                "http://dev.test:8080".into(),
            ],
            names: vec!["chat.example.org".into(), "*.example.com".into()],
        }
    }

    fn asks(origin: &str, host: &str) -> bool {
        origin_allowed(Some(origin), host, &allowed())
    }

    #[test]
    fn a_program_without_an_origin_is_allowed() {
        assert!(origin_allowed(None, "anything", &Allowed::default()));
    }

    #[test]
    fn pages_of_this_machine_are_allowed_on_this_machine_alone() {
        for origin in [
            "http://localhost:4480",
            "https://127.0.0.1:4433",
            "http://[::1]:3000",
            "https://chat.localhost",
            "http://127.8.9.1",
        ] {
            assert!(asks(origin, "localhost:4433"), "{origin}");
            assert!(asks(origin, "[::1]:4433"), "{origin}");
            assert!(!asks(origin, "192.0.2.7:4433"), "{origin}");
            assert!(!asks(origin, "chat.example.org"), "{origin}");
        }
    }

    #[test]
    fn a_page_of_a_bare_address_is_allowed_at_that_address() {
        assert!(asks("https://192.0.2.7:4433", "192.0.2.7:4433"));
        assert!(asks("https://[2001:db8::1]", "[2001:DB8:0::1]:4433"));
        assert!(!asks("https://192.0.2.8:4433", "192.0.2.7:4433"));
        assert!(!asks("https://192.0.2.7", "127.0.0.1:4433"));
    }

    #[test]
    fn a_name_that_was_rebound_to_this_machine_is_refused() {
        assert!(!asks("http://evil.test:4480", "evil.test:4480"));
        assert!(!asks("http://localhost:4480", "evil.test:4480"));
        assert!(!asks("http://evil.test:4480", "127.0.0.1:4480"));
        assert!(!asks("http://localhost.evil.test", "localhost"));
        assert!(!asks("http://127.0.0.1.evil.test", "127.0.0.1"));
    }

    #[test]
    fn names_of_the_certificate_are_allowed_over_https() {
        assert!(asks("https://chat.example.org", "chat.example.org"));
        assert!(asks(
            "https://Chat.Example.org:4433",
            "chat.example.org.:4433"
        ));
        assert!(asks("https://a.example.com", "b.example.com"));
        assert!(!asks("http://chat.example.org", "chat.example.org"));
        assert!(!asks("https://a.b.example.com", "a.b.example.com"));
        assert!(!asks("https://example.com", "example.com"));
    }

    #[test]
    fn listed_origins_are_allowed_to_the_letter() {
        assert!(asks("https://www.example.net", "127.0.0.1:4480"));
        assert!(asks("https://www.example.net:443", "www.example.net"));
        assert!(asks("http://dev.test:8080", "localhost"));
        assert!(!asks("http://www.example.net", "www.example.net"));
        assert!(!asks("http://dev.test:8081", "localhost"));
        assert!(!asks("https://www.example.net", "evil.test"));
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for origin in [
            "null",
            "",
            "localhost",
            "file://",
            "https://",
            "http://a b",
            "http://h:x",
        ] {
            assert!(!asks(origin, "localhost"), "{origin}");
        }
        assert!(!asks("http://localhost", ""));
    }
}
