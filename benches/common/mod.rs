//! What the benches share: CPU time and how it is printed.

use std::time::Instant;

/// How much work was measured in how much time.
pub(crate) struct Measured {
    /// Nanoseconds of CPU time over all threads, where the system tells it.
    cpu_ns: Option<u64>,
    wall_ns: u64,
}

/// Runs `work` once to warm up and once to measure it.
pub(crate) fn measure(mut work: impl FnMut()) -> Measured {
    work();
    let (cpu_before, wall_before) = (cpu_ns(), Instant::now());
    work();
    let wall_ns = wall_before.elapsed().as_nanos();
    Measured {
        cpu_ns: cpu_ns().zip(cpu_before).map(|(now, before)| now - before),
        wall_ns: u64::try_from(wall_ns).unwrap_or(u64::MAX),
    }
}

impl Measured {
    /// Prints one line: what was measured and what one of `count` cost.
    pub(crate) fn print(&self, what: &str, count: u64) {
        let wall = self.wall_ns / count;
        match self.cpu_ns {
            Some(cpu) => println!("{what:<48} {:>8} ns CPU {wall:>8} ns wall", cpu / count),
            None => println!("{what:<48} {:>8} ns CPU {wall:>8} ns wall", "?"),
        }
    }
}

/// The CPU time of all live threads so far, in nanoseconds; `None` but on Linux.
fn cpu_ns() -> Option<u64> {
    let mut sum = 0;
    for thread in std::fs::read_dir("/proc/self/task").ok()? {
        let path = thread.ok()?.path().join("schedstat");
        let stat = std::fs::read_to_string(path).ok()?;
        sum += stat.split(' ').next()?.parse::<u64>().ok()?;
    }
    Some(sum)
}
