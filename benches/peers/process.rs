//! Processes of a run: started on the processor that is theirs, ended when they are dropped.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use chinwag::load::Process;

use crate::Outcome;

/// Between two looks at what a load uses.
const LOOK: Duration = Duration::from_millis(100);
/// The span over which a load's share of its processor is taken.
const SPAN: usize = 10;

/// Which processor something has to itself.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Core {
    Server = 0,
    Load = 1,
}

/// Whether processes can be kept on a processor here.
pub(crate) fn can_pin() -> bool {
    let tried = Command::new("taskset").args(["-c", "1", "true"]).output();
    tried.is_ok_and(|it| it.status.success())
}

fn pinned(command: &Command, core: Core) -> Command {
    if !can_pin() {
        let mut copy = Command::new(command.get_program());
        copy.args(command.get_args());
        return copy;
    }
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", &(core as u8).to_string()]);
    pinned.arg(command.get_program()).args(command.get_args());
    pinned
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Read on, so that it never waits for somebody to listen.
    _output: BufReader<ChildStdout>,
    pub(crate) port: u16,
}

impl Server {
    /// Starts it and waits until it says where it is.
    pub(crate) fn start(command: &Command) -> Outcome<Self> {
        let mut command = pinned(command, Core::Server);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = child.stdout.take().ok_or("a pipe was asked for")?;
        let mut output = BufReader::new(output);
        match port(&mut output) {
            Ok(port) => Ok(Self {
                child,
                _output: output,
                port,
            }),
            Err(error) => {
                end(&mut child);
                Err(error)
            }
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    child.kill().ok();
    child.wait().ok();
}

/// Every server says `https://127.0.0.1:<port>` when it listens.
fn port(output: &mut impl BufRead) -> Outcome<u16> {
    let mut line = String::new();
    while output.read_line(&mut line)? > 0 {
        if let Some((_, rest)) = line.split_once("https://127.0.0.1:") {
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
            return Ok(digits.unwrap_or_default().parse()?);
        }
        line.clear();
    }
    Err("the server ended without saying where it is".into())
}

/// What a load has said, and how much of its processor it used at its busiest.
pub(crate) struct Said {
    pub(crate) output: String,
    pub(crate) error: String,
    pub(crate) percent: f64,
}

/// Runs a load to its end.
pub(crate) fn load(command: &Command) -> Outcome<Said> {
    let mut command = pinned(command, Core::Load);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut samples = vec![(Instant::now(), Duration::ZERO)];
    while child.try_wait()?.is_none() {
        std::thread::sleep(LOOK);
        let used = Process::with_id(child.id()).usage();
        samples.extend(used.map(|it| (Instant::now(), it.cpu)));
    }
    let (mut output, mut error) = (String::new(), String::new());
    child
        .stdout
        .take()
        .ok_or("a pipe was asked for")?
        .read_to_string(&mut output)?;
    child
        .stderr
        .take()
        .ok_or("a pipe was asked for")?
        .read_to_string(&mut error)?;
    Ok(Said {
        output,
        error,
        percent: busiest(&samples),
    })
}

/// The largest share of a processor over [`SPAN`] looks: in the window, not while coming or leaving.
fn busiest(samples: &[(Instant, Duration)]) -> f64 {
    let shares = samples.windows(SPAN + 1).filter_map(|span| {
        let ((from, before), (to, after)) = (span.first()?, span.last()?);
        let wall = to.duration_since(*from).as_secs_f64();
        Some(100.0 * after.saturating_sub(*before).as_secs_f64() / wall)
    });
    shares.fold(0.0, f64::max)
}
