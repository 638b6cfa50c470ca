//! Real browsers under faults: the browser's part is TypeScript (`web/e2e/faults`), which prints a row of its own.
//!
//! Decides only whether this machine can do it, and starts it. Each fault has a network and a process namespace of
//! its own, so that neither a rule of the firewall nor a browser outlives it.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::row_of;
use crate::scenarios::Told;
use crate::table::{Outcome, Row};

/// What the process of such a fault is started by. When it ends, everything in it does.
pub const APART: &[&str] = &[
    "unshare",
    "--net",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
];

/// The client is bundled and run by what builds it.
const DRIVER: &str = "import('vite').then((vite) => vite.runnerImport('./e2e/faults/main.ts'))";

const PROGRAMS: [&str; 5] = ["node", "chromium", "firefox-esr", "ip", "nft"];

/// Makes the fault of this name.
pub async fn run(name: &str) -> Told {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    if let Some(reason) = missing(&web) {
        return (String::new(), Outcome::Skipped(reason));
    }
    let mut driver = Command::new("node");
    // Until version 22 Node has WebSocket only when asked.
    driver.args(["--experimental-websocket", "-e", DRIVER]);
    driver.current_dir(&web).env("FAULTS_ONE", name);
    driver.env("CHINWAG_BIN", env!("CARGO_BIN_EXE_chinwag"));
    let driver = driver.stdin(Stdio::null()).stdout(Stdio::piped());
    let driver = driver.spawn().unwrap();
    let row = tokio::task::spawn_blocking(move || row_of(driver));
    match row.await.unwrap() {
        Some(Row { done, outcome, .. }) => (done, outcome),
        None => {
            let reason = "the browsers gave no result".into();
            (String::new(), Outcome::Failed(reason))
        }
    }
}

/// What this machine lacks.
fn missing(web: &Path) -> Option<String> {
    let lacks = |program: &&str| {
        let mut look = Command::new("sh");
        look.args(["-c", "command -v \"$0\"", program]);
        let found = look.stdout(Stdio::null()).status();
        !found.is_ok_and(|status| status.success())
    };
    if let Some(program) = PROGRAMS.into_iter().find(lacks) {
        return Some(format!("needs {program}"));
    }
    let built = [
        ("node_modules", "npm ci"),
        ("dist/index.html", "npm run build"),
    ];
    let missing = built.iter().find(|(path, _)| !web.join(path).exists());
    missing.map(|(path, by)| format!("needs web/{path} ({by})"))
}
