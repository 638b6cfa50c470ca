//! Faults inside the server's process, made by a small library that goes before libc: `inside.c`.
//!
//! Decides which call fails and how wrong the wall clock is. Invariant: the library changes nothing
//! until it is told to.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::common::DEADLINE;
use crate::process::{LOOK, Setup};

/// A file in the folder: a call waits to fail.
const FAILING: &str = "failing";

/// What the library of one server is told.
pub struct Inside {
    folder: PathBuf,
}

/// A call on the write-ahead log.
#[derive(Clone, Copy, Debug)]
pub enum Call {
    Flush,
    Write,
}

impl Inside {
    /// Compiles the library into a folder of this home; says why if that cannot be done.
    pub fn new(home: &Path) -> Result<Self, String> {
        if !cfg!(target_os = "linux") {
            return Err("needs Linux".into());
        }
        let folder = home.join("inside");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("offset"), 0_i64.to_ne_bytes()).unwrap();
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-o"]).arg(library(&folder));
        cc.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/inside.c"));
        let output = cc.output().map_err(|reason| format!("cc: {reason}"))?;
        match output.status.success() {
            true => Ok(Self { folder }),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// Makes a server take it.
    pub fn setup(&self) -> Setup {
        let folder = self.folder.to_string_lossy().into_owned();
        let library = library(&self.folder).to_string_lossy().into_owned();
        Setup {
            environment: vec![
                ("LD_PRELOAD".into(), library),
                ("FAULTS_INSIDE".into(), folder),
            ],
            ..Setup::default()
        }
    }

    /// Whether the server has taken it: one that is linked statically cannot.
    pub fn is_loaded(&self) -> bool {
        self.folder.join("loaded").exists()
    }

    /// Makes the next call fail, and returns when it waits to do so.
    pub async fn catch(&self, call: Call) {
        let name = match call {
            Call::Flush => "flush",
            Call::Write => "write",
        };
        std::fs::write(self.folder.join(name), "").unwrap();
        let since = Instant::now();
        while !self.folder.join(FAILING).exists() {
            assert!(since.elapsed() < DEADLINE, "there was no {call:?}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Lets the call that waits fail.
    pub fn release(&self) {
        std::fs::remove_file(self.folder.join(FAILING)).unwrap();
    }

    /// Puts the server's wall clock so many seconds before or behind the machine's.
    pub fn set_clock(&self, seconds: i64) {
        use std::os::unix::fs::FileExt;
        let mut offset = std::fs::File::options();
        let offset = offset.write(true).open(self.folder.join("offset"));
        offset
            .unwrap()
            .write_all_at(&seconds.to_ne_bytes(), 0)
            .unwrap();
    }
}

fn library(folder: &Path) -> PathBuf {
    folder.join("inside.so")
}
