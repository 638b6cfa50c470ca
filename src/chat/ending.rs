//! Sessions that are over and still in the log.
//!
//! Decides that nobody is taken for such a session: until the log has let go of it, an answer
//! that names it is too old, and whoever asked is answered anew afterwards.

use std::collections::BTreeMap;

use super::Turn;
use super::session::Conn;
use crate::ids::{ConnId, SessionId};
use crate::record::Record;

/// Each with the connections that wait for its end. Bounded by the records under way and by
/// the connections.
pub(super) type Ending = BTreeMap<SessionId, Vec<ConnId>>;

impl Turn<'_> {
    /// The log shall let go of the session, which is `Forget` or `Lapsed` in `record`.
    pub(super) fn append_end(&mut self, id: SessionId, record: Record) {
        self.chat.ending.entry(id).or_default();
        self.append(record);
    }

    /// Whether the session is on its way out of the log: then the connection waits.
    pub(super) fn waits_for_end(&mut self, conn: ConnId, id: SessionId) -> bool {
        let waiting = self.chat.ending.get_mut(&id);
        waiting.map(|conns| conns.push(conn)).is_some()
    }

    /// The log has let go of the session, or could not.
    pub(super) fn session_ended(&mut self, id: SessionId) {
        for conn in self.chat.ending.remove(&id).unwrap_or_default() {
            let greeting = self.chat.conns.get(&conn).and_then(Conn::greeting);
            // It may have been closed meanwhile.
            if let Some((greeting, _)) = greeting {
                self.look_up(conn, &greeting);
            }
        }
    }
}
