//! A server that may open no more files and sockets: others hold all of its handles.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::bars::Bars;
use crate::common::{Carrier, DEADLINE, Target};
use crate::crowd::{Crowd, plan, verdict};
use crate::member::Plan;
use crate::process::{LOOK, Process, Setup};
use crate::scenarios::Told;
use crate::size;
use crate::table::Outcome;
use crate::visit::Visit;

/// Handles that the server may have: what it needs itself, and some.
const HANDLES: usize = 96;

/// Of one processor, while eight clients say four messages a second each: an accept that is tried again
/// without a pause takes all of it.
const CPU_PERCENT: u64 = 20;

/// Lines that the server may log about it, for each second.
const LINES: usize = 1;

/// How long somebody new tries one connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was seen while there were no handles.
struct Starved {
    cpu_percent: u64,
    lines: usize,
    seconds: u64,
}

/// Connections that say nothing take every handle, for a while.
pub async fn exhausted() -> Told {
    if let Err(reason) = ready() {
        return (String::new(), Outcome::Skipped(reason));
    }
    let limit = format!("--nofile={HANDLES}:{HANDLES}");
    let setup = Setup {
        by: vec!["prlimit".into(), limit],
        ..Setup::default()
    };
    let home = Arc::new(TempDir::new().unwrap());
    let server = Process::start_with(setup, home).await;
    let target = server.target();
    let crowd = Crowd::start((0..8).map(|index| Plan {
        pace: Duration::from_millis(250),
        patience: Duration::from_secs(15),
        ..plan(index, &target)
    }));
    crowd.each_acked(3).await;
    let lines = server.printed().lines().count();
    let flood = flood(&target);
    full(&server).await;
    let starved = starve((&server, lines), &crowd).await;
    let entering = Visit::newcomer(Carrier::WebTransport, &target);
    let over_quic = timeout(PATIENCE, entering).await;
    drop(flood);
    for carrier in [Carrier::WebSocket, Carrier::WebTransport] {
        newcomer(carrier, &target).await;
    }
    crowd.each_acked(3).await;
    let rooms = crowd.gather().await;
    let verdict = verdict(&target, &rooms).await;
    let again = rooms.values().flatten().filter(|seen| seen.welcomes != 1);
    let again = again.count();
    let done = format!(
        "{HANDLES} handles, all taken for {} s: {} % of a processor, {} lines logged; newcomers over WebTransport {} then, over both afterwards",
        starved.seconds,
        starved.cpu_percent,
        starved.lines,
        match over_quic {
            Ok(Ok(_)) => "got in",
            Ok(Err(_)) | Err(_) => "did not get in",
        },
    );
    let mut bars = Bars::default();
    bars.must(again == 0, "no session shall be cut");
    bars.must(starved.cpu_percent <= CPU_PERCENT, "it shall not spin");
    bars.must(starved.lines > 0, "it shall log why");
    let most = LINES * usize::try_from(starved.seconds).unwrap();
    bars.must(starved.lines <= most, "it shall log little");
    (done, bars.outcome(verdict))
}

fn ready() -> Result<(), String> {
    if !std::path::Path::new("/proc/self/fd").exists() {
        return Err("needs /proc".into());
    }
    let prlimit = Command::new("prlimit").arg("--version").output();
    prlimit
        .map(drop)
        .map_err(|reason| format!("prlimit: {reason}"))
}

/// More connections than the server has handles; each comes back when it is closed. Dropped, all go.
fn flood(target: &Target) -> JoinSet<()> {
    let mut flood = JoinSet::new();
    for _ in 0..3 * HANDLES {
        let address = target.tcp;
        flood.spawn(async move {
            loop {
                if let Ok(mut stream) = TcpStream::connect(address).await {
                    // It says nothing, and waits for the server to lose its patience.
                    stream.read_u8().await.ok();
                }
                tokio::time::sleep(LOOK).await;
            }
        });
    }
    flood
}

/// Waits until the server has no handle left.
async fn full(server: &Process) {
    let since = Instant::now();
    while handles(server) < HANDLES {
        assert!(since.elapsed() < DEADLINE, "it has handles left");
        tokio::time::sleep(LOOK).await;
    }
}

async fn starve((server, lines): (&Process, usize), crowd: &Crowd) -> Starved {
    let seconds = size("FAULTS_STARVED", 12, 5);
    let cpu = cpu_ms(server);
    let since = Instant::now();
    // The fault itself lasts so long.
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let took = u64::try_from(since.elapsed().as_millis()).unwrap();
    let starved = Starved {
        cpu_percent: (cpu_ms(server) - cpu) * 100 / took,
        lines: server.printed().lines().count() - lines,
        seconds,
    };
    crowd.each_acked(3).await;
    full(server).await;
    starved
}

/// Somebody new gets in, once the handles are free.
async fn newcomer(carrier: Carrier, target: &Target) {
    let since = Instant::now();
    loop {
        let entering = Visit::newcomer(carrier, target);
        // Otherwise it is tried again.
        if let Ok(Ok(_)) = timeout(PATIENCE, entering).await {
            return;
        }
        assert!(
            since.elapsed() < DEADLINE,
            "nobody gets in over {carrier:?}"
        );
        tokio::time::sleep(LOOK).await;
    }
}

fn handles(server: &Process) -> usize {
    let open = std::fs::read_dir(format!("/proc/{}/fd", server.id()));
    open.expect("the server's files can be seen").count()
}

/// The processor time that the server has used (proc_pid_stat(5), fields 14 and 15).
fn cpu_ms(server: &Process) -> u64 {
    /// Milliseconds for each clock tick, which Linux counts in hundredths of a second for programs.
    const TICK: u64 = 10;
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.id())).unwrap();
    let (_, behind_name) = stat.rsplit_once(')').expect("a name in brackets");
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let ticks = |field: usize| fields[field - 3].parse::<u64>().unwrap();
    (ticks(14) + ticks(15)) * TICK
}
