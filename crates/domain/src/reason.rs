//! The contract's one table of answers. The API reference is generated from it.

/// Why a call was answered as it was. The code never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant's sentence stands in the table below")]
pub enum Reason {
    Fine,
    WrongCredentials,
    CredentialsMalformed,
    AccessToken,
    TooManyTries,
    PartnerSuspended,
    BodyNotObject,
    BodyTooLarge,
    TooManyRequests,
    OurFault,
    NotNow,
    NoSuchEndpoint,
    WrongMethod,
    WebhookUrl,
    Reference,
    LinkFinished,
    NoSuchLink,
    UsePatch,
    Logo,
    Message,
    Button,
    EndText,
    AccountId,
    Server,
    InboxId,
    Type,
    NoSuchConnection,
    NotOffered,
    MustReconnect,
    MetaRefused,
    OutsideWindow,
    Recipient,
    Content,
    MediaUrl,
    KeyReused,
    MetaFailing,
    Parameter,
    KeyRunning,
    Unknown,
    NoSuchWebhook,
}

/// One row of the table.
pub struct Row {
    /// The reason.
    pub reason: Reason,
    /// The contract's code.
    pub code: u16,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong and what to change, in one sentence.
    pub message: &'static str,
}

macro_rules! table {
    ($($reason:ident $code:literal $status:literal $message:literal;)*) => {
        impl Reason {
            /// Its row of the table.
            pub const fn row(self) -> Row {
                match self {$(
                    Self::$reason => Row { reason: self, code: $code, status: $status, message: $message },
                )*}
            }

            /// Every reason, by code.
            pub const ALL: &'static [Self] = &[$(Self::$reason),*];
        }
    };
}

table! {
    Fine 1 200 "Fine.";
    WrongCredentials 2 401 "The client_id or client_secret is wrong; check both for missing characters.";
    CredentialsMalformed 2 400 "Send a JSON object with client_id and client_secret, both strings.";
    AccessToken 3 401 "The access token is missing, unknown, revoked or expired; ask for a new one with accessToken and send it as 'Authorization: Bearer'.";
    TooManyTries 3 429 "Too many wrong tries from this address; wait as long as Retry-After says.";
    PartnerSuspended 4 403 "This partner is suspended; ask the operator of this gateway.";
    BodyNotObject 6 400 "The body must be one JSON object in UTF-8, nested at most 64 deep.";
    BodyTooLarge 7 413 "The body is larger than 1 MB; send less.";
    TooManyRequests 8 429 "Too many requests; wait as long as Retry-After says.";
    OurFault 9 500 "Something failed on our side; the call had no effect or can be repeated with its Idempotency-Key.";
    NotNow 9 503 "The gateway cannot take calls at this moment; repeat the call, with its Idempotency-Key if it has one.";
    NoSuchEndpoint 10 404 "There is no such endpoint; check the path.";
    WrongMethod 13 405 "This endpoint takes another HTTP method; see the Allow header.";
    WebhookUrl 13 400 "The url must be an http or https address of at most 512 characters without user name, password or fragment; an empty one clears it.";
    Reference 20 400 "The reference must be a string of at most 50 characters, or an integer.";
    LinkFinished 25 409 "The link has already been finished; delete its connection instead.";
    NoSuchLink 26 404 "There is no such link; check param.";
    UsePatch 27 405 "Use the HTTP method PATCH here.";
    Logo 28 400 "The onboarding_logo must be an https URL of at most 512 characters that ends in .png, .jpg or .jpeg; an empty one clears it.";
    Message 29 400 "The onboarding_message must be a string of at most 200 characters; an empty one clears it.";
    Button 30 400 "The onboarding_button must be a string of at most 50 characters on one line; an empty one clears it.";
    EndText 31 400 "The onboarding_success and onboarding_failed must be strings of at most 200 characters; an empty one clears it.";
    AccountId 33 400 "The account_id must be a JSON integer from 0 up, of at most 50 digits.";
    Server 34 400 "The server must be an http or https URL of at most 200 characters without user name or password.";
    InboxId 36 400 "The inbox_id must be a JSON integer from 0 up, of at most 50 digits.";
    Type 37 400 "The type must be the JSON integer 1, 2, 3 or 4.";
    NoSuchConnection 40 404 "There is no such connection; check connection_id.";
    NotOffered 41 409 "This connection's product does not do that; see its type.";
    MustReconnect 42 409 "The connection must be reconnected first; give your client the reconnect_link, or make one with reconnect.";
    MetaRefused 43 502 "Meta refused; meta says why in its own words.";
    OutsideWindow 44 409 "The messaging window is closed; wait until the person writes again, or let a human answer with human_agent within seven days.";
    Recipient 45 400 "The recipient is invalid; take the id from an event of this connection.";
    Content 46 400 "The content is invalid; field names what is missing, too long, of the wrong kind or too many.";
    MediaUrl 47 400 "The media URL cannot be used; it must be public, direct, of the right kind and not too large.";
    KeyReused 48 409 "This Idempotency-Key was used with another body; take a new key for a new call.";
    MetaFailing 49 503 "Meta is failing or could not be reached and did not take the request; repeat it later.";
    Parameter 50 400 "A parameter is invalid; field names it.";
    KeyRunning 51 409 "A call with this Idempotency-Key is still running; ask again after Retry-After.";
    Unknown 52 409 "It is unknown whether Meta took the first call; look at the conversation or wait for the echo before you repeat it.";
    NoSuchWebhook 53 404 "There is no such webhook endpoint; set one with setWebhook first.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_rise_and_every_sentence_is_one() {
        let mut last = 0;
        for reason in Reason::ALL {
            let row = reason.row();
            assert!(row.code >= last, "{reason:?} out of order");
            last = row.code;
            assert!(row.message.ends_with('.') && !row.message.contains('\n'), "{reason:?}");
            assert!((200..=599).contains(&row.status));
        }
    }
}
