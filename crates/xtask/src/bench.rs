//! Measurements: suites that each write one file of `target/bench`, and the report on all of them.

mod decryptor;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::project::Project;
use crate::{build, node, process, python};

/// What a suite measures, and how.
struct Suite {
    name: &'static str,
    about: &'static str,
    needs: &'static [Need],
    /// Given the suite.
    run: fn(&Bench<'_>, &Suite) -> Result<()>,
}

/// What there has to be for a suite: nothing else is built or installed for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// The modules and the handlers of one file.
    Edge,
    /// Lambda's other releases of Node.js.
    Nodes,
    /// The packages of Python that the edge is measured against.
    Python,
}

use Need::{Edge, Nodes, Python};

const SUITES: &[Suite] = &[
    Suite {
        name: "size",
        about: "the wasm module in each form, as it is, gzipped and in Brotli",
        needs: &[Edge],
        run: edge,
    },
    Suite {
        name: "edge",
        about: "the handler for Lambda@Edge against the AWS post's and other libraries, on the same records",
        needs: &[Edge, Nodes, Python],
        run: edge,
    },
    Suite {
        name: "wasm-rsa",
        about: "RSAES-OAEP-SHA-256 in wasm against node:crypto",
        needs: &[Edge, Nodes],
        run: edge,
    },
    Suite {
        name: "growth",
        about: "cost by size of the body, number of rules, number of values, nesting",
        needs: &[Edge],
        run: edge,
    },
    Suite { name: "stages", about: "where the time of a request goes", needs: &[Edge], run: edge },
    Suite {
        name: "cold",
        about: "cold starts, step by step, and memory in Node.js, workerd and Chromium",
        needs: &[Edge, Nodes],
        run: edge,
    },
    Suite {
        name: "runtimes",
        about: "warm requests in Node.js, workerd and Chromium",
        needs: &[Edge, Nodes],
        run: edge,
    },
    Suite {
        name: "instructions",
        about: "instructions of the library, natively, against those of the last time",
        needs: &[],
        run: edge,
    },
    Suite {
        name: "decryptor",
        about: "texts without tokens against ripgrep; keys in AWS KMS against the AWS post's Python",
        // The command carries them.
        needs: &[Edge],
        run: |bench, _| decryptor::run(bench),
    },
];

const OPTIONS: [&str; 4] = ["--quick", "--no-build", "--save", "--document"];

/// Instead of a suite: what was measured before.
const REPORT: &str = "report";

/// What the suites share.
pub(crate) struct Bench<'a> {
    pub(crate) project: &'a Project,
    /// Fewer and shorter rounds, to see whether all of it works.
    pub(crate) is_quick: bool,
    /// Whether what is measured is built first.
    pub(crate) builds: bool,
    /// Whether the figures of this time are what the next time is compared with.
    saves: bool,
    /// Whether the figures go into `docs/PERFORMANCE.md`.
    documents: bool,
}

/// What the command line asks for: `[SUITE]... [--quick] [--list] [--no-build] [--save] [--document]`.
pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<()> {
    let has = |option: &str| arguments.iter().any(|argument| argument == option);
    if has("--list") {
        return list();
    }
    let mut suites = Vec::new();
    for name in
        arguments.iter().filter(|argument| !OPTIONS.contains(&argument.as_str()) && *argument != REPORT)
    {
        let suite = SUITES.iter().find(|suite| suite.name == name);
        suites.push(suite.with_context(|| format!("no suite `{name}`; see `cargo xtask bench --list`"))?);
    }
    if suites.is_empty() && !has(REPORT) {
        suites.extend(SUITES);
    }
    let bench = Bench {
        project,
        is_quick: has("--quick"),
        builds: !has("--no-build"),
        saves: has("--save"),
        documents: has("--document"),
    };
    // Few rounds tell little, and do not take the place of many.
    ensure!(!(bench.is_quick && bench.documents), "quick figures are for no document");
    fs::create_dir_all(bench.results()).context("target/bench")?;
    if bench.builds && suites.iter().any(|suite| suite.needs.contains(&Edge)) {
        build::edge(project)?;
    }
    let mut failed = Vec::new();
    for suite in suites {
        let Suite { name, about, run, .. } = suite;
        println!("{name}: {about}");
        let start = Instant::now();
        // One that cannot be measured does not keep the others from it.
        match run(&bench, suite) {
            Ok(()) => println!("{name}: {:.0} s", start.elapsed().as_secs_f64()),
            Err(error) => {
                println!("{name} FAILED: {error:#}");
                failed.push(*name);
            }
        }
    }
    bench.report()?;
    ensure!(failed.is_empty(), "not measured: {}", failed.join(", "));
    Ok(())
}

/// A suite in JavaScript: `edge-function/bench/suites`.
fn edge(bench: &Bench<'_>, Suite { name, needs, .. }: &Suite) -> Result<()> {
    node::install(bench.project)?;
    let mut script = node::node(bench.project, "bench/run.js");
    script.arg(name).arg("--out").arg(bench.results()).arg("--installed").arg(bench.folder());
    if needs.contains(&Python) {
        script.arg("--python").arg(python::peers(bench.project)?);
    }
    if needs.contains(&Nodes) {
        for version in node::RELEASES {
            script.arg("--node").arg(node::release(bench.project, version)?);
        }
    }
    for (option, is_asked_for) in [("--quick", bench.is_quick), ("--save", bench.saves)] {
        if is_asked_for {
            script.arg(option);
        }
    }
    process::run(&mut script)
}

fn list() -> Result<()> {
    for Suite { name, about, .. } in SUITES {
        println!("{name:14}{about}");
    }
    println!("{REPORT:14}nothing; reports on what was measured before");
    Ok(())
}

impl Bench<'_> {
    /// Where what is measured against is installed.
    pub(crate) fn folder(&self) -> PathBuf {
        self.project.target("bench")
    }

    /// Where the results go: quick ones are by themselves.
    pub(crate) fn results(&self) -> PathBuf {
        if self.is_quick { self.folder().join("quick") } else { self.folder() }
    }

    /// Reads what the suites wrote, prints the ratios, and writes tables and page.
    fn report(&self) -> Result<()> {
        let mut script = node::node(self.project, "bench/report.js");
        script.arg(self.results());
        if self.documents {
            script.arg(self.project.path("docs/PERFORMANCE.md"));
        }
        process::run(&mut script)
    }
}
