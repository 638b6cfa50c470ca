//! The start of what decides: the log is opened, its thread, the shards and the hub started.
//!
//! Decides which log is kept and how many shards there are. Invariant: the epoch that
//! clients are told is the one that the log holds, and who was a member when the server
//! ended is taken up before anybody can connect.

use bytes::Bytes;
use ring::rand::SystemRandom;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::ServerError;
use crate::chat::{Rate, Settings, WordFilter};
use crate::clock;
use crate::config::{Config, Storage};
use crate::fanout::Fanout;
use crate::hub::{Handle, Hub, Parts};
use crate::ids::{Epoch, Pepper, SAFE_INTEGER};
use crate::log::{self, MemoryLog, SqliteLog};
use crate::metrics::Metrics;
use crate::record::{LogError, StoredMember};
use crate::wire::event::{Bye, ByeCode, Retry};
use crate::wire::{self, Event};

/// When a reader that was too slow may come back, at the latest, in milliseconds.
const SLOW_RETRY_MS: u32 = 2_000;

/// A part of the server that ends when the log breaks or when it is told to.
pub(super) type Running = JoinHandle<Result<(), LogError>>;

/// Opens the log and starts the hub over it.
pub(super) async fn start_hub(
    config: &Config,
    metrics: &Metrics,
    stop: CancellationToken,
) -> Result<(Running, Handle), ServerError> {
    let (sender, replies) = mpsc::unbounded_channel();
    let (storage, new_epoch) = (config.storage.clone(), config.new_epoch);
    let open = move || open_log(&storage, new_epoch, sender);
    let opened = tokio::task::spawn_blocking(open).await??;
    let shards = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let parts = Parts {
        settings: settings(config, (opened.epoch, opened.pepper)),
        members: opened.members,
        writer: opened.writer,
        replies,
        fanout: Fanout::spawn(shards, slow_bye(), metrics),
        metrics: metrics.clone(),
    };
    let (hub, handle) = Hub::new(parts, clock::now());
    Ok((tokio::spawn(hub.run(stop)), handle))
}

/// The log as it was found.
struct Opened {
    epoch: Epoch,
    pepper: Pepper,
    members: Vec<StoredMember>,
    writer: log::Writer,
}

fn open_log(
    storage: &Storage,
    new_epoch: bool,
    replies: mpsc::UnboundedSender<log::Reply>,
) -> Result<Opened, LogError> {
    let fresh = fresh_epoch();
    match storage {
        Storage::Memory => open(MemoryLog::new(fresh), fresh_pepper(), replies),
        Storage::Folder(folder) => {
            let mut log = SqliteLog::open(folder, fresh)?;
            if new_epoch {
                log.begin_epoch(fresh)?;
                tracing::info!("a new epoch begins; clients take the history as it is now");
            }
            let pepper = log.pepper(fresh_pepper())?;
            open(log, pepper, replies)
        }
    }
}

fn open(
    mut log: impl log::Log,
    pepper: Pepper,
    replies: mpsc::UnboundedSender<log::Reply>,
) -> Result<Opened, LogError> {
    Ok(Opened {
        epoch: log.epoch(),
        pepper,
        members: log.members()?,
        writer: log::spawn(log, replies),
    })
}

fn fresh_epoch() -> Epoch {
    let drawn = ring::rand::generate::<[u8; 8]>(&SystemRandom::new());
    let bytes = drawn.expect("the system gives random bytes").expose();
    Epoch(u64::from_le_bytes(bytes) % SAFE_INTEGER)
}

fn fresh_pepper() -> Pepper {
    let drawn = ring::rand::generate::<[u8; 32]>(&SystemRandom::new());
    Pepper(drawn.expect("the system gives random bytes").expose())
}

fn settings(config: &Config, (epoch, pepper): (Epoch, Pepper)) -> Settings {
    let filter = &config.filter;
    Settings {
        epoch,
        pepper,
        server: concat!("chinwag ", env!("CARGO_PKG_VERSION")).into(),
        rate: Rate {
            per_second: config.rate.per_second.get(),
            burst: config.rate.burst.get(),
        },
        max_sessions: usize::try_from(config.max_sessions.get()).unwrap_or(usize::MAX),
        filter: match filter.on {
            true => WordFilter::without(&filter.allowed, filter.off_rooms.iter().cloned()),
            false => WordFilter::off(),
        },
    }
}

fn slow_bye() -> Bytes {
    let bye = Event::Bye(Bye {
        code: ByeCode::Slow,
        text: "You read too slowly; what you missed is in the history.".into(),
        retry: Retry::After(SLOW_RETRY_MS),
    });
    wire::encode_event(&bye).expect("a goodbye fits a frame")
}
