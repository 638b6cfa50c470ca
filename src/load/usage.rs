//! What the server's process uses, read from `/proc` (Linux) when it is on this machine.
//!
//! Decides which process that is: the one that listens on the port. Where it cannot be seen, there is
//! nothing to tell, which is no failure.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use nix::unistd::{SysconfVar, sysconf};

use crate::config::LoadTarget;

/// What a process has used, and uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Processor time of all its threads since its start, in the kernel and out of it.
    pub cpu: Duration,
    /// Resident memory, in bytes.
    pub memory: u64,
}

/// A process on this machine.
#[derive(Clone, Copy, Debug)]
pub struct Process(u32);

impl Process {
    /// The one with this id.
    #[must_use]
    pub fn with_id(pid: u32) -> Self {
        Self(pid)
    }

    /// The one with this id, or the one that listens at the target's port here.
    pub(super) fn find(pid: Option<u32>, target: &LoadTarget) -> Option<Self> {
        let is_here = target.host == "localhost"
            || target.host.parse() == Ok(Ipv4Addr::LOCALHOST)
            || target.host == "::1";
        match pid {
            Some(pid) => Some(Self::with_id(pid)),
            None if is_here => listener(target.port).map(Self),
            None => None,
        }
    }

    /// What it uses; none when it has ended, or where there is no `/proc`.
    #[must_use]
    pub fn usage(self) -> Option<Usage> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0)).ok()?;
        let statm = fs::read_to_string(format!("/proc/{}/statm", self.0)).ok()?;
        let per_second = sysconf(SysconfVar::CLK_TCK).ok()??;
        let page = sysconf(SysconfVar::PAGE_SIZE).ok()??;
        let ticks = ticks(&stat)?;
        let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
        Some(Usage {
            cpu: Duration::from_secs(ticks) / u32::try_from(per_second).ok()?,
            memory: pages * u64::try_from(page).ok()?,
        })
    }
}

/// Fields 14 and 15 of proc_pid_stat(5); the second one, a name, may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut fields = behind_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

fn listener(port: u16) -> Option<u32> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
    let sockets = tables
        .iter()
        .flatten()
        .filter_map(|table| inode(table, port));
    let link = sockets.map(|inode| format!("socket:[{inode}]")).next()?;
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let mut ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.find(|pid: &u32| holds(Path::new(&format!("/proc/{pid}/fd")), &link))
}

/// The socket that listens at this port, in a table of proc_net_tcp(5).
fn inode<'a>(table: &'a str, port: u16) -> Option<&'a str> {
    const LISTENING: &str = "0A";
    let at_port = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&'a str> = line.split_whitespace().collect();
        let is_it = fields.get(1)?.ends_with(&at_port) && *fields.get(3)? == LISTENING;
        is_it.then(|| fields.get(9).copied()).flatten()
    })
}

fn holds(files: &Path, link: &str) -> bool {
    let open = fs::read_dir(files).into_iter().flatten().flatten();
    open.filter_map(|file| fs::read_link(file.path()).ok())
        .any(|target| target.to_str() == Some(link))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_name_with_brackets_and_blanks_does_not_move_the_fields() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 1 2 3";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("7 (cut"), None);
    }

    #[test]
    fn whoever_listens_at_a_port_here_is_found_and_has_used_something() {
        let listening = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let target = LoadTarget {
            host: "localhost".into(),
            port: listening.local_addr().unwrap().port(),
            tls: true,
        };
        let process = Process::find(None, &target).expect("it is this process");
        assert_eq!(process.0, std::process::id());
        assert!(process.usage().unwrap().memory > 100_000);
        let elsewhere = LoadTarget {
            host: "192.0.2.1".into(),
            ..target
        };
        assert!(Process::find(None, &elsewhere).is_none());
    }
}
