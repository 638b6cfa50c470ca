//! The web server by requests, without a socket.

use std::borrow::Cow;

use axum::body::{Body, to_bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETAG, HOST, IF_NONE_MATCH,
    STRICT_TRANSPORT_SECURITY, VARY,
};
use tower_service::Service;

use super::*;
use crate::config::Config;

const INDEX: &[u8] = b"<!doctype html><title>Chinwag</title>";

fn client(path: &str) -> Option<Cow<'static, [u8]>> {
    let content: &[u8] = match path {
        "index.html" => INDEX,
        "index.html.br" => b"index in brotli",
        "index.html.gz" => b"index in gzip",
        "favicon.svg" => b"<svg/>",
        "icon-512.png" => b"\x89PNG",
        "manifest.webmanifest" => b"{}",
        "sw.js" => b"worker()",
        "sw.js.br" => b"worker in brotli",
        "assets/app-a1b2.js" => b"app()",
        "assets/app-a1b2.js.gz" => b"app in gzip",
        _ => return None,
    };
    Some(Cow::Borrowed(content))
}

fn site() -> Site {
    Site {
        tls: false,
        trust: Trust::SelfSigned(Arc::new(|| vec![[0; 32], [255; 32]])),
        hosts: Hosts::Named(vec!["chat.example.org".into()]),
        webtransport: Some(4433),
        map_url: Config::default().map_url,
        draining: CancellationToken::new(),
        files: Files::new(client),
    }
}

fn endpoint() -> MethodRouter {
    get(async || "upgraded")
}

async fn ask(site: Site, request: axum::http::request::Builder) -> Response {
    let request = request.body(Body::empty()).unwrap();
    router(site, Some(endpoint())).call(request).await.unwrap()
}

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, "localhost:4480")
}

async fn fetch(path: &str) -> Response {
    ask(site(), request("GET", path)).await
}

async fn text(answer: Response) -> String {
    let bytes = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |v| v.to_str().unwrap())
}

// A2
#[tokio::test]
async fn the_join_page_and_every_room_are_the_same_page() {
    for path in [
        "/",
        "/?name=ann",
        "/r/lobby",
        "/r/caf%C3%A9?name=ann",
        "/i",
        "/d",
    ] {
        let answer = fetch(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(&answer, "cache-control"), "no-cache");
        assert_eq!(text(answer).await.as_bytes(), INDEX);
    }
}

// A2
#[tokio::test]
async fn any_other_path_is_not_found() {
    for path in [
        "/r",
        "/r/",
        "/r/a/b",
        "/i/a",
        "/rooms",
        "/index.html",
        "/index.html.br",
        "/assets/",
        "/assets",
        "/assets/gone-1.js",
        "/assets/sw.js",
        "/r/lobby/sw.js",
        "/sw.js.br",
        "/sw",
        "/manifest.json",
        "/icon-513.png",
        "/assets/app-a1b2.js.gz",
        "/assets/../index.html",
        "/wt",
        "/metrics",
        "/.well-known/",
        "/favicon.ico",
    ] {
        let answer = fetch(path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header(&answer, "cache-control"), "no-cache");
        assert!(
            text(answer).await.contains("There is nothing here"),
            "{path}"
        );
    }
}

