//! Which rules decide in one part of one request: resolved once, so that a value costs one look-up however many rules there are.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::content_type::MediaType;
use crate::matcher::{FirstRules, Matcher, RuleSet};
use crate::policy::{PlainPath, Policy, Rule, Target};

use super::{Encryptor, Request};

/// The rules that apply to one part of one request: the body, the query string, or the headers.
pub(super) struct Scope<'p> {
    pub(super) matcher: &'p Matcher,
    rules: Cow<'p, Applying>,
}

/// The rules that apply.
#[derive(Clone, Debug)]
pub(super) struct Applying {
    /// Of the rules that match a value, the one that encrypts it.
    encrypting: FirstRules,
    /// Of the rules that match a value, the one that counts it if none encrypts it.
    reporting: FirstRules,
    /// The rules that have to decide about a value.
    required: Vec<usize>,
    /// The rules that only report.
    reports: Vec<usize>,
    /// Whether there is any that encrypts.
    encrypts: bool,
}

/// The rules of each part of which no rule is limited to some requests: they are the same for each. So a request costs the same, however many
/// rules there are.
#[derive(Debug)]
pub(super) struct Unlimited {
    body: Option<Applying>,
    query: Option<Applying>,
    header: Option<Applying>,
}

/// The rules that decide about one value.
#[derive(Clone, Copy, Default)]
pub(super) struct Decision {
    pub(super) encrypting: Option<u32>,
    pub(super) reporting: Option<u32>,
}

impl Decision {
    /// Whether any rule decides.
    #[inline(always)]
    pub(super) fn is_some(self) -> bool {
        self.encrypting.is_some() || self.reporting.is_some()
    }

    /// This one, and where it decides nothing, another.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            encrypting: self.encrypting.or(other.encrypting),
            reporting: self.reporting.or(other.reporting),
        }
    }
}

impl Unlimited {
    pub(super) fn new(policy: &Policy) -> Self {
        let applying = |matcher: &Matcher, in_part: fn(&Target) -> bool| {
            let is_unlimited = |rule: &Rule| !in_part(&rule.target) || rule.is_unlimited();
            let are_unlimited = policy.rules.iter().all(is_unlimited);
            are_unlimited.then(|| Applying::new(policy, matcher, &|rule| in_part(&rule.target)))
        };
        Self {
            body: applying(&policy.body, in_body),
            query: applying(&policy.query, in_query),
            header: applying(&policy.header, in_header),
        }
    }
}

impl<'p> Scope<'p> {
    pub(super) fn of_body(encryptor: &'p Encryptor, request: &Request<'_>, content_type: &MediaType) -> Self {
        let Encryptor { policy, unlimited, .. } = encryptor;
        let of_type = |rule: &Rule| in_body(&rule.target) && rule.applies_to(content_type);
        Self::new(policy, &policy.body, unlimited.body.as_ref(), request, &of_type)
    }

    pub(super) fn of_query(encryptor: &'p Encryptor, request: &Request<'_>) -> Self {
        let Encryptor { policy, unlimited, .. } = encryptor;
        Self::new(policy, &policy.query, unlimited.query.as_ref(), request, &|rule| in_query(&rule.target))
    }

    pub(super) fn of_headers(encryptor: &'p Encryptor, request: &Request<'_>) -> Self {
        let Encryptor { policy, unlimited, .. } = encryptor;
        Self::new(policy, &policy.header, unlimited.header.as_ref(), request, &|rule| in_header(&rule.target))
    }

    fn new(
        policy: &'p Policy,
        matcher: &'p Matcher,
        unlimited: Option<&'p Applying>,
        request: &Request<'_>,
        in_part: &dyn Fn(&Rule) -> bool,
    ) -> Self {
        if let Some(rules) = unlimited {
            return Self { matcher, rules: Cow::Borrowed(rules) };
        }
        let path = request.path.and_then(PlainPath::new);
        let applies = |rule: &Rule| in_part(rule) && rule.requests.mean(request.method, path.as_ref());
        Self { matcher, rules: Cow::Owned(Applying::new(policy, matcher, &applies)) }
    }

    /// Whether no rule applies.
    pub(super) fn is_empty(&self) -> bool {
        !self.encrypts() && self.reports().is_empty()
    }

    /// Whether any rule applies that encrypts.
    pub(super) fn encrypts(&self) -> bool {
        self.rules.encrypts
    }

    /// The rules that have to decide about a value.
    pub(super) fn required(&self) -> &[usize] {
        &self.rules.required
    }

    /// The rules that apply and only report.
    pub(super) fn reports(&self) -> &[usize] {
        &self.rules.reports
    }

    #[inline(always)]
    pub(super) fn decide(&self, rules: Option<RuleSet>) -> Decision {
        rules.map(|rules| self.decide_by(rules)).unwrap_or_default()
    }

    fn decide_by(&self, rules: RuleSet) -> Decision {
        Decision { encrypting: self.rules.encrypting.of(rules), reporting: self.rules.reporting.of(rules) }
    }
}

impl Applying {
    fn new(policy: &Policy, matcher: &Matcher, applies: &dyn Fn(&Rule) -> bool) -> Self {
        let applies: Vec<bool> = policy.rules.iter().map(applies).collect();
        let first_rules = |reports: bool| {
            matcher.first_rules(|index| {
                let index = usize::try_from(index).unwrap_or(usize::MAX);
                applies.get(index) == Some(&true)
                    && policy.rules.get(index).is_some_and(|rule| rule.reports == reports)
            })
        };
        let (encrypting, reporting) = (first_rules(false), first_rules(true));
        let applying = || policy.rules.iter().enumerate().zip(&applies).filter(|(_, applies)| **applies);
        let those = |are: fn(&Rule) -> bool| {
            applying().filter(|((_, rule), _)| are(rule)).map(|((index, _), _)| index).collect()
        };
        Self {
            encrypting,
            reporting,
            required: those(|rule| rule.required),
            reports: those(|rule| rule.reports),
            encrypts: applying().any(|((_, rule), _)| !rule.reports),
        }
    }
}

fn in_body(target: &Target) -> bool {
    matches!(target, Target::Path(_))
}

fn in_query(target: &Target) -> bool {
    matches!(target, Target::Query(_))
}

fn in_header(target: &Target) -> bool {
    matches!(target, Target::Header(_))
}
