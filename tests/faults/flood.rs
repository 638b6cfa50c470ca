//! First packets of QUIC from clients that never answer, as a flood with false addresses would bring them.
//!
//! Each is a real first packet with a handshake of its own in it, made by quinn's own client before the flood; what comes
//! back is not read. Decides nothing; measures the server's memory, and how long newcomers need meanwhile.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use quinn_proto::crypto::rustls::QuicClientConfig;
use quinn_proto::{ClientConfig, Endpoint, EndpointConfig};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};
use tokio_rustls::rustls::RootCertStore;
use wtransport::tls::client::{ServerHashVerification, build_default_tls_config};

use crate::bars::{Bars, percentile};
use crate::common::client::draw;
use crate::common::{Carrier, Failure, Link, Target};
use crate::process::Process;
use crate::scenarios::Told;
use crate::size;
use crate::verdict::Verdict;
use crate::visit::{Visit, Wish};

/// First packets a second.
const RATE: u64 = 4_000;

/// Sockets that they come from.
const SOCKETS: usize = 32;

/// Between two newcomers.
const OFTEN: Duration = Duration::from_millis(250);

/// A newcomer who takes longer has not got in.
const PATIENCE: Duration = Duration::from_secs(10);

pub async fn flooded() -> Told {
    const BAR: i64 = 32 * 1_024;
    let seconds = size("FAULTS_FLOOD_SECONDS", 5, 1);
    let server = Process::start().await;
    let target = server.target();
    let for_packets = target.clone();
    let packets = spawn_blocking(move || first_packets(&for_packets, RATE * seconds));
    let packets = packets.await.unwrap();
    let usual = newcomer(target.clone(), 0).await.expect("before the flood");
    let before = server.memory();
    let sent = packets.len();
    let quic = target.quic;
    let flood = spawn_blocking(move || send(&packets, quic));
    let (peak, (took, mut times, failed)) = server.peak(during(flood, &target)).await;
    let newcomers = times.len() + failed;
    let afterwards = newcomer(target.clone(), 1_000_000).await;
    let more = peak - before;
    let longest = percentile(&mut times, 100);
    let done = format!(
        "{sent} in {:.1} s from {SOCKETS} sockets; {more} KiB more memory; {} of {newcomers} newcomers got in meanwhile, {} ms (median), {} ms (longest), {} ms before",
        took.as_secs_f64(),
        times.len(),
        percentile(&mut times, 50).as_millis(),
        longest.as_millis(),
        usual.as_millis(),
    );
    let mut bars = Bars::default();
    bars.measured(more <= BAR, "at most 32 MiB more");
    bars.must(failed == 0, "newcomers shall get in meanwhile");
    bars.must(afterwards.is_ok(), "newcomers shall get in afterwards");
    let in_time = took <= Duration::from_secs(seconds).mul_f64(1.1);
    bars.measured(in_time, "there shall be 4,000 a second");
    let verdict = Verdict {
        sessions: newcomers + 2,
        ..Verdict::default()
    };
    (done, bars.outcome(verdict))
}

/// Lets somebody in from time to time as long as the flood lasts; says how long that was, how long each took, and
/// how many did not get in.
async fn during(
    flood: impl Future<Output = Result<Duration, tokio::task::JoinError>>,
    target: &Target,
) -> (Duration, Vec<Duration>, usize) {
    tokio::pin!(flood);
    let mut newcomers = JoinSet::new();
    let took = loop {
        newcomers.spawn(newcomer(target.clone(), newcomers.len() + 1));
        tokio::select! {
            took = &mut flood => break took.unwrap(),
            () = sleep(OFTEN) => {}
        }
    };
    let came = newcomers.join_all().await;
    let all = came.len();
    let times: Vec<Duration> = came.into_iter().flatten().collect();
    let failed = all - times.len();
    (took, times, failed)
}

/// From the first packet to being in a room.
async fn newcomer(target: Target, index: usize) -> Result<Duration, Failure> {
    let since = Instant::now();
    let coming = async {
        let mut link = Link::try_open(Carrier::WebTransport, &target).await?;
        let nick = format!("newcomer {index}");
        let wish = Wish {
            token: None,
            next: draw(),
            room: "lobby",
            nick: &nick,
            held: None,
        };
        let greeted = Visit::greet(&mut link, &wish).await?;
        Visit::enter(link, greeted).await
    };
    timeout(PATIENCE, coming).await??;
    Ok(since.elapsed())
}

/// The first packets of so many clients.
fn first_packets(target: &Target, count: u64) -> Vec<Vec<u8>> {
    let verifier = Arc::new(ServerHashVerification::new(target.hashes.clone()));
    let tls = build_default_tls_config(Arc::new(RootCertStore::empty()), Some(verifier));
    let crypto = QuicClientConfig::try_from(tls).expect("the suites of QUIC");
    let config = ClientConfig::new(Arc::new(crypto));
    (0..count)
        .map(|_| first_packet(&config, target.quic))
        .collect()
}

fn first_packet(config: &ClientConfig, server: SocketAddr) -> Vec<u8> {
    let now = Instant::now();
    let mut endpoint = Endpoint::new(Arc::new(EndpointConfig::default()), None, true, None);
    let connecting = endpoint.connect(now, config.clone(), server, "localhost");
    let (_, mut connection) = connecting.expect("a connection that is not made");
    let mut packet = Vec::new();
    let transmit = connection.poll_transmit(now, 1, &mut packet);
    packet.truncate(transmit.expect("a first packet").size);
    packet
}

/// Sends them at their rate; says how long that took.
fn send(packets: &[Vec<u8>], server: SocketAddr) -> Duration {
    let sockets = (0..SOCKETS).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap());
    let sockets: Vec<UdpSocket> = sockets.collect();
    let since = Instant::now();
    for (index, packet) in packets.iter().enumerate() {
        let due =
            Duration::from_secs(1) * u32::try_from(index).unwrap() / u32::try_from(RATE).unwrap();
        // Ahead of time by more than systems can sleep exactly.
        if let Some(wait) = due.checked_sub(since.elapsed() + Duration::from_millis(2)) {
            std::thread::sleep(wait);
        }
        // Lost, as in any flood.
        sockets[index % SOCKETS].send_to(packet, server).ok();
    }
    since.elapsed()
}