// A2
#[tokio::test]
async fn the_page_of_nothing_is_dressed_by_a_file_as_the_policy_wants() {
    let page = text(fetch("/nowhere").await).await;
    assert!(page.contains(r#"<link rel="stylesheet" href="/plain.css">"#));
    assert!(!page.contains("<style") && !page.contains("style="));
    let sheet = concat!(env!("CARGO_MANIFEST_DIR"), "/web/public/plain.css");
    assert!(std::path::Path::new(sheet).is_file());
}

// A2
#[tokio::test]
async fn the_icon_is_served_and_asked_for_again() {
    let answer = fetch("/favicon.svg").await;
    assert_eq!(header(&answer, "content-type"), "image/svg+xml");
    assert_eq!(header(&answer, "cache-control"), "no-cache");
}

// A2
#[tokio::test]
async fn what_installs_the_client_has_its_types_and_is_asked_for_again() {
    for (path, kind, content) in [
        ("/sw.js", "text/javascript; charset=utf-8", "worker()"),
        ("/manifest.webmanifest", "application/manifest+json", "{}"),
    ] {
        let answer = fetch(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&answer, "content-type"), kind);
        assert_eq!(header(&answer, "cache-control"), "no-cache");
        assert_eq!(text(answer).await, content);
    }
    let icon = fetch("/icon-512.png").await;
    assert_eq!(header(&icon, "content-type"), "image/png");
    let worker = request("GET", "/sw.js").header(ACCEPT_ENCODING, "br");
    assert_eq!(text(ask(site(), worker).await).await, "worker in brotli");
}

#[tokio::test]
async fn hashed_files_are_kept_for_ever() {
    let answer = fetch("/assets/app-a1b2.js").await;
    assert_eq!(
        header(&answer, "content-type"),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(
        header(&answer, "cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(text(answer).await, "app()");
}

#[tokio::test]
async fn the_smallest_variant_that_the_browser_reads_goes_out() {
    let cases = [
        ("/", "gzip, deflate, br, zstd", "br", "index in brotli"),
        ("/", "gzip, br;q=0.2", "gzip", "index in gzip"),
        ("/", "gzip;q=0.5, *", "br", "index in brotli"),
        ("/", "zstd", "", std::str::from_utf8(INDEX).unwrap()),
        ("/assets/app-a1b2.js", "gzip, br", "gzip", "app in gzip"),
        ("/favicon.svg", "gzip, br", "", "<svg/>"),
    ];
    for (path, accepted, coding, content) in cases {
        let answer = ask(
            site(),
            request("GET", path).header(ACCEPT_ENCODING, accepted),
        )
        .await;
        assert_eq!(
            header(&answer, CONTENT_ENCODING.as_str()),
            coding,
            "{path} {accepted}"
        );
        assert_eq!(header(&answer, VARY.as_str()), "accept-encoding");
        assert_eq!(text(answer).await, content, "{path} {accepted}");
    }
}

#[tokio::test]
async fn a_page_that_the_browser_has_is_not_sent_again() {
    let tag = header(&fetch("/").await, ETAG.as_str()).to_owned();
    for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".into()] {
        let again = ask(site(), request("GET", "/").header(IF_NONE_MATCH, known)).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&again, ETAG.as_str()), tag);
        assert_eq!(text(again).await, "");
    }
    let brotli = request("GET", "/")
        .header(ACCEPT_ENCODING, "br")
        .header(IF_NONE_MATCH, tag);
    assert_eq!(ask(site(), brotli).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn head_gives_the_headers_alone() {
    let answer = ask(site(), request("HEAD", "/assets/app-a1b2.js")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(header(&answer, "content-length"), "5");
    assert_eq!(
        text(ask(site(), request("HEAD", "/r/lobby")).await).await,
        ""
    );
}

#[tokio::test]
async fn wrong_methods_are_refused() {
    for path in [
        "/",
        "/r/lobby",
        "/assets/app-a1b2.js",
        "/healthz",
        "/.well-known/chinwag",
    ] {
        let answer = ask(site(), request("POST", path)).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(header(&answer, "allow"), "GET,HEAD", "{path}");
    }
}

#[tokio::test]
async fn a_server_without_its_client_says_how_to_build_it() {
    let bare = Site {
        files: Files::new(|_| None),
        ..site()
    };
    let answer = ask(bare, request("GET", "/")).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(text(answer).await.contains("<code>make build</code>"));
}

// C: GET /.well-known/chinwag
#[tokio::test]
async fn the_description_says_how_to_connect() {
    let answer = fetch("/.well-known/chinwag").await;
    assert_eq!(header(&answer, "content-type"), "application/json");
    assert_eq!(header(&answer, "cache-control"), "no-store");
    let told: Value = serde_json::from_str(&text(answer).await).unwrap();
    assert_eq!(
        told,
        json!({
            "server": format!("chinwag {}", env!("CARGO_PKG_VERSION")),
            "protocols": [1],
            "webtransport": {
                "port": 4433,
                "path": "/wt",
                "hashes": [
                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                    "//////////////////////////////////////////8=",
                ],
            },
            "websocket": { "path": "/ws" },
            "map_url": "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=16/{lat}/{lon}",
        })
    );
}

// C: --transports
#[tokio::test]
async fn what_is_not_offered_is_neither_described_nor_there() {
    let site = Site {
        webtransport: None,
        ..site()
    };
    let mut router = router(site, None);
    let mut ask = async |path: &str| {
        let request = request("GET", path).body(Body::empty()).unwrap();
        router.call(request).await.unwrap()
    };
    let told: Value = serde_json::from_str(&text(ask("/.well-known/chinwag").await).await).unwrap();
    assert_eq!(told["webtransport"], Value::Null);
    assert_eq!(told["websocket"], Value::Null);
    assert_eq!(ask("/ws").await.status(), StatusCode::NOT_FOUND);
    let page = ask("/").await;
    assert!(!header(&page, "content-security-policy").contains("4433"));
}

#[tokio::test]
async fn a_vouched_certificate_needs_no_hashes() {
    let vouched = Site {
        trust: Trust::Vouched,
        ..site()
    };
    let answer = ask(vouched, request("GET", "/.well-known/chinwag")).await;
    assert!(!header(&answer, "content-security-policy").contains("hashes"));
    let told: Value = serde_json::from_str(&text(answer).await).unwrap();
    assert_eq!(told["webtransport"]["hashes"], json!([]));
}

// C: GET /healthz, GET /readyz
#[tokio::test]
async fn a_draining_server_is_alive_but_not_ready() {
    let site = site();
    let status = async |path| ask(site.clone(), request("GET", path)).await.status();
    assert_eq!(status("/healthz").await, StatusCode::OK);
    assert_eq!(status("/readyz").await, StatusCode::OK);
    site.draining.cancel();
    assert_eq!(status("/healthz").await, StatusCode::OK);
    assert_eq!(status("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
}

// X11
#[tokio::test]
async fn the_policy_allows_our_own_server_only() {
    let answer = fetch("/").await;
    assert_eq!(
        header(&answer, CONTENT_SECURITY_POLICY.as_str()),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; manifest-src 'self'; worker-src 'self'; connect-src 'self' \
         ws://localhost:4480 https://localhost:4433 'unsafe-webtransport-hashes'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types worker"
    );
}

// X11
#[tokio::test]
async fn the_policy_follows_the_host_and_the_scheme() {
    let secure = Site {
        tls: true,
        trust: Trust::Vouched,
        webtransport: Some(443),
        ..site()
    };
    let sources = async |host: &str| {
        let request = Request::builder().uri("/").header(HOST, host);
        let answer = ask(secure.clone(), request).await;
        let policy = header(&answer, "content-security-policy");
        let (_, rest) = policy.split_once("connect-src ").unwrap();
        rest.split_once(';').unwrap().0.to_owned()
    };
    assert_eq!(
        sources("chat.example.org").await,
        "'self' wss://chat.example.org https://chat.example.org:443"
    );
    assert_eq!(
        sources("127.0.0.1:8443").await,
        "'self' wss://127.0.0.1:8443 https://127.0.0.1:443"
    );
    assert_eq!(sources("[::1]:8443").await, "'self'");
}

// X11
#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    for path in ["/", "/assets/app-a1b2.js", "/nothing", "/healthz", "/ws"] {
        let answer = fetch(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(header(&answer, name), value, "{path}");
        }
        assert!(header(&answer, "permissions-policy").starts_with("geolocation=(self), "));
        assert!(header(&answer, "content-security-policy").starts_with("default-src 'none'; "));
        for absent in ["alt-svc", "server", "strict-transport-security"] {
            assert_eq!(header(&answer, absent), "", "{path}");
        }
    }
}

#[tokio::test]
async fn strict_transport_security_needs_tls_and_an_authority() {
    for (tls, vouched, expected) in [
        (true, true, true),
        (true, false, false),
        (false, true, false),
    ] {
        let trust = if vouched {
            Trust::Vouched
        } else {
            site().trust
        };
        let answer = ask(
            Site {
                tls,
                trust,
                ..site()
            },
            request("GET", "/"),
        )
        .await;
        let found = answer.headers().contains_key(STRICT_TRANSPORT_SECURITY);
        assert_eq!(found, expected, "tls {tls}, vouched {vouched}");
    }
}

// X11
#[tokio::test]
async fn a_foreign_host_is_misdirected_everywhere() {
    for path in [
        "/",
        "/ws",
        "/.well-known/chinwag",
        "/assets/app-a1b2.js",
        "/healthz",
    ] {
        let foreign = Request::builder()
            .uri(path)
            .header(HOST, "evil.example:4480");
        let answer = ask(site(), foreign).await;
        assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST, "{path}");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert!(!text(answer).await.contains("evil"));
    }
}

// X4, X11
#[tokio::test]
async fn no_host_two_hosts_and_nonsense_are_bad_requests() {
    let none = Request::builder().uri("/");
    let two = request("GET", "/").header(HOST, "127.0.0.1");
    let mut requests = vec![none, two];
    for nonsense in [
        "",
        "a b",
        "localhost; script-src *",
        "ann@localhost",
        "a,b",
        "a'b",
    ] {
        requests.push(Request::builder().uri("/").header(HOST, nonsense));
    }
    for request in requests {
        let told = format!("{:?}", request.headers_ref());
        let status = ask(site(), request).await.status();
        assert_eq!(status, StatusCode::BAD_REQUEST, "{told}");
    }
}

// C: metrics
#[tokio::test]
async fn metrics_have_a_router_of_their_own() {
    let metrics = Metrics::new();
    metrics.set_rooms(3);
    let mut router = metrics_router(metrics, Hosts::Named(Vec::new()));
    let mut ask = async |path: &str, host: &str| {
        let request = Request::builder().uri(path).header(HOST, host);
        router
            .call(request.body(Body::empty()).unwrap())
            .await
            .unwrap()
    };
    let answer = ask("/metrics", "127.0.0.1:4490").await;
    assert_eq!(header(&answer, "content-type"), metrics::CONTENT_TYPE);
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
    assert!(text(answer).await.contains("chinwag_rooms 3"));
    assert_eq!(ask("/", "127.0.0.1").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        ask("/metrics", "evil.example").await.status(),
        StatusCode::MISDIRECTED_REQUEST
    );
}
