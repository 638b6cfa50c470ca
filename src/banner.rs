//! What a person reads when the server has started.

use std::fmt::Write;
use std::net::SocketAddr;

use chinwag::config::{Certificate, Config, Storage};
use chinwag::server::Listening;
use chinwag::transport::limits::UDP_RECEIVE_BUFFER;

/// The address to open comes first, and it is the one that opens without a warning.
pub(crate) fn banner(config: &Config, at: &Listening) -> String {
    let here = this_machine(at);
    let mut urls = addresses(("http", here), &at.plain);
    urls.extend(addresses(("https", here), &at.secure));
    urls.extend(config.origins.iter().map(|o| o.as_str().to_owned()));
    let mut text = format!("\n  Chinwag {}\n\n", env!("CARGO_PKG_VERSION"));
    for (index, url) in urls.iter().enumerate() {
        line(&mut text, if index == 0 { "Open" } else { "or" }, url);
    }
    line(&mut text, "Transports", &transports(config));
    line(&mut text, "History", &history(&config.storage));
    for url in addresses(("http", here), &at.metrics) {
        line(&mut text, "Metrics", &format!("{url}/metrics"));
    }
    line(&mut text, "Stop", "Ctrl+C");
    if let Some(granted) = at.receive_buffer.filter(|&it| it < UDP_RECEIVE_BUFFER) {
        line(&mut text, "Warning", &small_buffer(granted));
    }
    if let Certificate::SelfSigned { .. } = config.certificate {
        text.push_str(hint(!at.plain.is_empty()));
    }
    text
}

fn line(text: &mut String, label: &str, value: &str) {
    writeln!(text, "  {label:<12}{value}").expect("writing to a string cannot fail");
}

/// What browsers shall call this machine. For `localhost` they try IPv6 first, and over QUIC
/// nothing else, so that name serves only if IPv6 does.
fn this_machine(at: &Listening) -> &'static str {
    if at.secure.iter().all(SocketAddr::is_ipv4) {
        "127.0.0.1"
    } else {
        "localhost"
    }
}

/// One URL for each way in: the two loopback addresses are one.
fn addresses(of: (&str, &str), bound: &[SocketAddr]) -> Vec<String> {
    let mut urls = Vec::new();
    for address in bound {
        let url = url(of, *address);
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

fn url((scheme, here): (&str, &str), address: SocketAddr) -> String {
    let is_here = address.ip().is_loopback() || address.ip().is_unspecified();
    let host = match address {
        _ if is_here => here.to_owned(),
        SocketAddr::V4(v4) => v4.ip().to_string(),
        SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
    };
    match (scheme, address.port()) {
        ("https", 443) | ("http", 80) => format!("{scheme}://{host}"),
        (_, port) => format!("{scheme}://{host}:{port}"),
    }
}

fn transports(config: &Config) -> String {
    let offered = [
        (config.transports.webtransport, "WebTransport"),
        (config.transports.websocket, "WebSocket"),
    ];
    let names: Vec<_> = offered.iter().filter(|o| o.0).map(|o| o.1).collect();
    names.join(", ")
}

fn history(storage: &Storage) -> String {
    match storage {
        Storage::Memory => "in memory, gone when the server stops".to_owned(),
        Storage::Folder(folder) => format!("in the folder {}", folder.display()),
    }
}

/// The remedy is Linux's; elsewhere the figures must do.
fn small_buffer(granted: usize) -> String {
    let (granted, wanted) = (granted / 1024, UDP_RECEIVE_BUFFER / 1024);
    let remedy = if cfg!(target_os = "linux") {
        format!("; sysctl -w net.core.rmem_max={UDP_RECEIVE_BUFFER}")
    } else {
        String::new()
    };
    format!("UDP receive buffer: {granted} KiB granted, {wanted} KiB wanted{remedy}")
}

fn hint(plain: bool) -> &'static str {
    if plain {
        "\n  The certificate is self-signed: browsers warn at https, but not at http.\n"
    } else {
        "\n  The certificate is self-signed: browsers warn before they open the page.\n"
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn listening(plain: &[&str], secure: &[&str]) -> Listening {
        let parse = |list: &[&str]| list.iter().map(|a| a.parse().unwrap()).collect();
        Listening {
            secure: parse(secure),
            plain: parse(plain),
            metrics: Vec::new(),
            receive_buffer: Some(UDP_RECEIVE_BUFFER),
        }
    }

    // A1
    #[test]
    fn the_banner_says_where_to_go_and_what_is_kept() {
        let at = Listening {
            metrics: vec!["127.0.0.1:4490".parse().unwrap()],
            ..listening(
                &["127.0.0.1:4480", "[::1]:4480"],
                &["127.0.0.1:4433", "[::1]:4433"],
            )
        };
        let expected = format!(
            "
  Chinwag {}

  Open        http://localhost:4480
  or          https://localhost:4433
  Transports  WebTransport, WebSocket
  History     in the folder data
  Metrics     http://localhost:4490/metrics
  Stop        Ctrl+C

  The certificate is self-signed: browsers warn at https, but not at http.
",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(banner(&Config::default(), &at), expected);
    }

    // A1
    #[test]
    fn a_public_server_shows_its_addresses_and_no_hint() {
        let config = Config {
            storage: Storage::Memory,
            certificate: Certificate::Files {
                cert: PathBuf::from("c"),
                key: PathBuf::from("k"),
            },
            ..Config::default()
        };
        let text = banner(&config, &listening(&[], &["0.0.0.0:443", "192.0.2.7:8443"]));
        assert!(text.contains("  Open        https://127.0.0.1\n"), "{text}");
        assert!(text.contains("  or          https://192.0.2.7:8443\n"));
        assert!(text.contains("  History     in memory"));
        assert!(!text.contains("self-signed"));
    }

    #[test]
    fn a_receive_buffer_that_is_too_small_is_named_with_what_is_wanted() {
        let shown = |receive_buffer| {
            let at = Listening {
                receive_buffer,
                ..listening(&[], &["127.0.0.1:4433"])
            };
            banner(&Config::default(), &at)
        };
        let text = shown(Some(208 * 1024));
        let told = "  Warning     UDP receive buffer: 208 KiB granted, 4096 KiB wanted";
        let line = text.lines().find(|line| line.starts_with(told));
        let line = line.unwrap_or_else(|| panic!("{text}"));
        if cfg!(target_os = "linux") {
            assert!(line.ends_with("; sysctl -w net.core.rmem_max=4194304"));
        }
        assert!(shown(Some(UDP_RECEIVE_BUFFER - 1)).contains("  Warning  "));
        assert!(!shown(Some(UDP_RECEIVE_BUFFER)).contains("UDP"));
        assert!(!shown(None).contains("UDP"));
    }

    // A1
    #[test]
    fn without_a_plain_address_the_hint_promises_none() {
        let text = banner(&Config::default(), &listening(&[], &["[2001:db8::1]:4433"]));
        assert!(text.contains("  Open        https://[2001:db8::1]:4433\n"));
        assert!(text.contains("warn before they open"));
    }
}
