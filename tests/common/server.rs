//! The server under test: the real binary, on ports of its own, with folders of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wtransport::tls::Sha256Digest;

use super::{DEADLINE, within};

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    home: Arc<TempDir>,
    flags: Vec<String>,
    output: Arc<Mutex<Vec<String>>>,
    /// Where HTTPS, WSS and QUIC are.
    pub listen: SocketAddr,
    /// Where plain HTTP is.
    pub http: SocketAddr,
}

impl Server {
    /// Rooms in memory, and no limit on the rate that a test would meet.
    pub async fn start() -> Self {
        Self::with(&["--ephemeral", "--rate", "1000", "--burst", "10000"]).await
    }

    /// Rooms on disk.
    pub async fn lasting() -> Self {
        Self::with(&["--rate", "1000", "--burst", "10000"]).await
    }

    /// With these flags beside the ones that keep tests apart.
    pub async fn with(flags: &[&str]) -> Self {
        let home = Arc::new(TempDir::new().unwrap());
        Self::spawn(home, flags.iter().map(|&flag| flag.to_owned()).collect()).await
    }

    /// Rooms in memory, and metrics.
    pub async fn counting() -> Self {
        let metrics = ["--metrics", "127.0.0.1:0"];
        Self::with(
            &[
                &["--ephemeral", "--rate", "1000", "--burst", "10000"][..],
                &metrics,
            ]
            .concat(),
        )
        .await
    }

    /// Rooms on disk, under limits that a shell sets first.
    pub async fn limited(limits: &str, flags: &[&str]) -> Self {
        let home = Arc::new(TempDir::new().unwrap());
        let mut shell = Command::new("sh");
        let script = format!("{limits}; exec \"$@\"");
        shell.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_chinwag")]);
        let command = prepared(shell, home.path());
        let flags = flags.iter().map(|&flag| flag.to_owned()).collect();
        Self::run(command, home, flags).await
    }

    async fn spawn(home: Arc<TempDir>, flags: Vec<String>) -> Self {
        Self::run(command(home.path()), home, flags).await
    }

