//! The commands that people type.

use std::process::Command;

fn make(arguments: &[&str]) -> String {
    let output = Command::new("make")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        // What an outer make tells its own children is not meant for this one.
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL")
        .output()
        .expect("make is installed");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

// A3
#[test]
fn one_command_serves_and_another_rebuilds_on_change() {
    let run = make(&["--dry-run", "run"]);
    assert!(run.contains("build --release --locked"), "{run}");
    assert!(
        run.trim_end().ends_with("target/release/chinwag serve"),
        "{run}"
    );
    let dev = make(&["--dry-run", "dev"]);
    assert!(dev.trim_end().ends_with("/dev"), "{dev}");
}

#[test]
fn make_alone_lists_what_can_be_made() {
    let help = make(&[]);
    for target in ["run", "dev", "build", "check", "test", "bench", "fuzz"] {
        assert!(help.contains(&format!("make {target} ")), "{help}");
    }
}
