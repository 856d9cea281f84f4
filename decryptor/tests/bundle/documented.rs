//! The commands that the documents show.

use super::*;

/// The lines of shell blocks that begin with `edgeseal bundle`, without their comments.
fn shown(document: &str) -> Vec<String> {
    let document = fs::read_to_string(root().join(document)).unwrap();
    let blocks = document.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines = blocks.flat_map(str::lines).filter(|line| line.starts_with("edgeseal bundle "));
    lines.map(|line| line.split(" #").next().unwrap().trim().to_owned()).collect()
}

#[test]
fn they_can_be_copied_and_run() {
    for (document, count) in [("README.md", 2), ("docs/DEPLOY.md", 4)] {
        let bench = bench();
        let lines = shown(document);
        assert_eq!(lines.len(), count, "{document}");
        for line in lines {
            // What was deployed has been downloaded before.
            let line = line.replace("deployed.zip", "edge.zip");
            let words: Vec<&str> = line.split(' ').skip(1).collect();
            let output = run(edgeseal(bench.path()).args(words), b"");
            assert!(output.status.success(), "{line}: {}", text(&output.stderr));
        }
    }
}
