//! Which rules decide in one part of one request: resolved once, so that a value costs one look-up however many rules there are.

use crate::content_type::MediaType;
use crate::matcher::{FirstRules, Matcher, RuleSet};
use crate::policy::{PlainPath, Policy, Rule, Target};

use super::Request;

/// The rules that apply to one part: the body, the query string, or the headers.
pub(super) struct Scope<'p> {
    pub(super) matcher: &'p Matcher,
    /// Of the rules that match a value, the one that encrypts it.
    encrypting: FirstRules,
    /// Of the rules that match a value, the one that counts it if none encrypts it.
    reporting: FirstRules,
    /// The rules that have to decide about a value.
    pub(super) required: Vec<usize>,
    /// The rules that apply and only report.
    pub(super) reports: Vec<usize>,
    /// Whether any rule applies that encrypts.
    pub(super) encrypts: bool,
}

/// The rules that decide about one value.
#[derive(Clone, Copy, Default)]
pub(super) struct Decision {
    pub(super) encrypting: Option<u32>,
    pub(super) reporting: Option<u32>,
}

impl Decision {
    /// This one, and where it decides nothing, another.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            encrypting: self.encrypting.or(other.encrypting),
            reporting: self.reporting.or(other.reporting),
        }
    }
}

impl<'p> Scope<'p> {
    pub(super) fn of_body(policy: &'p Policy, request: &Request<'_>, content_type: &MediaType) -> Self {
        let in_body = |rule: &Rule| matches!(rule.target, Target::Path(_)) && rule.applies_to(content_type);
        Self::new(policy, &policy.body, request, in_body)
    }

    pub(super) fn of_query(policy: &'p Policy, request: &Request<'_>) -> Self {
        Self::new(policy, &policy.query, request, |rule| matches!(rule.target, Target::Query(_)))
    }

    pub(super) fn of_headers(policy: &'p Policy, request: &Request<'_>) -> Self {
        Self::new(policy, &policy.header, request, |rule| matches!(rule.target, Target::Header(_)))
    }

    fn new(
        policy: &'p Policy,
        matcher: &'p Matcher,
        request: &Request<'_>,
        in_part: impl Fn(&Rule) -> bool,
    ) -> Self {
        let path = request.path.and_then(PlainPath::new);
        let applies: Vec<bool> = policy
            .rules
            .iter()
            .map(|rule| in_part(rule) && rule.requests.mean(request.method, path.as_ref()))
            .collect();
        let first_rules = |reports: bool| {
            matcher.first_rules(|index| {
                let index = usize::try_from(index).unwrap_or(usize::MAX);
                applies.get(index) == Some(&true)
                    && policy.rules.get(index).is_some_and(|rule| rule.reports == reports)
            })
        };
        let rules = policy.rules.iter().zip(&applies).enumerate();
        let required =
            rules.filter(|(_, (rule, applies))| rule.required && **applies).map(|(index, _)| index).collect();
        let (encrypting, reporting) = (first_rules(false), first_rules(true));
        let applying = policy.rules.iter().zip(&applies).enumerate().filter(|(_, (_, applies))| **applies);
        let (mut encrypts, mut reports) = (false, Vec::new());
        for (index, (rule, _)) in applying {
            if rule.reports {
                reports.push(index);
            } else {
                encrypts = true;
            }
        }
        Self { matcher, encrypting, reporting, required, reports, encrypts }
    }

    /// Whether no rule applies.
    pub(super) fn is_empty(&self) -> bool {
        !self.encrypts && self.reports.is_empty()
    }

    pub(super) fn decide(&self, rules: Option<RuleSet>) -> Decision {
        let Some(rules) = rules else { return Decision::default() };
        Decision { encrypting: self.encrypting.of(rules), reporting: self.reporting.of(rules) }
    }
}
