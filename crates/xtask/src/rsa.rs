//! Our own RSA arithmetic in every form that it is compiled to, and what can take its place.

use anyhow::Result;

use crate::project::Project;
use crate::{node, process, wasm};

/// The forms, as rustc calls what is on.
const FORMS: [(&str, &str); 3] =
    [("scalar", "-simd128"), ("simd128", "+simd128"), ("relaxed", "+simd128,+relaxed-simd")];
const TARGET: &str = "wasm32-wasip1";

/// Runs the tests of `edgeseal-rsa` in WebAssembly, in the newest Node.js: the oldest has no relaxed SIMD.
pub(crate) fn test_forms(project: &Project) -> Result<()> {
    wasm::add_target(TARGET)?;
    let [.., newest] = node::RELEASES;
    let runner = format!(
        "{} --no-warnings {}",
        node::release(project, newest)?.display(),
        project.path("crates/edgeseal-rsa/tests/run.mjs").display()
    );
    for (form, features) in FORMS {
        println!("{form}");
        let mut tests =
            project.cargo_command(&["test", "--quiet", "--package", "edgeseal-rsa", "--target", TARGET]);
        tests.arg("--target-dir").arg(project.target("rsa").join(form));
        tests.env("CARGO_ENCODED_RUSTFLAGS", format!("-Ctarget-feature={features}"));
        process::run(tests.env("CARGO_TARGET_WASM32_WASIP1_RUNNER", &runner))?;
    }
    Ok(())
}

/// Every feature but `fast-rsa`: the packages that nobody here has written keep theirs, and are not compiled again.
const LIBRARY: &str = "edgeseal/library-rsa,edgeseal-wasm/encrypt,edgeseal-wasm/decrypt,\
                       edgeseal-decryptor/command,edgeseal-decryptor/lambda,edgeseal-decryptor/emulator";

/// Runs the unit tests and the vectors with the crate `rsa` instead. Those of the command would tell nothing more.
pub(crate) fn test_library(project: &Project) -> Result<()> {
    let features = ["--no-default-features", "--features", LIBRARY];
    project.cargo(
        &[
            &["test", "--quiet", "--workspace"],
            &features[..],
            &["--lib", "--test", "vectors", "--", "--skip", "through_the_command"],
        ]
        .concat(),
    )
}
