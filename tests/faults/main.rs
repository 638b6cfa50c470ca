//! The fault lab: does to the real server what happens to servers, and counts what its clients lost.
//!
//! `make faults` runs all, `make faults ONLY="kill cut"` some. Each fault is made in a process of its own, so that one
//! that fails or hangs takes nothing along, and what needs a namespace gets it from the start.
//! Prints one table, and fails if anything was lost, doubled or reordered. See docs/reliability.md.

#![allow(unreachable_pub, clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod crowd;
mod disks;
mod member;
mod process;
mod proxy;
mod random;
mod scenarios;
mod table;
mod udp;
mod verdict;
mod visit;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use table::{Outcome, Row};

/// One fault: its name on the command line, in the table, and what its process is started with.
struct Fault {
    name: &'static str,
    title: &'static str,
    /// A command that the process is started by.
    by: &'static [&'static str],
}

/// A mount namespace of its own: whatever is mounted goes with the process.
const MOUNTS: &[&str] = &["unshare", "--mount"];

const FAULTS: [Fault; 7] = [
    Fault {
        name: "kill",
        title: "kill -9 under load",
        by: &[],
    },
    Fault {
        name: "cut",
        title: "connection cut at a random byte",
        by: &[],
    },
    Fault {
        name: "udp",
        title: "UDP cut and restored",
        by: &[],
    },
    Fault {
        name: "term",
        title: "SIGTERM under load",
        by: &[],
    },
    Fault {
        name: "disk",
        title: "disk full",
        by: MOUNTS,
    },
    Fault {
        name: "pause",
        title: "process paused",
        by: &[],
    },
    Fault {
        name: "power",
        title: "power cut",
        by: MOUNTS,
    },
];

/// The longest that one fault may take.
const LIMIT: Duration = Duration::from_secs(1_800);

/// For its process to put everything away after that.
const AFTERWARDS: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("--one") => {
            let rest: Vec<String> = arguments.collect();
            println!("{}", one(&rest).line());
            ExitCode::SUCCESS
        }
        Some(first) => all(&[vec![first.to_owned()], arguments.collect()].concat()),
        None => all(&[]),
    }
}

/// Makes the faults one after another, each in a process of its own.
fn all(only: &[String]) -> ExitCode {
    let mut rows = Vec::new();
    for fault in &FAULTS {
        if only.is_empty() || only.iter().any(|name| name == fault.name) {
            eprintln!("faults: {} ...", fault.title);
            let row = in_a_process(fault);
            eprintln!("{}", row.row());
            rows.push(row);
        }
    }
    table::print(&rows);
    match !rows.is_empty() && rows.iter().all(Row::is_well) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn in_a_process(fault: &Fault) -> Row {
    let failed = |text: &str| Row {
        fault: fault.title.into(),
        done: String::new(),
        outcome: Outcome::Failed(text.into()),
    };
    if !fault.by.is_empty() && !is_root() {
        let outcome = Outcome::Skipped("needs root".into());
        return Row {
            outcome,
            ..failed("")
        };
    }
    let own = std::env::current_exe().unwrap();
    let words = fault.by.iter().map(|word| (*word).to_owned());
    let mut words = words.chain([own.to_string_lossy().into_owned()]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).args(["--one", fault.name]);
    match command.stdout(Stdio::piped()).spawn() {
        Ok(child) => row_of(child).unwrap_or_else(|| failed("its process gave no result")),
        Err(reason) => failed(&reason.to_string()),
    }
}

/// Waits for the row that a process prints, but not for ever.
fn row_of(mut child: Child) -> Option<Row> {
    let (found, rows) = mpsc::channel();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    std::thread::spawn(move || {
        let mut rows = lines.map_while(Result::ok);
        let row = rows.find_map(|line| Row::parse(&line));
        // Nobody waits any more if it took too long.
        found.send(row).ok();
    });
    let row = rows.recv_timeout(LIMIT + AFTERWARDS).ok().flatten();
    if row.is_none() {
        // It may have ended by itself.
        child.kill().ok();
    }
    child.wait().ok()?;
    row
}

/// Makes one fault, in this process.
fn one(words: &[String]) -> Row {
    let name = words.first().map_or("", String::as_str);
    let fault = FAULTS.iter().find(|fault| fault.name == name);
    let title = fault.map_or("unknown", |fault| fault.title);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().build().unwrap();
    let words = words.to_vec();
    // In a task, so that a panic becomes a row, and everything is dropped before it is printed.
    let task = runtime.spawn(async move {
        let failed = |reason: &str| (String::new(), Outcome::Failed(reason.into()));
        // The server goes with the future, whichever way this ends.
        tokio::select! {
            told = run(&words) => told,
            () = tokio::time::sleep(LIMIT) => failed("it took too long"),
            _ = tokio::signal::ctrl_c() => failed("interrupted"),
        }
    });
    let (done, outcome) = match runtime.block_on(task) {
        Ok(told) => told,
        Err(error) => (String::new(), Outcome::Failed(reason(error))),
    };
    let fault = title.into();
    Row {
        fault,
        done,
        outcome,
    }
}

async fn run(words: &[String]) -> scenarios::Told {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["kill"] => scenarios::killed().await,
        ["cut"] => scenarios::cut().await,
        ["udp"] => udp::outside().await,
        ["udp", namespace, link] => udp::inside(namespace, link).await,
        ["term"] => scenarios::drained().await,
        ["disk"] => disks::full().await,
        ["pause"] => scenarios::paused().await,
        ["power"] => disks::power_cut().await,
        _ => (String::new(), Outcome::Failed("no such fault".into())),
    }
}

fn reason(error: tokio::task::JoinError) -> String {
    let panic = error.into_panic();
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

/// A number from the environment.
pub fn setting(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok();
    value.map_or(default, |value| value.parse().expect("a number"))
}

/// Whether mounts and namespaces can be made.
pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout == b"0\n")
}
