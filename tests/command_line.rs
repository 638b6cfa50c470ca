//! The program as a shell sees it: what it prints, and how it ends.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// The program in an empty folder, with nothing of this shell's environment.
fn chinwag(folder: &tempfile::TempDir, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chinwag"));
    command
        .args(args)
        .current_dir(folder.path())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(args: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    chinwag(&folder, args).output().unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Ends the server with the test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, as it should.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const QUIET: [&str; 8] = [
    "serve",
    "--ephemeral",
    "--listen",
    "127.0.0.1:0",
    "--http",
    "127.0.0.1:0",
    "--metrics",
    "off",
];

// C: exit codes
#[test]
fn bad_configuration_ends_with_2_and_one_sentence() {
    for (args, sentence) in [
        (
            &["serve", "--rate", "0"][..],
            "chinwag: --rate is `0`, but must be a whole number from 1 to 1000\n",
        ),
        (
            &["serve", "--http", "0.0.0.0:80"],
            "chinwag: --http is 0.0.0.0:80, but plain HTTP is served on loopback only; \
             use --listen for others\n",
        ),
        (
            &["serve", "--lisen", "1"],
            "chinwag: unexpected argument '--lisen' found; did you mean `--listen`?\n",
        ),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_eq!(stderr(&output), sentence);
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn version_and_help_go_to_stdout_and_end_well() {
    let version = run(&["--version"]);
    assert_eq!(version.status.code(), Some(0));
    let expected = concat!("chinwag ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(version.stdout, expected.as_bytes());
    let help = run(&["help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(String::from_utf8(help.stdout).unwrap().contains("serve"));
}

// C: exit codes
#[test]
fn a_port_in_use_ends_with_1_and_names_the_setting() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut args = QUIET;
    args[5] = &address;
    let output = run(&args);
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    let last = told.lines().last().unwrap();
    assert!(last.contains(&address) && last.contains("--http"), "{told}");
}

// A1, C: exit codes
#[test]
fn the_banner_names_an_address_that_answers_and_sigterm_ends_with_0() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Running(chinwag(&folder, &QUIET).spawn().unwrap());
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let open = lines
        .find_map(|line| Some(line.unwrap().trim().strip_prefix("Open")?.trim().to_owned()))
        .expect("the banner says what to open");
    let authority = open.strip_prefix("http://").unwrap();
    let answer = fetch(authority, "/healthz");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");

    let pid = server.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(server.0.wait().unwrap().code(), Some(0));
}

#[test]
fn a_misspelt_variable_is_warned_of_and_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = chinwag(&folder, &QUIET);
    command.env("CHINWAG_BURTS", "3");
    let mut server = Running(command.spawn().unwrap());
    let mut lines = BufReader::new(server.0.stderr.take().unwrap()).lines();
    let warned = lines.find(|line| line.as_ref().unwrap().contains("CHINWAG_BURTS"));
    let warned = warned.unwrap().unwrap();
    assert!(warned.contains("did you mean `CHINWAG_BURST`?"), "{warned}");
    wait_for_banner(&mut server);
}

/// The limit of the shell that started it must not be that of the connections.
#[cfg(target_os = "linux")]
#[test]
fn it_takes_as_many_file_handles_as_it_may_have() {
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh");
    let limited = "ulimit -S -n 100; exec \"$@\"";
    shell.args(["-c", limited, "sh", env!("CARGO_BIN_EXE_chinwag")]);
    shell.args(QUIET).current_dir(folder.path()).env_clear();
    let mut server = Running(shell.stdout(Stdio::piped()).spawn().unwrap());
    wait_for_banner(&mut server);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.0.id())).unwrap();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let [soft, hard] = [3, 4].map(|at| files.unwrap().split_whitespace().nth(at).unwrap());
    assert_eq!(soft, hard);
    assert_ne!(soft, "100");
}

fn wait_for_banner(server: &mut Running) {
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let open = lines.find(|line| line.as_ref().unwrap().contains("Open"));
    assert!(open.is_some(), "it has started");
}

fn fetch(authority: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(authority.replace("localhost", "127.0.0.1")).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}
