//! Makes the crate compile anew when the web client was built anew.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    // Cargo takes a watched path that is missing for one that always changes.
    let client = Path::new("web/dist");
    fs::create_dir_all(client)?;
    println!("cargo::rerun-if-changed={}", client.display());
    Ok(())
}