    async fn run(mut command: Command, home: Arc<TempDir>, flags: Vec<String>) -> Self {
        command.args(["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
        if !flags.iter().any(|flag| flag == "--metrics") {
            command.args(["--metrics", "off"]);
        }
        if !flags.iter().any(|flag| flag == "--ephemeral") {
            command.arg("--data").arg(home.path().join("data"));
        }
        let mut child = command.args(&flags).spawn().unwrap();
        let output = collect(&mut child);
        let mut server = Self {
            child,
            home,
            flags,
            output,
            listen: SocketAddr::from(([0; 4], 0)),
            http: SocketAddr::from(([0; 4], 0)),
        };
        server.http = server.address("http://").await;
        server.listen = server.address("https://").await;
        server
    }

    /// Ends it as a power cut would, and starts it again over the same folders.
    pub async fn crash(mut self) -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        Self::spawn(self.home.clone(), self.flags.clone()).await
    }

    /// Starts another one over the folders of this one, which has ended.
    pub async fn again(self) -> Self {
        Self::spawn(self.home.clone(), self.flags.clone()).await
    }

    /// Bytes of memory that it has in use.
    #[cfg(target_os = "linux")]
    pub fn resident(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.unwrap().trim().trim_end_matches(" kB").parse::<u64>();
        kilobytes.unwrap() * 1024
    }

    /// The folder it runs in.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Sends a signal, by its name.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(since.elapsed() < DEADLINE, "the server did not end");
            pause().await;
        }
    }

    /// Whether it is still there.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until it has printed a line with these words so many times.
    pub async fn says(&self, words: &str, times: usize) {
        let since = Instant::now();
        while self.printed().matches(words).count() < times {
            assert!(
                since.elapsed() < DEADLINE,
                "not said {times} times: {words}"
            );
            pause().await;
        }
    }

    /// Everything printed so far.
    pub fn printed(&self) -> String {
        self.output.lock().unwrap().join("\n")
    }

    /// `GET path` over plain HTTP: status and body.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let (head, body) = self.get_all(path).await;
        (status(&head), body)
    }

    /// `GET path` over plain HTTP: head and body.
    pub async fn get_all(&self, path: &str) -> (String, String) {
        get(self.http, path).await
    }

    /// The value of a metric, written with its labels; 0 if it has none yet. Only for a server
    /// that was started with metrics.
    pub async fn metric(&self, series: &str) -> u64 {
        let body = self.metrics().await;
        let value = body
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.map_or(0, |value| value.parse().unwrap())
    }

    /// All metrics, as they are served.
    pub async fn metrics(&self) -> String {
        let printed = self.printed();
        let (_, after) = printed.split_once("Metrics").expect("metrics are served");
        let port = port_after(after, "http://").expect("the banner says where");
        let (head, body) = get(SocketAddr::from(([127, 0, 0, 1], port)), "/metrics").await;
        assert_eq!(status(&head), 200);
        body
    }

    /// Waits until a metric has this value.
    pub async fn counts(&self, series: &str, expected: u64) {
        let since = Instant::now();
        loop {
            let now = self.metric(series).await;
            if now == expected {
                return;
            }
            assert!(
                since.elapsed() < DEADLINE,
                "{series} is {now}, not {expected}"
            );
            pause().await;
        }
    }

    /// What the server says about itself.
    pub async fn discovery(&self) -> Value {
        let (status, body) = self.get("/.well-known/chinwag").await;
        assert_eq!(status, 200);
        serde_json::from_str(&body).unwrap()
    }

    /// The SHA-256 of the certificates that clients shall accept.
    pub async fn hashes(&self) -> Vec<Sha256Digest> {
        let discovery = self.discovery().await;
        let hashes = discovery["webtransport"]["hashes"].as_array();
        hashes.unwrap().iter().map(digest).collect()
    }

    /// The port in the first printed address with this scheme.
    async fn address(&mut self, scheme: &str) -> SocketAddr {
        let since = Instant::now();
        loop {
            if let Some(port) = port_after(&self.printed(), scheme) {
                return SocketAddr::from(([127, 0, 0, 1], port));
            }
            let printed = self.printed();
            assert!(self.is_alive(), "the server ended: {printed}");
            assert!(since.elapsed() < DEADLINE, "no {scheme} address: {printed}");
            pause().await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            eprintln!("the server said:\n{}", self.printed());
        }
    }
}

/// `chinwag serve` in a folder of its own, with nothing of the tester's environment.
pub fn command(home: &Path) -> Command {
    prepared(Command::new(env!("CARGO_BIN_EXE_chinwag")), home)
}

fn prepared(mut command: Command, home: &Path) -> Command {
    command.arg("serve").current_dir(home);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name == "PORT" || name.starts_with("CHINWAG_") {
            command.env_remove(name);
        }
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A folder that lives as long as the test.
pub fn folder() -> (TempDir, PathBuf) {
    let home = TempDir::new().unwrap();
    let path = home.path().to_owned();
    (home, path)
}

/// Between two looks at something that has no way to wake us.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}

/// `GET path`: head and body.
async fn get(address: SocketAddr, path: &str) -> (String, String) {
    let port = address.port();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    let answer = within("an answer over HTTP", exchange).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    (head.to_owned(), body.to_owned())
}

fn collect(child: &mut Child) -> Arc<Mutex<Vec<String>>> {
    let output = Arc::new(Mutex::new(Vec::new()));
    keep_lines(child.stdout.take().unwrap(), output.clone());
    keep_lines(child.stderr.take().unwrap(), output.clone());
    output
}

fn keep_lines(from: impl Read + Send + 'static, to: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            to.lock().unwrap().push(line);
        }
    });
}

fn port_after(text: &str, scheme: &str) -> Option<u16> {
    let address = text.split_once(scheme)?.1;
    let host: String = address
        .chars()
        .take_while(|c| !c.is_whitespace() && !matches!(c, '/' | ','))
        .collect();
    host.rsplit_once(':')?.1.parse().ok()
}

fn status(head: &str) -> u16 {
    let code = head.split(' ').nth(1).expect("a status line");
    code.parse().unwrap()
}

fn digest(hash: &Value) -> Sha256Digest {
    let bytes = STANDARD.decode(hash.as_str().unwrap()).unwrap();
    Sha256Digest::new(bytes.try_into().unwrap())
}
