//! A flood of first packets from addresses that never answer: it costs little, and newcomers
//! get in.

mod common;

use std::collections::HashSet;
use std::net::UdpSocket;
use std::sync::Arc;

use common::{Carrier, Client, Server, within};
use quinn::crypto::rustls::QuicClientConfig;
use tokio_rustls::rustls;
use wtransport::tls::client::ServerHashVerification;

/// First packets, far more than handshakes may be under way.
const FLOOD: usize = 2_000;

/// From each address; fewer than a small receive buffer holds.
const BURST: usize = 50;

/// What the flood may cost in memory, in bytes.
#[cfg(target_os = "linux")]
const COST: u64 = 32 * 1024 * 1024;

/// First packets of as many connections, each with the keys and the identifier of its own. They
/// are real ones, recorded where nobody answers.
async fn first_packets(count: usize) -> Vec<Vec<u8>> {
    let nobody = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let endpoint = quinn::Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    let (config, to) = (client_config(), nobody.local_addr().unwrap());
    let (mut packets, mut seen) = (Vec::new(), HashSet::new());
    let mut buffer = [0; 2_048];
    while packets.len() < count {
        let connecting = endpoint
            .connect_with(config.clone(), to, "localhost")
            .unwrap();
        let packet = loop {
            let length = within("a first packet", nobody.recv(&mut buffer))
                .await
                .unwrap();
            // The others say again what an abandoned connection has said before.
            if seen.insert(identifier(&buffer).to_vec()) {
                break buffer[..length].to_vec();
            }
        };
        packets.push(packet);
        drop(connecting);
    }
    packets
}

fn client_config() -> quinn::ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(ServerHashVerification::new([])))
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h3".to_vec()];
    quinn::ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()))
}

/// The destination connection identifier of a long header (RFC 9000, section 17.2).
fn identifier(packet: &[u8]) -> &[u8] {
    let length = usize::from(packet[5]);
    &packet[6..6 + length]
}

#[tokio::test]
async fn a_flood_of_first_packets_costs_little_and_newcomers_get_in() {
    let server = Server::counting().await;
    let mut ann = Client::connect(Carrier::WebTransport, &server).await;
    let packets = first_packets(FLOOD).await;
    #[cfg(target_os = "linux")]
    let before = server.resident();
    let mut silent = Vec::new();
    for burst in packets.chunks(BURST) {
        let from = UdpSocket::bind("127.0.0.1:0").unwrap();
        for packet in burst {
            from.send_to(packet, server.listen).unwrap();
        }
        // An answer over TCP, so that the server has had its turn.
        assert_eq!(server.get("/healthz").await.0, 200);
        // Kept: a closed one would be known to be gone.
        silent.push(from);
    }
    Client::connect(Carrier::WebTransport, &server)
        .await
        .ping(1)
        .await;
    ann.ping(2).await;
    let retried = server.metric("chinwag_handshakes_retried_total").await;
    assert!(
        retried > FLOOD as u64 / 2,
        "only {retried} were asked to retry"
    );
    let refused = r#"chinwag_handshakes_refused_total{reason="flood"}"#;
    assert_eq!(server.metric(refused).await, 0);
    #[cfg(target_os = "linux")]
    {
        let cost = server.resident().saturating_sub(before);
        assert!(cost <= COST, "the flood costs {cost} bytes");
    }
}
