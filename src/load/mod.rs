//! A load on a server: guests who join, speak and check what they are told.
//!
//! Decides the course of a run: everybody in, some seconds to warm up, the window that is measured,
//! until the last message is heard, everybody out. Does not decide whether what was measured is good
//! enough, but for losses, doubles and reorders, which never are.
//! Invariant: what is told was measured in this run; what could not be measured is left out.

mod desk;
mod dial;
mod guest;
mod hall;
mod hearing;
mod line;
mod order;
mod plot;
mod progress;
mod report;
mod run;
mod stamp;
mod tally;
mod usage;

use std::error::Error;
use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use crate::config::LoadPlan;
use crate::wire::WireError;

pub use report::Report;
use run::Run;
pub use usage::{Process, Usage};

/// Why there is no outcome, or why a guest's connection broke.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The server is not there, or is not believed.
    #[error("no connection: {0}")]
    Dial(Box<dyn Error + Send + Sync>),
    /// A connection was lost.
    #[error("the connection is lost{}", .0.as_ref().map_or_else(String::new, |why| format!(": {why}")))]
    Lost(Option<Box<dyn Error + Send + Sync>>),
    /// What the server says makes no sense.
    #[error("the server is not understood: {0}")]
    Wire(#[from] WireError),
    /// The server sends a guest away.
    #[error("the server says: {0}")]
    TurnedAway(String),
    /// A guest was not let in in time.
    #[error("not let in in time")]
    Late,
    /// There are no sockets for it on this machine.
    #[error("no socket: {0}")]
    Socket(std::io::Error),
    /// The file of authorities cannot be used.
    #[error("the file {} (--ca) cannot be used: {error}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: Box<dyn Error + Send + Sync>,
    },
    /// Only some guests came in, and no more.
    #[error("only {arrived} of {wanted} sessions came in{}", .why.as_ref().map_or_else(String::new, |why| format!("; the first that did not: {why}")))]
    NotAllIn {
        /// Those who did.
        arrived: usize,
        /// All of them.
        wanted: usize,
        /// What kept the first one out.
        why: Option<String>,
    },
    /// Somebody has stopped the run.
    #[error("stopped before the end")]
    Stopped,
    /// The plot cannot be drawn.
    #[error("the plot cannot be drawn: {0}")]
    Plot(String),
}

impl LoadError {
    fn dialling(why: impl Error + Send + Sync + 'static) -> Self {
        Self::Dial(Box::new(why))
    }

    fn lost(why: impl Error + Send + Sync + 'static) -> Self {
        Self::Lost(Some(Box::new(why)))
    }
}

/// Puts the load on the server and waits for its end, or until `shutdown`.
///
/// # Errors
/// [`LoadError`] when there is no outcome: no server, not everybody let in, stopped.
pub async fn run(plan: &LoadPlan, shutdown: CancellationToken) -> Result<Report, LoadError> {
    let run = async { Run::new(plan).await?.through().await };
    let ended = shutdown.run_until_cancelled(run).await;
    let report = ended.unwrap_or(Err(LoadError::Stopped))?;
    if let Some(path) = &plan.telling.plot {
        plot::draw(&report, path)?;
    }
    Ok(report)
}
