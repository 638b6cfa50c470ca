//! What every answer carries, and which requests are not for this server.
//!
//! Decides the security headers and the hosts that this server answers for. Invariant: no
//! answer leaves without the headers, and no page is served under a name that is not ours,
//! so that a foreign name which is pointed at this machine (DNS rebinding) opens nothing.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HOST, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Site, Trust};
use crate::config::Origin;

/// The names that a server answers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// Addresses, `localhost` and these names, in lower case; `*.` stands for one label.
    Named(Vec<String>),
    /// Whatever it is called.
    Any,
}

impl Hosts {
    /// The hosts of the origins that were set.
    #[must_use]
    pub fn of(origins: &[Origin]) -> Self {
        Self::Named(origins.iter().map(|o| o.host().to_owned()).collect())
    }

    /// Whether this host, without its port, is one of ours. Addresses are, because a page
    /// under an address has nobody's name to borrow.
    fn answer_to(&self, host: &str) -> bool {
        let names = match self {
            Self::Any => return true,
            Self::Named(names) => names,
        };
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let is_address = ipv6(&host).is_some() || host.parse::<IpAddr>().is_ok();
        is_address
            || host == "localhost"
            || host.ends_with(".localhost")
            || names.iter().any(|name| names_host(name, &host))
    }
}

fn names_host(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(parent) => host.split_once('.').is_some_and(|(_, rest)| rest == parent),
        None => name == host,
    }
}

fn ipv6(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
/// Only a shared location asks for a sensor.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "geolocation=(self), accelerometer=(), camera=(), display-capture=(), \
     gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), \
     payment=(), serial=(), usb=(), xr-spatial-tracking=()",
);
const A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Turns foreign hosts away and dresses every answer of the web server.
pub(super) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let ours = match our_host(&request, &site.hosts) {
        Ok(ours) => ours,
        Err(refusal) => return plain_headers(refusal.into_response()),
    };
    let policy = content_security_policy(&site, &ours);
    let mut answer = plain_headers(next.run(request).await);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert("permissions-policy", PERMISSIONS);
    headers.insert("cross-origin-opener-policy", SAME_ORIGIN);
    if site.tls && matches!(site.trust, Trust::Vouched) {
        headers.insert(STRICT_TRANSPORT_SECURITY, A_YEAR);
    }
    answer
}

/// The same for a listener that serves no pages.
pub(super) async fn guard_plain(
    State(hosts): State<Arc<Hosts>>,
    request: Request,
    next: Next,
) -> Response {
    match our_host(&request, &hosts) {
        Ok(_) => plain_headers(next.run(request).await),
        Err(refusal) => plain_headers(refusal.into_response()),
    }
}

/// What a page or a text may do when it has no more to say: nothing.
fn plain_headers(mut answer: Response) -> Response {
    const NOTHING: HeaderValue =
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    let corp = HeaderName::from_static("cross-origin-resource-policy");
    let headers = answer.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CONTENT_SECURITY_POLICY, NOTHING);
    headers.insert(corp, SAME_ORIGIN);
    answer
}

/// Why a request is turned away.
type Refusal = (StatusCode, &'static str);

const NO_HOST: Refusal = (
    StatusCode::BAD_REQUEST,
    "The request does not say, in one plain Host header, which host it is for.\n",
);
const FOREIGN_HOST: Refusal = (
    StatusCode::MISDIRECTED_REQUEST,
    "This server does not answer to that name. If it should, start it with --origin and the name.\n",
);

/// The host that the request is for, if it is ours (RFC 9110, 7.2 and 15.5.20).
fn our_host(request: &Request, hosts: &Hosts) -> Result<Authority, Refusal> {
    let authority = match request.uri().authority() {
        Some(authority) => authority.clone(),
        None => the_host_header(request.headers()).ok_or(NO_HOST)?,
    };
    // The policy is made of it, so it may hold nothing that ends a source.
    let clean = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    if !authority.as_str().bytes().all(clean) {
        return Err(NO_HOST);
    }
    if hosts.answer_to(authority.host()) {
        Ok(authority)
    } else {
        Err(FOREIGN_HOST)
    }
}

/// The one `Host`; none, several or nonsense is nobody's.
fn the_host_header(headers: &HeaderMap) -> Option<Authority> {
    let mut all = headers.get_all(HOST).iter();
    let only = all.next().filter(|_| all.next().is_none())?;
    Authority::try_from(only.as_bytes()).ok()
}

/// What the page may load and where it may connect to: the server it came from and the
/// QUIC port of the same host. The one policy of trusted types gives the address of the
/// service worker and nothing else (`web/src/ui/offline/register.ts`): browsers take no
/// worker from a page that may have none.
fn content_security_policy(site: &Site, ours: &Authority) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; manifest-src 'self'; worker-src 'self'; connect-src {}; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types worker",
        connections(site, ours)
    );
    HeaderValue::try_from(policy).expect("the host is checked to hold only plain characters")
}

fn connections(site: &Site, ours: &Authority) -> String {
    let mut sources = vec!["'self'".to_owned()];
    // A source cannot name an IPv6 address (CSP 3, host-part); there 'self' is all there is.
    if ipv6(ours.host()).is_none() {
        let scheme = if site.tls { "wss" } else { "ws" };
        sources.push(format!("{scheme}://{ours}"));
        if let Some(port) = site.webtransport {
            sources.push(format!("https://{}:{port}", ours.host()));
        }
    }
    if site.webtransport.is_some() && matches!(site.trust, Trust::SelfSigned(_)) {
        sources.push("'unsafe-webtransport-hashes'".to_owned());
    }
    sources.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    // X11
    #[test]
    fn only_addresses_localhost_and_our_own_names_are_answered() {
        let hosts = Hosts::Named(vec!["chat.example.org".into(), "*.chat.example.net".into()]);
        for ours in [
            "localhost",
            "LOCALHOST",
            "chinwag.localhost",
            "127.0.0.1",
            "192.168.1.7",
            "[::1]",
            "Chat.Example.org.",
            "eu.chat.example.net",
        ] {
            assert!(hosts.answer_to(ours), "{ours}");
        }
        for foreign in [
            "example.org",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "a.b.chat.example.net",
            "chat.example.net",
            "[evil]",
        ] {
            assert!(!hosts.answer_to(foreign), "{foreign}");
        }
    }
}
