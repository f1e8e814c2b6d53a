//! How an endpoint documents itself, and the OpenAPI document made of it.
//!
//! Every endpoint's file has a [`Operation`] beside its handler; the router and the document are made of one
//! list of both, so that a route without documentation cannot exist. What an answer holds is declared
//! once more than the struct that is serialised, since the document also says what each field means; the
//! tests hold the two together by samples that the same structs wrote.

mod document;
mod events;
mod schema;

use axum::routing::MethodFilter;
use jetbridge_domain::event::sample::NoSample;
use jetbridge_domain::reason::Reason;
use serde_json::Value;

pub use document::document;
pub use schema::Kind;

use super::answer::{Answer, Fail};

/// The HTTP method of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads; its fields are in the query.
    Get,
    /// Creates or does; its fields are in a JSON body.
    Post,
    /// Changes; its fields are in a JSON body.
    Patch,
    /// Ends; its fields are in the query, or in a JSON body.
    Delete,
}

impl Method {
    /// As the router knows it.
    pub const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }

    /// As OpenAPI writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }

    /// Whether the fields are in a body.
    pub const fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Patch)
    }
}

/// A field of a call or of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Of a call: it has to be there. Of an answer: it always is.
    pub needed: bool,
    /// What it means, in a sentence.
    pub text: &'static str,
}

/// One that may be left out.
pub const fn may(name: &'static str, kind: Kind, text: &'static str) -> Field {
    Field { name, kind, needed: false, text }
}

/// One that has to be there.
pub const fn must(name: &'static str, kind: Kind, text: &'static str) -> Field {
    Field { name, kind, needed: true, text }
}

/// What makes a sample: a success with every field there is.
pub type Sample = fn() -> Result<Answer, Unsampled>;

/// A sample could not be made: a defect here, which the tests find.
#[derive(Debug, thiserror::Error)]
#[error("the sample cannot be made")]
pub struct Unsampled;

impl From<NoSample> for Unsampled {
    fn from(_: NoSample) -> Self {
        Self
    }
}

impl From<Fail> for Unsampled {
    fn from(_: Fail) -> Self {
        Self
    }
}

/// An endpoint, as partners read of it.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The part of the API: `settings`, `facebook`.
    pub area: &'static str,
    /// The verb and noun that end its path.
    pub name: &'static str,
    /// Its method.
    pub method: Method,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What there is to know beside the fields.
    pub text: &'static str,
    /// Whether it takes an access token.
    pub token: bool,
    /// Whether it takes an idempotency key.
    pub keyed: bool,
    /// What is sent.
    pub input: &'static [Field],
    /// What is answered on success, beside `status` and `reason`.
    pub answer: &'static [Field],
    /// The failures of its own; those that any call can have are added.
    pub reasons: &'static [Reason],
    /// What it answers another method with.
    pub wrong_method: Reason,
    /// A success.
    pub sample: Sample,
    /// A body to begin with.
    pub example: &'static str,
}

impl Operation {
    /// What most operations are; the rest is filled in with `..Operation::BASE`.
    pub const BASE: Self = Self {
        area: "",
        name: "",
        method: Method::Get,
        summary: "",
        text: "",
        token: true,
        keyed: false,
        input: &[],
        answer: &[],
        reasons: &[],
        wrong_method: Reason::WrongMethod,
        sample: || Err(Unsampled),
        example: "",
    };

    /// Its path.
    pub fn path(&self) -> String {
        format!("/api/{}/{}", self.area, self.name)
    }

    /// Every failure it can answer, by code.
    pub fn failures(&self) -> Vec<Reason> {
        let mut all: Vec<Reason> = self.reasons.to_vec();
        all.extend([Reason::TooManyRequests, Reason::OurFault, Reason::NotNow]);
        if self.token {
            all.extend([Reason::AccessToken, Reason::PartnerSuspended]);
        }
        if self.method.has_body() {
            all.push(Reason::BodyTooLarge);
            if self.token {
                all.push(Reason::BodyNotObject);
            }
        }
        if self.keyed {
            all.extend([Reason::KeyReused, Reason::KeyRunning, Reason::Parameter]);
        }
        all.sort_by_key(|r| (r.row().code, r.row().status));
        all.dedup();
        all
    }

    /// The sample as JSON.
    pub fn sample_json(&self) -> Result<Value, Unsampled> {
        serde_json::from_slice(&(self.sample)()?.body).map_err(|_| Unsampled)
    }
}

#[cfg(test)]
mod tests;
