//! Disks that fill up or lose their power. In a mount namespace of their own, as root.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tempfile::TempDir;

use crate::crowd::{Crowd, plan, verdict};
use crate::process::Process;
use crate::random::Random;
use crate::scenarios::Told;
use crate::size;
use crate::table::Outcome;
use crate::visit::Visit;

/// The disk is full for a while.
pub async fn full() -> Told {
    let home = Arc::new(TempDir::new().unwrap());
    let disk = home.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    if let Err(reason) = run("mount -t tmpfs -o size=16m chinwag-faults", &[&disk]) {
        return skipped(reason);
    }
    let mounted = Mounted(disk.clone());
    let mut server = Process::start_over(home, disk.join("data")).await;
    let target = server.target();
    let crowd = Crowd::start((0..8).map(|index| plan(index, &target)));
    crowd.each_acked(20).await;
    let ballast = disk.join("ballast");
    fill(&ballast);
    let put_off = |progress: &crate::member::Progress| progress.put_off.load(Ordering::Relaxed) > 0;
    crowd.each("a refusal", put_off).await;
    let read = Visit::whole(&target, "lobby").await;
    let read = read.expect("reads go on").len();
    std::fs::remove_file(&ballast).unwrap();
    crowd.each_acked(20).await;
    assert!(server.is_alive(), "without a restart");
    let rooms = crowd.gather().await;
    let verdict = verdict(&target, &rooms).await;
    drop((server, mounted));
    let done = format!(
        "all refused for now, {read} entries read meanwhile, goes on by itself when there is room"
    );
    (done, Outcome::Measured(verdict))
}

/// The disk forgets whatever was not flushed, and the process dies.
pub async fn power_cut() -> Told {
    let rounds = size("FAULTS_POWER_CUTS", 20, 3);
    let home = Arc::new(TempDir::new().unwrap());
    let (image, disk) = (home.path().join("image"), home.path().join("disk"));
    std::fs::create_dir(&disk).unwrap();
    let made = File::create(&image).and_then(|image| image.set_len(64 * 1024 * 1024));
    made.unwrap();
    let formatted = run("mkfs.ext4 -q -F", &[&image]);
    if let Err(reason) = formatted.and_then(|()| mount(&image, &disk)) {
        return skipped(reason);
    }
    let mounted = Mounted(disk.clone());
    let mut random = Random::of_run(2);
    let mut server = Process::start_over(home, disk.join("data")).await;
    let target = server.target();
    let crowd = Crowd::start((0..8).map(|index| plan(index, &target)));
    for _ in 0..rounds {
        crowd.each_acked(random.within(5..60)).await;
        // A cut ends the process with the disk. Left running, it was told of flushes that ext4 had begun
        // before and did not finish, and told clients of them.
        server.freeze().await;
        run_python(CUT_POWER, &disk).unwrap();
        server.kill();
        run("umount", &[&disk]).unwrap();
        mount(&image, &disk).unwrap();
        server.run().await;
    }
    crowd.each_acked(10).await;
    let rooms = crowd.gather().await;
    let verdict = verdict(&target, &rooms).await;
    drop((server, mounted));
    let done = format!(
        "{rounds} times: ext4 on a loop device shut down without a flush, killed, mounted again"
    );
    (done, Outcome::Measured(verdict))
}

/// `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH` (linux/fs/ext4/ext4.h): from here on nothing
/// reaches the disk, the journal neither.
const CUT_POWER: &str = "import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))";

fn mount(image: &Path, disk: &Path) -> Result<(), String> {
    // Nothing is to reach the disk unasked: the default would flush every 5 s.
    run("mount -o loop,commit=300", &[image, disk])
}

fn fill(ballast: &Path) {
    let mut file = File::create(ballast).unwrap();
    for size in [64 * 1024, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

/// Runs a command, with paths behind its words.
fn run(words: &str, paths: &[&Path]) -> Result<(), String> {
    let mut words = words.split(' ');
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words).args(paths);
    complete(command)
}

fn run_python(program: &str, path: &Path) -> Result<(), String> {
    let mut command = Command::new("python3");
    command.arg("-c").arg(program).arg(path);
    complete(command)
}

fn complete(mut command: Command) -> Result<(), String> {
    let output = command.output();
    let output = output.map_err(|reason| format!("{command:?}: {reason}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn skipped(reason: String) -> Told {
    (String::new(), Outcome::Skipped(reason))
}

/// Unmounted when dropped; with the namespace in any case.
struct Mounted(std::path::PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        // It goes with the namespace too.
        run("umount --lazy", &[&self.0]).ok();
    }
}
