//! The server under a fault: the real binary, which comes back at the same ports over the same folders.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ring::digest::{SHA256, digest};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use wtransport::tls::Sha256Digest;

use crate::common::server::command;
use crate::common::{DEADLINE, Target};
use crate::random::Random;

/// Between two looks at something that has no way to wake us.
pub const LOOK: Duration = Duration::from_millis(5);

/// What a fault wants to be different about its server.
#[derive(Clone, Default)]
pub struct Setup {
    /// A command that it is started by.
    pub by: Vec<String>,
    pub environment: Vec<(String, String)>,
    pub flags: Vec<String>,
    /// The certificates that it is known by, if they are given to it.
    pub hashes: Vec<Sha256Digest>,
}

/// A server, which may be down. Dropped, it is killed.
pub struct Process {
    child: Option<Child>,
    setup: Setup,
    home: Arc<TempDir>,
    pub data: PathBuf,
    pub listen: SocketAddr,
    /// Where plain HTTP is.
    pub http: Option<SocketAddr>,
    namespace: Option<String>,
}

impl Process {
    /// Starts it on loopback, with its data in its own folder.
    pub async fn start() -> Self {
        let home = Arc::new(TempDir::new().unwrap());
        let data = home.path().join("data");
        Self::start_over(home, data).await
    }

    /// Starts it on loopback over a data folder that is somewhere else.
    pub async fn start_over(home: Arc<TempDir>, data: PathBuf) -> Self {
        Self::start_as(Setup::default(), home, data).await
    }

    /// Starts it on loopback, in a home that holds what it needs, in another way than usual.
    pub async fn start_with(setup: Setup, home: Arc<TempDir>) -> Self {
        let data = home.path().join("data");
        Self::start_as(setup, home, data).await
    }

    async fn start_as(setup: Setup, home: Arc<TempDir>, data: PathBuf) -> Self {
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let mut process = Self {
            child: None,
            setup,
            home,
            data,
            listen: local(free_port(0)),
            http: Some(local(free_port(1))),
            namespace: None,
        };
        process.run().await;
        process
    }

    /// Starts it in another network namespace at this address.
    pub async fn start_in(namespace: &str, listen: SocketAddr) -> Self {
        let home = Arc::new(TempDir::new().unwrap());
        let data = home.path().join("data");
        let namespace = Some(namespace.to_owned());
        let mut process = Self {
            child: None,
            setup: Setup::default(),
            home,
            data,
            listen,
            http: None,
            namespace,
        };
        process.run().await;
        process
    }

