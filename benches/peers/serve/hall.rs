//! What the bare servers have instead of a chat: everybody's bytes to everybody in the room.
//!
//! Nothing is decoded, logged or counted. The bytes of a read go to every connection's queue as they
//! are, shared, and each wake of a connection writes all that is queued in one write.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::Notify;

use crate::scene::peer_bytes;

/// Bytes read at once: ten messages.
const READ: usize = 1_024;
/// What a client is told when it is in.
const WELCOME: &[u8] = b"w";

/// All connections, by the order in which they came.
pub(super) struct Hall {
    /// Members of a room; 0: as many as come.
    group: usize,
    last: Mutex<Arc<Room>>,
}

#[derive(Default)]
struct Room(Mutex<Vec<Arc<Queue>>>);

#[derive(Default)]
struct Queue {
    bytes: Mutex<Vec<Bytes>>,
    wake: Notify,
}

/// The way out of a connection.
pub(super) trait Way: Send + 'static {
    /// Writes all of these at once and leaves the queue empty.
    fn write(&mut self, queue: &mut Vec<Bytes>) -> impl Future<Output = io::Result<()>> + Send;
}

impl Hall {
    pub(super) fn new(group: usize) -> Self {
        let last = Mutex::default();
        Self { group, last }
    }

    /// From the first byte, which asks to be let in, to the end of the connection.
    pub(super) async fn attend(
        &self,
        mut reader: impl AsyncRead + Unpin,
        way: impl Way,
    ) -> io::Result<()> {
        reader.read_u8().await?;
        let queue = Arc::new(Queue::default());
        queue.push(Bytes::from_static(WELCOME));
        let room = self.seat(&queue);
        let writing = tokio::spawn(write_loop(queue, way));
        let ended = read_loop(&room, reader).await;
        writing.abort();
        ended
    }

    fn seat(&self, queue: &Arc<Queue>) -> Arc<Room> {
        let mut last = lock(&self.last);
        if self.group > 0 && lock(&last.0).len() >= self.group {
            *last = Arc::default();
        }
        lock(&last.0).push(queue.clone());
        last.clone()
    }
}

async fn read_loop(room: &Room, mut reader: impl AsyncRead + Unpin) -> io::Result<()> {
    let mut read = BytesMut::new();
    loop {
        read.reserve(READ);
        if reader.read_buf(&mut read).await? == 0 {
            return Ok(());
        }
        let whole = read.len() - read.len() % peer_bytes();
        if whole > 0 {
            room.tell(&read.split_to(whole).freeze());
        }
    }
}

async fn write_loop(queue: Arc<Queue>, mut way: impl Way) -> io::Result<()> {
    let mut taken = Vec::new();
    loop {
        std::mem::swap(&mut taken, &mut lock(&queue.bytes));
        if taken.is_empty() {
            queue.wake.notified().await;
        } else {
            way.write(&mut taken).await?;
        }
    }
}

impl Room {
    fn tell(&self, bytes: &Bytes) {
        for queue in lock(&self.0).iter() {
            queue.push(bytes.clone());
        }
    }
}

impl Queue {
    fn push(&self, bytes: Bytes) {
        lock(&self.bytes).push(bytes);
        self.wake.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half done: there is one thread, and it ends with a panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
