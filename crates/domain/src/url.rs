//! Addresses that partners give. The form is checked here; where an address may lead is decided
//! when it is dialled.

use url::Url;

use crate::inputs::Invalid;

/// An http or https address without user name or password, as the partner wrote it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct WebUrl(String);

impl WebUrl {
    /// From text of at most `most` characters.
    pub fn parse(text: &str, most: usize) -> Result<Self, Invalid> {
        let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
        let scheme = lower.starts_with("http://") || lower.starts_with("https://");
        // The parser drops tabs and line ends silently; what is kept must be what was checked.
        let clean = !text.chars().any(|c| c.is_whitespace() || c.is_control());
        if !scheme || !clean || text.chars().count() > most {
            return Err(Invalid);
        }
        let url = Url::parse(text).map_err(|_| Invalid)?;
        // An empty "user:@" is dropped by the parser too.
        let authority = text.split("//").nth(1).and_then(|rest| rest.split(['/', '?', '#', '\\']).next());
        if authority.is_none_or(|a| a.is_empty() || a.contains('@'))
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return Err(Invalid);
        }
        if url.host_str().is_none_or(str::is_empty) || url.port() == Some(0) {
            return Err(Invalid);
        }
        Ok(Self(text.to_owned()))
    }

    /// A webhook address: at most 512 characters, and no fragment, which would never be sent.
    pub fn webhook(text: &str) -> Result<Self, Invalid> {
        if text.contains('#') { Err(Invalid) } else { Self::parse(text, 512) }
    }

    /// A page that a client is sent to: at most 512 characters.
    pub fn page(text: &str) -> Result<Self, Invalid> {
        Self::parse(text, 512)
    }

    /// A file that Meta fetches: at most 4096 characters, since those that are signed for a time are long.
    pub fn media(text: &str) -> Result<Self, Invalid> {
        Self::parse(text, 4096)
    }

    /// An omni-channel server: at most 200 characters.
    pub fn server(text: &str) -> Result<Self, Invalid> {
        Self::parse(text, 200)
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_address() {
        for right in
            ["http://a.example", "HTTPS://a.example:8443/x?y=z", "https://[::1]/", "https://חנות.example/"]
        {
            assert!(WebUrl::webhook(right).is_ok(), "{right}");
        }
        let long = format!("https://a.example/{}", "x".repeat(512));
        for wrong in [
            "",
            " ",
            "a.example",
            "ftp://a.example",
            "http:a.example",
            "//a.example",
            "https://",
            "https:///hook",
            "https://u@a.example",
            "https://u:p@a.example",
            "https://:@a.example",
            "https://a.example/#f",
            "https://a.example/ x",
            "https://a.exa\tmple",
            "javascript:alert(1)",
            "https://a.example:99999",
            "https://a.example:0/",
            long.as_str(),
        ] {
            assert_eq!(WebUrl::webhook(wrong), Err(Invalid), "{wrong}");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        let of = |n: usize| format!("https://a.example/{}", "א".repeat(n - 18));
        assert!(WebUrl::server(&of(200)).is_ok());
        assert_eq!(WebUrl::server(&of(201)), Err(Invalid));
    }
}
