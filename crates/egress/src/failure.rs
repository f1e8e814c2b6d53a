//! Why a request got no answer. The sentences are for the partner: each says what they could
//! change. None repeats the URL, whose path and query may hold secrets, nor the address behind a
//! name, which would tell an outsider about the inside.

use std::error::Error as _;
use std::net::IpAddr;

use http::HeaderName;

use crate::connector::NotConnected;
use crate::tls::TlsTrouble;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The host leads to an address that must not be dialled. Nothing was.
    #[error("the host leads to an address that is not public; its network would have to be allowed here")]
    Refused {
        /// The address, for the operator's eyes.
        address: IpAddr,
    },
    /// The host name has no address.
    #[error("the host name does not resolve")]
    Resolve,
    /// No address took the connection.
    #[error("no connection could be made: is the server up and its port open to the internet?")]
    Connect,
    /// TLS failed.
    #[error("TLS failed: {0}")]
    Tls(#[from] TlsTrouble),
    /// The answer did not come in time.
    #[error("no answer came in time: answer first and work afterwards")]
    Timeout,
    /// The connection was cut before the answer, or what came was no HTTP/1, or its head was too long.
    #[error("the answer was cut off, is not HTTP, or has too many or too long headers")]
    Protocol,
    /// The URL cannot be requested.
    #[error(transparent)]
    BadUrl(#[from] BadUrl),
    /// A header was given that says how the connection is used.
    #[error("the header {name} belongs to the connection and cannot be set")]
    Header {
        /// Its name.
        name: HeaderName,
    },
}

/// Why a URL cannot be requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// Neither http nor https.
    #[error("the URL must begin with https:// or http://")]
    Scheme,
    /// http, where only https is spoken.
    #[error("the URL must begin with https://")]
    NotHttps,
    /// It has a user name or a password.
    #[error("the URL must not have a user name or a password")]
    UserInfo,
    /// It names no host that can be asked.
    #[error("the URL has no host that can be asked")]
    Host,
    /// Its port is another protocol's.
    #[error("port {0} belongs to another protocol than HTTP")]
    Port(u16),
    /// It does not fit into a request.
    #[error("the URL is too long or has characters that a request cannot have")]
    Form,
}

impl Failure {
    /// One stable word for it.
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused_address",
            Self::Resolve => "no_such_host",
            Self::Connect => "no_connection",
            Self::Tls(_) => "tls",
            Self::Timeout => "timeout",
            Self::Protocol => "cut_off",
            Self::BadUrl(_) => "bad_url",
            Self::Header { .. } => "bad_header",
        }
    }
}

impl From<NotConnected> for Failure {
    fn from(not: NotConnected) -> Self {
        match not {
            NotConnected::Refused(refused) => Self::Refused { address: refused.0 },
            NotConnected::Resolve => Self::Resolve,
            NotConnected::Connect => Self::Connect,
            NotConnected::Tls(trouble) => Self::Tls(trouble),
            NotConnected::Slow => Self::Timeout,
            NotConnected::NoHost => Self::BadUrl(BadUrl::Host),
        }
    }
}

impl From<hyper_util::client::legacy::Error> for Failure {
    /// Finds the connector's word under the client's own error.
    fn from(error: hyper_util::client::legacy::Error) -> Self {
        let mut source = error.source();
        while let Some(cause) = source {
            if let Some(not) = cause.downcast_ref::<NotConnected>() {
                return (*not).into();
            }
            source = cause.source();
        }
        if error.is_connect() { Self::Connect } else { Self::Protocol }
    }
}
