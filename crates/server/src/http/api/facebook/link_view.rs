//! A link, as the API shows it.

use jetbridge_domain::branding::{LogoUrl, Words};
use jetbridge_domain::clock::Time;
use jetbridge_domain::event;
use jetbridge_domain::id::ConnectionId;
use jetbridge_domain::inputs::{Digits, Locale, Reference};
use jetbridge_domain::onboarding::{Face, Link, LinkState, Step, Why};
use jetbridge_domain::product::{Product, Products};
use jetbridge_domain::secret::Secret;
use jetbridge_domain::url::WebUrl;
use jetbridge_store::links::Recorded;
use serde::Serialize;

use crate::app::App;
use crate::http::openapi::{Field, Kind, Unsampled, may, must};

/// The fields of a link.
#[derive(Serialize)]
pub struct LinkView<'a> {
    param: &'a str,
    onboarding_link: String,
    r#type: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    types: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'a WebUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a Digits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inbox_id: Option<&'a Digits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a Locale>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reconnect: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<&'a LogoUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    success_url: Option<&'a WebUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_url: Option<&'a WebUrl>,
    create_time: i64,
    expires_at: i64,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    steps: Vec<StepView>,
}

#[derive(Serialize)]
struct StepView {
    step: &'static str,
    time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

impl StepView {
    fn of(recorded: &Recorded) -> Self {
        let why = recorded.why.map(Why::word);
        Self { step: recorded.step.word(), time: recorded.at.as_seconds(), why }
    }
}

/// All that a link connects, where it is more than its `type`.
pub fn types(link: &Link) -> Option<Vec<i64>> {
    link.products.several().then(|| link.products.iter().map(Product::number).collect())
}

/// What partners read of a link.
pub const FIELDS: &[Field] = &[
    must("param", Kind::Param, "The key to the link; part of its address."),
    must("onboarding_link", Kind::Text, "The address to give to the client."),
    must("type", Kind::Product, "What it connects; of several the first."),
    may("types", Kind::Products, "All that it connects, where it is more than one."),
    may("reference", Kind::Text, "Your own word for it."),
    may("server", Kind::Text, "The omni-channel server."),
    may("account_id", Kind::Digits, "The account there."),
    may("inbox_id", Kind::Digits, "The inbox there."),
    may("locale", Kind::Locale, "The language of its pages."),
    may("reconnect", Kind::Id("connection", "con_"), "The connection that it renews."),
    may("message", Kind::Words(200), "Your words to this client."),
    may("logo", Kind::LogoUrl, "The picture beside them."),
    may("success_url", Kind::Url(512), "Where the client goes after finishing."),
    may("failure_url", Kind::Url(512), "Where the client may go when it does not go on."),
    must("create_time", Kind::Time, "When it was made."),
    must("expires_at", Kind::Time, "When it stops working."),
    must(
        "state",
        Kind::Word(&LinkState::WORDS),
        "Where it stands. A failed one stays usable until it expires.",
    ),
    may("why", Kind::Word(&Why::WORDS), "Why the last try failed."),
    must("steps", Kind::Objects(STEP), "What the client did, in order."),
];

const STEP: &[Field] = &[
    must("step", Kind::Word(&Step::WORDS), "What happened."),
    must("time", Kind::Time, "When."),
    may("why", Kind::Word(&Why::WORDS), "The cause, where a try failed."),
];

/// A link with everything that one can have, for the document.
pub fn sample() -> Result<(Link, Vec<Recorded>), Unsampled> {
    let (link, connection) = event::sample::link_and_connection()?;
    let url = |text| WebUrl::page(text).map_err(|_| Unsampled);
    let face = Face {
        message: Some(Words::message("Welcome, Dana!").map_err(|_| Unsampled)?),
        logo: Some(LogoUrl::parse("https://crm.example.com/logo.png").map_err(|_| Unsampled)?),
        success_url: Some(url("https://crm.example.com/connected")?),
        failure_url: Some(url("https://crm.example.com/help")?),
    };
    let why = Some(Why::PermissionDeclined);
    let step = |step, why| Recorded { step, at: event::sample::AT, why };
    let link = Link {
        products: Products::new(Product::InstagramMessaging, [Product::InstagramContent]),
        locale: Some(Locale::from_text("en".to_owned()).map_err(|_| Unsampled)?),
        reconnect: Some(connection.id),
        face,
        state: LinkState::Failed(Why::PermissionDeclined),
        ..link
    };
    let steps =
        [(Step::Created, None), (Step::SentToFacebook, None), (Step::Returned, None), (Step::Failed, why)];
    Ok((link, steps.map(|(s, why)| step(s, why)).to_vec()))
}

/// The address of [`sample`].
pub const SAMPLE_ADDRESS: &str = "https://connect.example.com/f/q7Jm2vXt0LsYd4RkE9aZbw";

/// The address a client opens.
pub fn address(app: &App, link: &Link) -> String {
    address_of(app, &link.param)
}

/// The same, by its param alone.
pub fn address_of(app: &App, param: &Secret) -> String {
    app.config.public(&format!("/f/{}", param.expose()))
}

impl<'a> LinkView<'a> {
    /// Of a link with its address and steps, at `now`.
    pub fn of(address: String, link: &'a Link, steps: &[Recorded], now: Time) -> Self {
        let state = link.state_at(now);
        Self {
            param: link.param.expose(),
            onboarding_link: address,
            r#type: link.products.first().number(),
            types: types(link),
            reference: link.reference.as_ref(),
            server: link.inbox.server.as_ref(),
            account_id: link.inbox.account_id.as_ref(),
            inbox_id: link.inbox.inbox_id.as_ref(),
            locale: link.locale.as_ref(),
            reconnect: link.reconnect.as_ref().map(ConnectionId::as_str),
            message: link.face.message.as_ref(),
            logo: link.face.logo.as_ref(),
            success_url: link.face.success_url.as_ref(),
            failure_url: link.face.failure_url.as_ref(),
            create_time: link.created_at.as_seconds(),
            expires_at: link.expires_at.as_seconds(),
            state: state.word(),
            why: state.why().map(Why::word),
            steps: steps.iter().map(StepView::of).collect(),
        }
    }
}
