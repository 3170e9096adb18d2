//! The secret that opens the door.

use std::env::VarError;

use subtle::ConstantTimeEq as _;

use crate::failure::{self, Failure};

/// What a client must know.
pub(super) struct Token(String);

impl Token {
    /// The one of the environment, or a new one.
    pub(super) fn read() -> Result<Self, Failure> {
        match std::env::var(VARIABLE) {
            Ok(text) if is_token(&text) => Ok(Self(text)),
            Ok(_) | Err(VarError::NotUnicode(_)) => Err(failure::usage(
                format!("{VARIABLE} is no token"),
                "let it be 32 to 128 of A-Z, a-z, 0-9, - and _, or leave it out for a new one",
            )),
            Err(VarError::NotPresent) => {
                let mut bytes = [0; 16];
                getrandom::fill(&mut bytes).map_err(|error| {
                    failure::input_output(
                        format!("the system gives no random bytes: {error}"),
                        format!("set {VARIABLE}"),
                    )
                })?;
                Ok(Self(format!("{:032x}", u128::from_be_bytes(bytes))))
            }
        }
    }

    /// Whether it is this one; how long that takes tells nothing but the length.
    pub(super) fn is(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }

    /// The text, for the URL.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

fn is_token(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (32..=128).contains(&text.len()) && text.bytes().all(is_plain)
}

/// Where a token may be said, for those who want the same one after a restart.
pub(super) const VARIABLE: &str = "STRICTFRAME_SERVE_TOKEN";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_is_not_the_token() {
        let token = Token("0123456789abcdef0123456789abcdef".to_owned());
        assert!(token.is("0123456789abcdef0123456789abcdef"));
        for text in
            ["", "0", "0123456789abcdef0123456789abcdeF", "0123456789abcdef0123456789abcdef0"]
        {
            assert!(!token.is(text), "{text}");
        }
    }

    #[test]
    fn a_token_that_could_be_guessed_or_not_be_in_a_url_is_none() {
        assert!(is_token(&"a-_9".repeat(8)) && is_token(&"a".repeat(128)));
        for text in
            ["", "short", &"a".repeat(31), &"a".repeat(129), &"ä".repeat(32), &"a&".repeat(20)]
        {
            assert!(!is_token(text), "{text}");
        }
    }
}
