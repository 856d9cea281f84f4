//! Writes the seeds of every target: `seeds FOLDER` makes `FOLDER/TARGET/…`.

use std::path::PathBuf;
use std::{env, fs};

use edgeseal_fuzz::TARGETS;
use edgeseal_fuzz::vectors::Vectors;

fn main() -> std::io::Result<()> {
    let folder =
        env::args_os().nth(1).map(PathBuf::from).ok_or_else(|| std::io::Error::other("expected a folder"))?;
    let vectors = Vectors::read();
    for target in TARGETS {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder)?;
        for (index, seed) in (target.seeds)(&vectors).iter().enumerate() {
            fs::write(folder.join(format!("seed-{index:04}")), seed)?;
        }
    }
    Ok(())
}
