//! SIGHUP: the certificate changes under live sessions, which do not notice.

mod common;

use std::path::Path;
use std::time::{Duration, SystemTime};

use common::client::draw;
use common::server::folder;
use common::{Carrier, Client, Link, Room, Server, Target};
use rcgen::{CertificateParams, KeyPair};
use ring::digest::{SHA256, digest};
use wtransport::tls::Sha256Digest;

const BOTH: [Carrier; 2] = [Carrier::WebTransport, Carrier::WebSocket];

/// What `--cert` and `--key` name, and how often what has happened to them was said.
struct Files {
    home: std::path::PathBuf,
}

/// A certificate with its key, both PEM, and the hash that it is known by.
struct Made {
    cert: String,
    key: String,
    hash: Sha256Digest,
}

impl Files {
    fn put(&self, cert: &str, key: &str) {
        std::fs::write(self.home.join("cert.pem"), cert).unwrap();
        std::fs::write(self.home.join("key.pem"), key).unwrap();
    }

    async fn serve(&self) -> Server {
        let path = |name| self.home.join(name).to_str().unwrap().to_owned();
        let (cert, key) = (path("cert.pem"), path("key.pem"));
        Server::with(&["--ephemeral", "--cert", &cert, "--key", &key]).await
    }
}

impl Made {
    /// One that clients take by its hash: P-256, for less than a fortnight.
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let now = SystemTime::now();
        params.not_before = (now - Duration::from_secs(3_600)).into();
        params.not_after = (now + Duration::from_secs(86_400)).into();
        let cert = params.self_signed(&key).unwrap();
        let hash = digest(&SHA256, cert.der());
        Self {
            cert: cert.pem(),
            key: key.serialize_pem(),
            hash: Sha256Digest::new(hash.as_ref().try_into().unwrap()),
        }
    }

    fn at(&self, server: &Server) -> Target {
        Target {
            quic: server.listen,
            tcp: server.listen,
            hashes: vec![self.hash.clone()],
        }
    }
}

/// Somebody who comes in by this certificate.
async fn newcomer(carrier: Carrier, target: &Target) -> Client {
    let link = Link::try_open(carrier, target).await.unwrap();
    Client::greet_over(link, (None, draw())).await.unwrap()
}

/// Ann over WebTransport and Bob over WebSocket, in one room.
async fn two(target: &Target) -> [(Client, Room); 2] {
    let mut ann = newcomer(Carrier::WebTransport, target).await;
    let mut bob = newcomer(Carrier::WebSocket, target).await;
    let mut anns = ann.join("lobby", "Ann").await;
    let bobs = bob.join("lobby", "Bob").await;
    anns.sees_join("Bob").await;
    [(ann, anns), (bob, bobs)]
}

/// They talk over the connections they have had all the time, and nobody has come or gone.
async fn assert_undisturbed([(_, anns), (_, bobs)]: &mut [(Client, Room); 2], said: &str) {
    anns.say(said).await;
    bobs.hear(said).await;
    for heard in [anns.everything().await, bobs.everything().await] {
        let moved = |event: &_| matches!(event, chinwag::wire::Event::Presence { .. });
        assert!(!heard.iter().any(moved), "{heard:?}");
    }
}

async fn assert_served(server: &Server, served: &Made, other: &Made) {
    for carrier in BOTH {
        newcomer(carrier, &served.at(server)).await.ping(1).await;
        let refused = Link::try_open(carrier, &other.at(server)).await;
        assert!(
            refused.is_err(),
            "{carrier:?} by a certificate that is not served"
        );
    }
}

#[tokio::test]
async fn after_sighup_newcomers_get_the_new_certificate_and_live_sessions_go_on() {
    let (_home, home) = folder();
    let files = Files { home };
    let (first, second) = (Made::new(), Made::new());
    files.put(&first.cert, &first.key);
    let mut server = files.serve().await;
    let mut friends = two(&first.at(&server)).await;

    files.put(&second.cert, &second.key);
    assert_served(&server, &first, &second).await;
    server.signal("HUP");
    server.says("another certificate is served", 1).await;
    assert_served(&server, &second, &first).await;
    assert_undisturbed(&mut friends, "still here").await;

    server.signal("HUP");
    server.says("looked at again, and is the same", 1).await;
    assert_served(&server, &second, &first).await;
    assert!(server.is_alive());
}

#[tokio::test]
async fn a_pair_that_cannot_be_used_is_refused_in_one_line_and_the_old_one_stays() {
    let (_home, home) = folder();
    let files = Files { home };
    let (first, second) = (Made::new(), Made::new());
    files.put(&first.cert, &first.key);
    let mut server = files.serve().await;
    let mut friends = two(&first.at(&server)).await;

    // One already new and the other still old, cut short, no certificate at all, gone.
    files.put(&second.cert, &first.key);
    refuses(&server, "does not belong to", 1).await;
    files.put(&first.cert, &first.key[..60]);
    refuses(&server, "key.pem cannot be used", 2).await;
    files.put("", &first.key);
    refuses(&server, "cert.pem cannot be used", 3).await;
    std::fs::remove_file(files.home.join("key.pem")).unwrap();
    std::fs::remove_file(files.home.join("cert.pem")).unwrap();
    refuses(&server, "No such file", 4).await;
    assert_served(&server, &first, &second).await;
    assert_undisturbed(&mut friends, "still here").await;

    files.put(&second.cert, &second.key);
    server.signal("HUP");
    server.says("another certificate is served", 1).await;
    assert_served(&server, &second, &first).await;
    assert_undisturbed(&mut friends, "here, too").await;
    assert!(server.is_alive());
}

/// Asked once, it says once that it cannot, and why; so far it has said so `times` times.
async fn refuses(server: &Server, why: &str, times: usize) {
    server.signal("HUP");
    server
        .says("the certificate stays the one it was", times)
        .await;
    let printed = server.printed();
    let lines = printed
        .lines()
        .filter(|line| line.contains("stays the one"));
    let lines: Vec<_> = lines.collect();
    assert_eq!(lines.len(), times, "{lines:?}");
    assert!(lines[times - 1].contains(why), "{lines:?}");
}

#[tokio::test]
async fn a_homemade_certificate_is_looked_after_as_well() {
    let mut server = Server::start().await;
    let before = server.hashes().await;
    let target = Target {
        quic: server.listen,
        tcp: server.listen,
        hashes: before.clone(),
    };
    let mut friends = two(&target).await;
    server.signal("HUP");
    server.says("looked at again, and is the same", 1).await;
    assert_eq!(server.hashes().await, before);

    forget(&server.home().join("certs"));
    server.signal("HUP");
    server.says("another certificate is served", 1).await;
    for hash in server.hashes().await {
        assert!(!before.contains(&hash));
    }
    for carrier in BOTH {
        Client::connect(carrier, &server).await.ping(1).await;
    }
    assert_undisturbed(&mut friends, "still here").await;
    assert!(server.is_alive());
}

fn forget(folder: &Path) {
    for name in ["current.pem", "next.pem"] {
        std::fs::remove_file(folder.join(name)).unwrap();
    }
}
