//! Paths as CONFIGURATION.md has them, matched without an automaton.

/// A step down a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A member; none of a name that has no text.
    Name(Option<String>),
    Index(usize),
}

/// A segment of a path.
#[derive(Clone, Debug)]
enum Segment {
    Name(&'static str),
    Index(usize),
    Any,
    /// Any number of steps.
    Descend,
}

#[derive(Clone, Debug)]
pub(crate) struct Path {
    segments: Vec<Segment>,
    ignores_case: bool,
}

impl Path {
    /// Of `$`, `.name`, `[1]`, `[*]` and `..`.
    pub(crate) fn new(text: &'static str, ignores_case: bool) -> Self {
        let mut rest = text.strip_prefix('$').expect("a path begins with `$`");
        let mut segments = Vec::new();
        while !rest.is_empty() {
            if let Some(behind) = rest.strip_prefix("..") {
                segments.push(Segment::Descend);
                rest = behind;
            } else if let Some(behind) = rest.strip_prefix('.') {
                rest = behind;
            }
            let (segment, behind) = match rest.strip_prefix('[') {
                Some(inside) => {
                    let (inside, behind) = inside.split_once(']').expect("brackets are closed");
                    let index = || Segment::Index(inside.parse().expect("an index"));
                    (if inside == "*" { Segment::Any } else { index() }, behind)
                }
                None => {
                    let (name, behind) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
                    (if name == "*" { Segment::Any } else { Segment::Name(name) }, behind)
                }
            };
            segments.push(segment);
            rest = behind;
        }
        Self { segments, ignores_case }
    }

    pub(crate) fn matches(&self, steps: &[Step]) -> bool {
        self.matches_from(&self.segments, steps)
    }

    fn matches_from(&self, segments: &[Segment], steps: &[Step]) -> bool {
        match (segments, steps) {
            ([], _) => steps.is_empty(),
            ([Segment::Descend, others @ ..], _) => {
                (0..=steps.len()).any(|skipped| self.matches_from(others, &steps[skipped..]))
            }
            ([segment, others @ ..], [step, below @ ..]) => {
                let fits = match (segment, step) {
                    (Segment::Any, _) => true,
                    (Segment::Index(index), Step::Index(at)) => index == at,
                    (Segment::Name(wanted), Step::Name(Some(name))) => self.is_alike(wanted, name),
                    _ => false,
                };
                fits && self.matches_from(others, below)
            }
            _ => false,
        }
    }

    fn is_alike(&self, one: &str, two: &str) -> bool {
        // Upper case first: that takes the long s, the Kelvin sign and the dotless i with it. The dotted I is for Java.
        let fold = |text: &str| text.replace('\u{130}', "i").to_uppercase().to_lowercase();
        one == two
            || (self.ignores_case && one.chars().count() == two.chars().count() && fold(one) == fold(two))
    }
}
