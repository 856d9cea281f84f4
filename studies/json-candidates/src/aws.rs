//! aws-smithy-json: a token has its beginning only. A string's end follows from its text, a scalar's has to be looked
//! for; that there is one value and that every container ends is left to the caller.

use crate::Walk;
use aws_smithy_json::deserialize::{Token, json_token_iter};
use core::ops::Range;

pub struct Candidate;

impl Walk for Candidate {
    fn walk(input: &[u8], max_depth: usize, mut see: impl FnMut(Range<usize>)) -> Option<()> {
        let mut open = Vec::new();
        let mut ended = false;
        for token in json_token_iter(input) {
            let token = token.ok()?;
            if ended {
                return None;
            }
            let start = token.offset().0;
            match token {
                Token::StartArray { .. } | Token::StartObject { .. } if open.len() >= max_depth => {
                    return None;
                }
                Token::StartArray { .. } | Token::StartObject { .. } => open.push(start),
                Token::EndArray { .. } | Token::EndObject { .. } => see(open.pop()?..start + 1),
                Token::ObjectKey { key: text, .. } | Token::ValueString { value: text, .. } => {
                    see(start..start + text.as_escaped_str().len() + 2);
                }
                Token::ValueBool { .. } | Token::ValueNull { .. } | Token::ValueNumber { .. } => {
                    let rest = input.get(start..)?.iter();
                    let more = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                    see(start..start + rest.take_while(more).count());
                }
            }
            ended = open.is_empty();
        }
        ended.then_some(())
    }
}