    /// Starts it and waits until it serves; says how long that took.
    pub async fn run(&mut self) -> Duration {
        let since = Instant::now();
        let mut command = self.command();
        command
            .arg("--listen")
            .arg(self.listen.to_string())
            .arg("--data")
            .arg(&self.data);
        let http = self.http.map_or("off".into(), |http| http.to_string());
        command.args(["--http", &http, "--metrics", "off"]);
        // Counting aloud, the filter meets numbers that it reads as words.
        command.args(["--rate", "1000", "--burst", "10000", "--filter", "off"]);
        command.args(&self.setup.flags);
        let environment = self.setup.environment.iter();
        command.envs(environment.map(|(name, value)| (name, value)));
        let mut log = std::fs::File::options();
        let log = log.create(true).append(true);
        let log = log.open(self.home.path().join("server.log")).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log);
        self.child = Some(command.spawn().unwrap());
        while !self.is_ready().await {
            let printed = self.printed();
            assert!(self.is_alive(), "the server ended: {printed}");
            assert!(since.elapsed() < DEADLINE, "not serving: {printed}");
            tokio::time::sleep(LOOK).await;
        }
        since.elapsed()
    }

    /// Where clients meet it.
    pub fn target(&self) -> Target {
        let hashes = match &self.setup.hashes[..] {
            [] => vec![certificate(&self.home.path().join("certs/current.pem"))],
            given => given.to_vec(),
        };
        Target {
            quic: self.listen,
            tcp: self.listen,
            hashes,
        }
    }

    /// Its process, while it runs.
    pub fn id(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Kills it as `kill -9` does.
    pub fn kill(&mut self) {
        let child = self.child.as_mut().expect("it runs");
        // It may have ended by itself.
        child.kill().ok();
        child.wait().unwrap();
        self.child = None;
    }

    /// Stops every thread of it: from here on it says nothing, whatever it has been told.
    pub async fn freeze(&self) {
        const DEADLINE: Duration = Duration::from_secs(10);
        self.signal("STOP");
        let since = Instant::now();
        while !self.is_frozen() {
            assert!(since.elapsed() < DEADLINE, "a thread does not stop");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Whether all threads are stopped; one that waits for the disk is only when that has answered.
    fn is_frozen(&self) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.id())).unwrap();
        threads.into_iter().all(|thread| {
            // One that ended in between says nothing any more either.
            let Ok(stat) = std::fs::read_to_string(thread.unwrap().path().join("stat")) else {
                return true;
            };
            let (_, rest) = stat.rsplit_once(") ").expect("proc_pid_stat(5)");
            rest.starts_with('T')
        })
    }

    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Memory that it occupies, in KiB (`VmRSS`, proc_pid_status(5)).
    pub fn memory(&self) -> i64 {
        let child = self.child.as_ref().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next());
        kib.expect("a number of kB").parse().unwrap()
    }

    /// The most memory that it occupies until `until` is over.
    pub async fn peak<T>(&self, until: impl Future<Output = T>) -> (i64, T) {
        const OFTEN: Duration = Duration::from_millis(50);
        tokio::pin!(until);
        let mut peak = self.memory();
        loop {
            match tokio::time::timeout(OFTEN, &mut until).await {
                Ok(done) => return (peak.max(self.memory()), done),
                Err(_) => peak = peak.max(self.memory()),
            }
        }
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let since = Instant::now();
        loop {
            let child = self.child.as_mut().expect("it runs");
            if let Some(status) = child.try_wait().unwrap() {
                self.child = None;
                return status;
            }
            assert!(since.elapsed() < DEADLINE, "the server did not end");
            tokio::time::sleep(LOOK).await;
        }
    }

    pub fn is_alive(&mut self) -> bool {
        let child = self.child.as_mut();
        child.is_some_and(|child| child.try_wait().unwrap().is_none())
    }

    /// What it has logged.
    pub fn printed(&self) -> String {
        std::fs::read_to_string(self.home.path().join("server.log")).unwrap_or_default()
    }

    fn command(&self) -> Command {
        let plain = command(self.home.path());
        let by: Vec<&str> = match &self.namespace {
            Some(namespace) => vec!["ip", "netns", "exec", namespace],
            None => self.setup.by.iter().map(String::as_str).collect(),
        };
        let Some((first, rest)) = by.split_first() else {
            return plain;
        };
        let mut inside = Command::new(first);
        inside.args(rest);
        inside.arg(plain.get_program()).args(plain.get_args());
        inside.current_dir(self.home.path()).stdin(Stdio::null());
        inside
    }

    /// Whether it says so itself; in another namespace by the address that it prints when it serves.
    async fn is_ready(&self) -> bool {
        let Some(http) = self.http else {
            return self.printed().contains("https://");
        };
        let asking = async {
            let mut stream = TcpStream::connect(http).await?;
            let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            stream.write_all(request.as_bytes()).await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            std::io::Result::Ok(answer.starts_with("HTTP/1.1 200"))
        };
        asking.await.unwrap_or(false)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
        if std::thread::panicking() {
            eprintln!("the server said:\n{}", self.printed());
        }
    }
}

/// A port that neither TCP nor UDP uses, below those that systems give to clients: while the server is
/// down nobody else shall get it.
fn free_port(which: u64) -> u16 {
    let mut random = Random::new(2 * u64::from(std::process::id()) + which);
    loop {
        let port = u16::try_from(random.within(20_000..30_000)).unwrap();
        let address = ("127.0.0.1", port);
        if TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok() {
            return port;
        }
    }
}

fn certificate(path: &Path) -> Sha256Digest {
    let pem = std::fs::read(path).unwrap();
    let der = CertificateDer::from_pem_slice(&pem).unwrap();
    let hash = digest(&SHA256, &der);
    Sha256Digest::new(hash.as_ref().try_into().unwrap())
}
