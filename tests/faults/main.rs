//! The fault lab: does to the real server what happens to servers, and counts what its clients lost.
//!
//! `make faults` runs all, `make faults ONLY="kill cut"` some. Each fault is made in a process of its own, so that one
//! that fails or hangs takes nothing along, and what needs a namespace gets it from the start.
//! Prints one table, and fails if anything was lost, doubled or reordered. See docs/reliability.md.

#![allow(unreachable_pub, clippy::unwrap_used)]

mod away;
mod bars;
mod beside;
mod broken;
mod browsers;
mod certificate;
mod clock;
#[path = "../common/mod.rs"]
mod common;
mod crowd;
mod disks;
mod flood;
mod handles;
mod herd;
mod inside;
mod member;
mod process;
mod proxy;
mod random;
mod rebinding;
mod scenarios;
mod stalled;
mod table;
mod udp;
mod verdict;
mod visit;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

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

/// As many files as clients and server need beside each other, or as many as there may be.
const MANY_FILES: &[&str] = &[
    "sh",
    "-c",
    "ulimit -n 8192 2>/dev/null || ulimit -n $(ulimit -H -n); exec \"$@\"",
    "sh",
];

const FAULTS: &[Fault] = &[
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
        by: MANY_FILES,
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
    Fault {
        name: "fsync",
        title: "flush or write fails",
        by: &[],
    },
    Fault {
        name: "clock",
        title: "wall clock jumps",
        by: &[],
    },
    Fault {
        name: "handles",
        title: "file descriptors exhausted",
        by: &[],
    },
    Fault {
        name: "certificate",
        title: "certificate replaced",
        by: &[],
    },
    Fault {
        name: "rebinding",
        title: "NAT rebinding",
        by: &[],
    },
    Fault {
        name: "silent",
        title: "peer falls silent",
        by: &[],
    },
    Fault {
        name: "herd",
        title: "1,000 sessions after a restart",
        by: MANY_FILES,
    },
    Fault {
        name: "stalled",
        title: "one stalled reader among 100",
        by: &[],
    },
    Fault {
        name: "away",
        title: "away while much is said",
        by: &[],
    },
    Fault {
        name: "flood",
        title: "flood of first packets",
        by: &[],
    },
    Fault {
        name: "browser-udp",
        title: "browsers: UDP cut and restored",
        by: browsers::APART,
    },
    Fault {
        name: "browser-start",
        title: "browsers: no UDP from the start",
        by: browsers::APART,
    },
    Fault {
        name: "browser-away",
        title: "browsers: away",
        by: browsers::APART,
    },
    Fault {
        name: "browser-kill",
        title: "browsers: kill -9 while writing",
        by: browsers::APART,
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

/// Makes the faults, each in a process of its own; some at the same time where times are not judged.
fn all(only: &[String]) -> ExitCode {
    // Real browsers take minutes, and are built for by other targets.
    let fits = |fault: &Fault| !is_quick() || !fault.name.starts_with("browser");
    let wanted = |fault: &&Fault| match only {
        [] => fits(fault),
        _ => only.iter().any(|name| name == fault.name),
    };
    let wanted: Vec<&Fault> = FAULTS.iter().filter(wanted).collect();
    let (next, rows) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..size("FAULTS_AT_ONCE", 1, 4) {
            scope.spawn(|| {
                while let Some((place, fault)) = take(&next, &wanted) {
                    rows.lock().unwrap().insert(place, watched(fault));
                }
            });
        }
    });
    let rows: Vec<Row> = rows.into_inner().unwrap().into_values().collect();
    table::print(&rows);
    match !rows.is_empty() && rows.iter().all(Row::is_well) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// The next fault that nobody has taken.
fn take<'a>(next: &AtomicUsize, wanted: &[&'a Fault]) -> Option<(usize, &'a Fault)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    Some((place, *wanted.get(place)?))
}

/// Makes one fault, and says so.
fn watched(fault: &Fault) -> Row {
    eprintln!("faults: {} ...", fault.title);
    let since = Instant::now();
    let row = in_a_process(fault);
    eprintln!("{} {} s", row.row(), since.elapsed().as_secs());
    row
}

fn in_a_process(fault: &Fault) -> Row {
    let failed = |text: &str| Row {
        fault: fault.title.into(),
        done: String::new(),
        outcome: Outcome::Failed(text.into()),
    };
    if let Err(reason) = can_run(fault.by) {
        return Row {
            outcome: Outcome::Skipped(reason),
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

/// Whether this machine lets a process be started so: not everybody may make namespaces, root within a container neither.
fn can_run(by: &[&str]) -> Result<(), String> {
    let Some((program, words)) = by.split_first() else {
        return Ok(());
    };
    let tried = Command::new(program).args(words).arg("true").output();
    match tried {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(reason) => Err(format!("{program}: {reason}")),
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
        ["udp"] => udp::outside("udp", &udp::NETWORK).await,
        ["udp", namespace, link] => udp::inside(namespace, link).await,
        ["term"] => scenarios::drained().await,
        ["disk"] => disks::full().await,
        ["pause"] => scenarios::paused().await,
        ["power"] => disks::power_cut().await,
        ["fsync"] => broken::fsync().await,
        ["clock"] => clock::jumped().await,
        ["handles"] => handles::exhausted().await,
        ["certificate"] => certificate::replaced().await,
        ["rebinding"] => rebinding::rebound().await,
        ["herd"] => herd::restarted().await,
        ["stalled"] => stalled::compared().await,
        ["away"] => udp::outside("away", &away::NETWORK).await,
        ["away", namespace, _] => away::inside(namespace).await,
        ["flood"] => flood::flooded().await,
        ["silent"] => scenarios::silent().await,
        ["browser-udp" | "browser-start" | "browser-away" | "browser-kill"] => {
            browsers::run(words[0]).await
        }
        _ => (String::new(), Outcome::Failed("no such fault".into())),
    }
}

fn reason(error: tokio::task::JoinError) -> String {
    let panic = error.into_panic();
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

/// How much of a fault: the number that the environment gives by this name, otherwise `full`, or `quick` when
/// `FAULTS_QUICK` asks for the part that fits into minutes.
pub fn size(name: &str, full: u64, quick: u64) -> u64 {
    setting(name, if is_quick() { quick } else { full })
}

/// Whether only little of each fault is wanted. Bars that are times or sizes are then measured, but not held.
pub fn is_quick() -> bool {
    setting("FAULTS_QUICK", 0) != 0
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
