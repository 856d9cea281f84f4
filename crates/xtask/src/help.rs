//! What `--help` says.

use anyhow::{Result, bail};

const TASKS: &str = "\
cargo xtask TASK

  build   the wasm modules, the edge's handlers, and the command that bundles both
  wasm    the modules and the handlers alone
  lambda  the function that decrypts in AWS Lambda, as an archive
  demo    a request through an edge to an origin, and back to plaintext
  test    every check of the project
  bench   measurements
  fuzz    inputs that nobody thought of
  mutants changes to the library that the tests have to notice
  supply  what the product is made of, and whether the same sources make the same bytes

`cargo xtask TASK --help` says more. What a task needs it sets up inside the project: edge-function/node_modules for
npm packages, target/venv, target/kms-venv and target/operations-venv for Python's. It needs cargo, rustup, node (20 or newer) with npm; `test` also python3 and openssl.
";

const BUILD: &str = "\
cargo xtask build

Compiles crates/edgeseal-wasm for wasm32-unknown-unknown, runs wasm-bindgen and Binaryen's wasm-opt over it, and writes into
edge-function/wasm the module that encrypts in its three forms, edgeseal_bg.wasm (SIMD128), edgeseal_relaxed_bg.wasm (relaxed SIMD) and
edgeseal_scalar_bg.wasm (neither), with edgeseal.js, which is the same for all; and the module that decrypts, edgeseal_decrypt_bg.wasm,
with edgeseal_decrypt.js. Fails if a module is over its size budget. Then writes the handlers that are one file each,
edge-function/dist/{lambda-edge.mjs,workers.mjs}, and compiles the command with all of that in it: target/release/edgeseal, whose
`bundle` makes what is uploaded to an edge.
";

const WASM: &str = "\
cargo xtask wasm

Does the first half of `cargo xtask build`: what runs at an edge, without the command.
";

const DEMO: &str = "\
cargo xtask demo [--body FILE --policy FILE] [--keyring FILE | --kms]

Starts an origin and a small CDN edge on this machine, posts a body through them, decrypts what the origin got, and shows
the three side by side. Without options it takes examples/person.json, policy.json and keyring.json.

  --body FILE      the request body, JSON
  --policy FILE    the policy of the edge
  --keyring FILE   the keyring that decrypts; without it the demo ends at the origin
  --kms            keys like the policy's are made in an emulator of AWS KMS on this machine, and the command
                   decrypts with calls to it; needs python3
";

const LAMBDA: &str = "\
cargo xtask lambda [--arch x86_64|arm64] [--keyring FILE] [--policy FILE]

Compiles the Lambda function for Amazon Linux 2023 (runtime provided.al2023) with cargo-lambda, which it sets up in
target/lambda-venv, and writes target/lambda/edgeseal-decrypt-ARCH.zip. Prints its path, its size and its SHA-256. The archive is the
same whenever it is made of the same code by the same tools. It needs python3; docs/LAMBDA.md says how to deploy it.

  --arch ARCH      x86_64, which is the default, or arm64
  --keyring FILE   put into the archive as keyring.json, where the function looks for it
  --policy FILE    put into the archive as policy.json, for EDGESEAL_POLICY=policy.json
";

const TEST: &str = "\
cargo xtask test

Runs every check: the tests that docs/SECURITY.md names, formatting, lints, native tests, the decryptor against an emulator of AWS KMS with faults, the wasm modules, bundles, the edge function's types and tests (in Node.js 20, 22
and 24, workerd and Chromium), the test vectors against their generator, interoperation with openssl, cryptography, jwcrypto, PyCryptodome and jose, and the
demonstration. The vectors run through library and command with the native tests, through wasm with the edge function's. The
last line counts the steps: `N passed, N failed`.

EDGESEAL_CORPORA names a folder with outside test data; without it those tests say \"skipped: no corpora\".
";

const BENCH: &str = "\
cargo xtask bench [SUITE]... [--quick] [--list] [--no-build] [--save] [--document]

Measures EdgeSeal against what a user would take instead, in turns, on the same input; without a SUITE, in every way. Prints each ratio with its
target, met or not met, and writes target/bench: SUITE.json with every round, results.json with all suites, tables.md, and index.html with
plots. `cargo xtask bench report` does that with what was measured before. A target that is not met is no error. What it is measured against is
installed below target/bench.

  --list      the suites
  --quick     few and short rounds: to see that all of it works, not for figures; the results go into target/bench/quick
  --no-build  measures what an earlier build has left: edge-function/wasm, edge-function/dist and target/release
  --save      keeps the counts of the suite `instructions` as those that the next time is compared with
  --document  writes the figures into docs/PERFORMANCE.md
";

const FUZZ: &str = "\
cargo xtask fuzz [TARGET]... [--seconds N] [--jobs N] [--list]

Looks for inputs that the product gets wrong: the targets of fuzz/ with libFuzzer, and `cloudfront_event`, events for the edge function's handler in
Node.js; without a TARGET, all. Ends with an error if something is found, and says which input it is. What is learnt is kept in target/fuzz/corpus
for the next time. docs/TESTING.md says what each target holds against what. It needs a C++ compiler; the toolchain is the stable one.

  --list       the targets
  --seconds N  how long each is run; 1200 if it is not said
  --jobs N     how many at a time; as many as the machine has cores if it is not said
";

const MUTANTS: &str = "\
cargo xtask mutants [PART]... [--shard K/N] [--list]

Changes the library in one place at a time, such as `<` to `<=`, and runs its quick tests: they have to notice. A PART is a part of a file's
path, such as `token` or `json/lexer.rs`; without one, all of the files in .cargo/mutants.toml, which takes a night. Ends with an error if a change
goes unnoticed, and says which it is; target/mutants/mutants.out has all. docs/TESTING.md says what to do then. It compiles cargo-mutants below
target/tools the first time.

  --list       what would be changed
  --shard K/N  every N-th change, from the K-th on, counted from 0
";

const SUPPLY: &str = "\
cargo xtask supply [--advisory-db PATH]
cargo xtask supply reproduce

Checks what the product is made of: that every package of Rust, npm and Python is locked in one version with its digest; that library and module
have no crate that is not in their lists; by cargo-deny and deny.toml licences, sources, duplicate versions and who may have which crate; that no
advisory is ignored for longer than its day; and whether an advisory would be found. It compiles cargo-deny below target/tools the first time, which
takes minutes. The last line counts the steps: `N passed, N failed`.

`reproduce` builds twice from nothing, in other folders, and compares the bytes of modules, handlers and npm package; it takes minutes, every time.

  --advisory-db PATH  a checkout of https://github.com/rustsec/advisory-db: also looks for what is known against the crates
";

/// Prints the help of one task, or of all.
pub(crate) fn print(task: &str) -> Result<()> {
    let text = match task {
        "" | "--help" | "-h" | "help" => TASKS,
        "build" => BUILD,
        "wasm" => WASM,
        "lambda" => LAMBDA,
        "demo" => DEMO,
        "test" => TEST,
        "bench" => BENCH,
        "fuzz" => FUZZ,
        "mutants" => MUTANTS,
        "supply" => SUPPLY,
        _ => bail!("no task `{task}`; see `cargo xtask --help`"),
    };
    print!("{text}");
    Ok(())
}
