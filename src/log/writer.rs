//! The writer: one thread that owns the log.
//!
//! Decides when there is time for chores. Otherwise it does what it is asked, in the order it
//! is asked, and says how it went. Invariant: every append and every read is answered exactly once, in the order of
//! the requests, so an answer knows every commit that was asked for before it.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::{Chore, Log};
use crate::ids::Timestamp;
use crate::record::{Answer, Committed, LogError, Query, Record};

/// What the writer can be asked.
#[derive(Debug)]
pub enum Request {
    /// Store a group.
    Append(Vec<Record>),
    /// Answer a question.
    Read {
        /// Given back with the answer.
        ticket: u64,
        /// The question.
        query: Query,
    },
    /// Forget the sessions last seen before then. Has no reply: should the disk be full,
    /// the next time will do.
    Expire(Timestamp),
}

/// What the writer says.
#[derive(Debug)]
pub enum Reply {
    /// The group is durable.
    Appended(Vec<Committed>),
    /// The group is not stored, none of it.
    AppendFailed(Vec<Record>, LogError),
    /// The answer to a question.
    Answer {
        /// The question's.
        ticket: u64,
        /// What was found.
        answer: Result<Answer, LogError>,
    },
}

/// The thread that owns the log. Dropped, the thread does what it was asked and ends by
/// itself.
pub struct Writer {
    requests: mpsc::Sender<Request>,
    thread: JoinHandle<()>,
}

/// Starts the thread that owns `log` and answers to `replies`.
///
/// Both queues have no bound of their own, because the one that asks bounds them: it keeps
/// one append and a bounded number of reads under way, and there is one reply for each.
///
/// # Panics
/// When the system gives no thread: there is no server without its log.
#[must_use]
pub fn spawn(log: impl Log, replies: UnboundedSender<Reply>) -> Writer {
    let (requests, inbox) = mpsc::channel();
    let thread = std::thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || run(log, &inbox, &replies))
        .expect("the system gives one thread at the start");
    Writer { requests, thread }
}

impl Writer {
    /// Asks for something. Never blocks.
    pub fn request(&self, request: Request) {
        // The thread ends early only by a panic; the replies' channel then tells who waits.
        if self.requests.send(request).is_err() {
            tracing::error!("the log's thread is gone");
        }
    }

    /// Waits until everything that was asked is done and the log is closed.
    pub async fn close(self) {
        drop(self.requests);
        let joined = tokio::task::spawn_blocking(|| self.thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the log's thread ended by a panic");
        }
    }
}

fn run(mut log: impl Log, inbox: &mpsc::Receiver<Request>, replies: &UnboundedSender<Reply>) {
    let mut put_off = 0;
    while let Some(next) = next(inbox, log.chore(), put_off) {
        put_off = match next {
            Next::Chore => {
                log.tidy();
                0
            }
            Next::Request(request) => {
                serve(&mut log, request, replies);
                put_off + 1
            }
        };
    }
}

/// What the thread does next.
enum Next {
    Request(Request),
    Chore,
}

/// Requests go before chores, unless a chore was put off for too many of them. `None` when
/// nobody will ask for anything any more.
fn next(inbox: &mpsc::Receiver<Request>, chore: Option<Chore>, put_off: u32) -> Option<Next> {
    let Some(chore) = chore else {
        return inbox.recv().ok().map(Next::Request);
    };
    let (pause, patience) = waits(chore);
    if put_off >= patience {
        return Some(Next::Chore);
    }
    match inbox.recv_timeout(pause) {
        Ok(request) => Some(Next::Request(request)),
        Err(RecvTimeoutError::Timeout) => Some(Next::Chore),
        Err(RecvTimeoutError::Disconnected) => None,
    }
}

/// How long nothing must be asked for before a chore is done, and how many requests may go
/// before it. Indexing is a few milliseconds at a time, so the writer waits until nobody
/// seems to be writing; a purge waits for the disk, and leaves a deleted text in
/// a file until then.
fn waits(chore: Chore) -> (Duration, u32) {
    match chore {
        Chore::Index => (Duration::from_millis(20), 16),
        Chore::Purge => (Duration::from_millis(200), 256),
    }
}

fn serve(log: &mut impl Log, request: Request, replies: &UnboundedSender<Reply>) {
    let Some(reply) = perform(log, request) else {
        return;
    };
    // Nobody waits for the reply any more; what was asked is still to be done.
    if replies.send(reply).is_err() {
        tracing::debug!("a reply of the log came too late");
    }
}

fn perform(log: &mut impl Log, request: Request) -> Option<Reply> {
    match request {
        Request::Append(group) => Some(match log.append(group) {
            Ok(committed) => Reply::Appended(committed),
            Err((group, error)) => Reply::AppendFailed(group, error),
        }),
        Request::Read { ticket, query } => Some(Reply::Answer {
            ticket,
            answer: log.answer(query),
        }),
        Request::Expire(before) => {
            if let Err(error) = log.expire(before) {
                tracing::warn!(%error, "old sessions could not be forgotten");
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::suite::{room, say};
    use super::super::{MemoryLog, SqliteLog};
    use super::*;
    use crate::ids::{Epoch, Seq, SessionId};

    fn read(ticket: u64) -> Request {
        Request::Read {
            ticket,
            query: Query::Room {
                room: room("lobby"),
                session: SessionId(1),
                member: crate::ids::MemberId(1),
            },
        }
    }

    #[tokio::test]
    async fn an_answer_knows_every_commit_that_was_asked_for_before_it() {
        let (sender, mut replies) = tokio::sync::mpsc::unbounded_channel();
        let writer = spawn(MemoryLog::new(Epoch(1)), sender);
        for number in 1..=20 {
            writer.request(Request::Append(vec![say(1, "lobby", number)]));
            writer.request(read(number));
        }
        for number in 1..=20 {
            let appended = replies.recv().await.unwrap();
            assert!(matches!(appended, Reply::Appended(group)
                if matches!(group[..], [Committed::Entry(_, seq)] if seq == Seq(number))));
            let answered = replies.recv().await.unwrap();
            assert!(
                matches!(answered, Reply::Answer { ticket, answer: Ok(Answer::Room(room)) }
                if ticket == number && room.head == Seq(number))
            );
        }
        writer.close().await;
        assert!(replies.recv().await.is_none());
    }

    #[tokio::test]
    async fn closing_waits_for_all_that_was_asked_even_if_nobody_waits_for_replies() {
        let folder = tempfile::tempdir().unwrap();
        let open = || SqliteLog::open(folder.path(), Epoch(1)).unwrap();
        let (sender, replies) = tokio::sync::mpsc::unbounded_channel();
        drop(replies);
        let writer = spawn(open(), sender);
        writer.request(Request::Append(vec![say(1, "lobby", 1)]));
        writer.request(Request::Expire(Timestamp(0)));
        writer.request(Request::Append(vec![say(1, "lobby", 2)]));
        writer.close().await;
        let Reply::Answer { answer, .. } = perform(&mut open(), read(0)).unwrap() else {
            panic!("a read is answered");
        };
        assert!(matches!(answer, Ok(Answer::Room(room)) if room.head == Seq(2)));
    }
}
