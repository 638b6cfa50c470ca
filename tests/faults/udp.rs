//! A network that lets no UDP through for a while: two namespaces over a link of the project's own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::bars::Bars;
use crate::common::Carrier;
use crate::crowd::{Crowd, plan, sum, verdict};
use crate::member::{Plan, Progress};
use crate::process::Process;
use crate::scenarios::Told;
use crate::table::{Outcome, Row};
use crate::{is_root, size};

/// The link and both of its namespaces.
struct Link {
    child: Child,
    name: String,
}

/// What the network is like in which UDP is cut.
pub const NETWORK: [&str; 6] = ["--delay-ms", "20", "--jitter-ms", "5", "--loss", "0.01"];

/// Makes a network, and the clients of a fault in it as a process of their own.
pub async fn outside(fault: &str, network: &[&str]) -> Told {
    if !is_root() || !Path::new("/dev/net/tun").exists() {
        return failed(Outcome::Skipped("needs root and /dev/net/tun".into()));
    }
    let link = match Link::open(network) {
        Ok(link) => link,
        Err(reason) => return failed(Outcome::Skipped(reason)),
    };
    let own = std::env::current_exe().unwrap();
    let mut clients = Command::new("ip");
    clients.args(["netns", "exec", &format!("{}-b", link.name)]);
    clients.arg(own).args(["--one", fault, &link.name]);
    clients.arg(link.child.id().to_string());
    let clients = clients.stdout(Stdio::piped()).spawn().unwrap();
    let row = tokio::task::spawn_blocking(move || crate::row_of(clients));
    match row.await.unwrap() {
        Some(Row { done, outcome, .. }) => (done, outcome),
        None => failed(Outcome::Failed("the clients gave no result".into())),
    }
}

/// Floods, while UDP is cut and restored.
pub async fn inside(name: &str, link: &str) -> Told {
    const BAR: Duration = Duration::from_secs(2);
    let cuts = size("FAULTS_CUTS", 10, 3);
    let listen = SocketAddr::from(([10, 77, 0, 1], 4433));
    let server = Process::start_in(&format!("{name}-a"), listen).await;
    let target = server.target();
    let crowd = Crowd::start((0..4).map(|index| Plan {
        carrier: Carrier::WebTransport,
        moves: true,
        ..plan(index, &target)
    }));
    let is_home = |progress: &Progress| progress.on_webtransport.load(Ordering::Relaxed);
    for _ in 0..cuts {
        crowd.each("WebTransport", is_home).await;
        crowd.each_acked(20).await;
        tell(link, "USR1");
        crowd.each("WebSocket", |progress| !is_home(progress)).await;
        crowd.each_acked(20).await;
        tell(link, "USR2");
    }
    crowd.each("WebTransport", is_home).await;
    crowd.each_acked(20).await;
    let rooms = crowd.gather().await;
    let moves = sum(&rooms, |seen| seen.moves);
    let done = format!(
        "{cuts} times, over a link of 20 to 25 ms and 1 % loss each way; {moves} moves between the transports"
    );
    let verdict = verdict(&target, &rooms).await;
    let mut bars = Bars::default();
    bars.measured(verdict.gap <= BAR, "no gap shall exceed 2 s");
    (done, bars.outcome(verdict))
}

impl Link {
    /// Starts the link and waits until it is up.
    fn open(network: &[&str]) -> Result<Self, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/lossy_link.py");
        let name = format!("chinwag-{}", std::process::id());
        let mut command = Command::new("python3");
        command.arg(script).args(["--name", &name]);
        command.args(network);
        command.args(["--seconds", "1500"]).stdout(Stdio::piped());
        let child = command.spawn();
        let mut child = child.map_err(|reason| format!("python3: {reason}"))?;
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let link = Self { child, name };
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        match line.trim() {
            "ready" => Ok(link),
            _ => Err("the link did not come up".into()),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // It may have ended by itself, and its namespaces with it.
        self.child.kill().ok();
        self.child.wait().ok();
        for side in ["a", "b"] {
            let mut remove = Command::new("ip");
            remove.args(["netns", "del", &format!("{}-{side}", self.name)]);
            remove.stderr(Stdio::null()).status().ok();
        }
    }
}

fn tell(link: &str, signal: &str) {
    let told = Command::new("kill").args(["-s", signal, link]).status();
    assert!(told.unwrap().success(), "the link has ended");
}

fn failed(outcome: Outcome) -> Told {
    (String::new(), outcome)
}
