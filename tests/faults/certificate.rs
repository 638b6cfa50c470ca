//! The certificate is replaced while everybody is connected.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rcgen::{CertificateParams, KeyPair};
use ring::digest::{SHA256, digest};
use tempfile::TempDir;
use wtransport::tls::Sha256Digest;

use crate::bars::Bars;
use crate::common::{Carrier, DEADLINE, Failure, Link, Target};
use crate::crowd::{Crowd, plan, verdict};
use crate::member::Plan;
use crate::process::{LOOK, Process, Setup};
use crate::scenarios::Told;
use crate::size;

const CARRIERS: [Carrier; 2] = [Carrier::WebTransport, Carrier::WebSocket];

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A certificate for loopback that clients take by its hash, and its key.
pub struct Pair {
    certificate: String,
    key: String,
    pub hash: Sha256Digest,
}

/// New files and SIGHUP, several times; then files that hold nonsense.
pub async fn replaced() -> Told {
    let replacements = size("FAULTS_CERTIFICATES", 5, 2);
    let home = Arc::new(TempDir::new().unwrap());
    let pairs: Vec<Pair> = (0..=replacements).map(|_| Pair::new()).collect();
    pairs[0].put(home.path());
    let setup = Setup {
        flags: flags(),
        // Whoever is cut can come back, which is seen in the end.
        hashes: pairs.iter().map(|pair| pair.hash.clone()).collect(),
        ..Setup::default()
    };
    let mut server = Process::start_with(setup, home.clone()).await;
    let target = server.target();
    let crowd = Crowd::start((0..8).map(|index| Plan {
        // Nobody leaves by himself.
        patience: Duration::from_secs(15),
        ..plan(index, &target)
    }));
    for change in pairs.windows(2) {
        crowd.each_acked(20).await;
        change[1].put(home.path());
        server.signal("HUP");
        served(&target, &change[1]).await;
        for carrier in CARRIERS {
            let old = connect(carrier, &target, &change[0]).await;
            assert!(old.is_err(), "{carrier:?} has the old certificate");
        }
    }
    crowd.each_acked(20).await;
    std::fs::write(home.path().join("cert.pem"), "nonsense").unwrap();
    let printed = server.printed().lines().count();
    server.signal("HUP");
    complained(&server, printed).await;
    served(&target, &pairs[pairs.len() - 1]).await;
    crowd.each_acked(20).await;
    assert!(server.is_alive(), "without a restart");
    let rooms = crowd.gather().await;
    let again = rooms.values().flatten().filter(|seen| seen.welcomes != 1);
    let again = again.count();
    let done = format!(
        "{replacements} times new files and SIGHUP: newcomers over both transports meet the new one, {again} of 8 connections were cut; a file of nonsense changes nothing"
    );
    let mut bars = Bars::default();
    bars.must(again == 0, "no connection shall be cut");
    (done, bars.outcome(verdict(&target, &rooms).await))
}

/// What makes a server take the files that [`Pair::put`] leaves.
pub fn flags() -> Vec<String> {
    let flags = ["--cert", "cert.pem", "--key", "key.pem"];
    flags.map(str::to_owned).to_vec()
}

impl Pair {
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        let mut params = CertificateParams::new(names).unwrap();
        let now = SystemTime::now();
        // Clients take 14 days at most.
        params.not_before = (now - DAY).into();
        params.not_after = (now + 12 * DAY).into();
        let certificate = params.self_signed(&key).unwrap();
        let hash = digest(&SHA256, certificate.der());
        Self {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            hash: Sha256Digest::new(hash.as_ref().try_into().unwrap()),
        }
    }

    pub fn put(&self, home: &Path) {
        std::fs::write(home.join("cert.pem"), &self.certificate).unwrap();
        std::fs::write(home.join("key.pem"), &self.key).unwrap();
    }
}

/// Opens a connection only if this certificate is met.
async fn connect(carrier: Carrier, target: &Target, pair: &Pair) -> Result<Link, Failure> {
    let hashes = vec![pair.hash.clone()];
    let target = Target {
        hashes,
        ..target.clone()
    };
    Link::try_open(carrier, &target).await
}

/// Waits until newcomers meet this certificate over both transports.
async fn served(target: &Target, pair: &Pair) {
    let since = Instant::now();
    for carrier in CARRIERS {
        while let Err(reason) = connect(carrier, target, pair).await {
            assert!(since.elapsed() < DEADLINE, "no {carrier:?}: {reason}");
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Waits until the server has logged something behind so many lines.
async fn complained(server: &Process, lines: usize) {
    let since = Instant::now();
    while server.printed().lines().count() <= lines {
        assert!(since.elapsed() < DEADLINE, "it says nothing about it");
        tokio::time::sleep(LOOK).await;
    }
}
