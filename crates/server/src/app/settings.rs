//! A partner's access tokens and its default webhook endpoint.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::endpoint::{Endpoint, EndpointState, ROTATION};
use jetbridge_domain::id::{EndpointId, PartnerId};
use jetbridge_domain::secret::Secret;
use jetbridge_domain::signature;
use jetbridge_domain::url::WebUrl;
use jetbridge_store::db::Tx;
use jetbridge_store::partners::{self, PartnerState};
use jetbridge_store::{endpoints, tokens};

use super::{App, Refusal};

/// How long an access token lives.
pub const TOKEN_LIFE: Span = Span::hours(1);

/// What came of asking for an access token.
pub enum Login {
    /// A token, and when it ends.
    Token(Secret, Time),
    /// The credentials are wrong.
    Wrong,
    /// The credentials are right, but the partner is suspended.
    Suspended,
    /// Too many wrong tries from this address, until then.
    Blocked(Time),
}

/// Asks for an access token. Wrong tries are counted by `address`, over all processes.
pub async fn login(app: &App, client_id: String, secret: Secret, address: String) -> Result<Login, Refusal> {
    app.db
        .write((app.clone(), client_id, secret, address), |tx, (app, client_id, secret, address)| {
            Box::pin(async move {
                let now = app.clock.now();
                if let Some(until) = tokens::blocked(tx, address, now).await? {
                    return Ok(Login::Blocked(until));
                }
                let Some(partner) = partners::by_credentials(tx, &app.vault, client_id, secret).await? else {
                    let late = tokens::guessed_wrong(tx, address, app.config.limits.guesses, now).await?;
                    return Ok(late.map_or(Login::Wrong, Login::Blocked));
                };
                // Of many tries at once, the right one must not pass when the wrong ones were too many.
                if let Some(until) = tokens::still_blocked(tx, address, now).await? {
                    return Ok(Login::Blocked(until));
                }
                if partner.state == PartnerState::Suspended {
                    return Ok(Login::Suspended);
                }
                let token = Secret::new(app.vault.entropy.token()?);
                let until = now.plus(TOKEN_LIFE);
                tokens::insert(tx, &app.vault, &partner.id, &token, now, until).await?;
                Ok::<_, Refusal>(Login::Token(token, until))
            })
        })
        .await
}

/// A new endpoint with a fresh secret.
pub fn new_endpoint(
    app: &App,
    partner: &PartnerId,
    default: bool,
    url: WebUrl,
    description: &str,
) -> Result<Endpoint, Refusal> {
    let now = app.clock.now();
    Ok(Endpoint {
        id: EndpointId::new(now, &app.vault.entropy)?,
        partner: partner.clone(),
        default,
        url,
        description: description.to_owned(),
        secret: signature::new_secret(&app.vault.entropy)?,
        previous: None,
        state: EndpointState::Active,
        failing_since: None,
    })
}

/// Sets the default endpoint's address, in the caller's transaction. Answers the signing secret
/// where this made the endpoint.
pub async fn set_webhook(
    tx: &mut Tx,
    app: &App,
    partner: &PartnerId,
    url: Option<&WebUrl>,
) -> Result<Option<Secret>, Refusal> {
    let Some(url) = url else {
        if let Some(endpoint) = endpoints::default(tx, &app.vault, partner).await? {
            endpoints::delete(tx, &endpoint.id).await?;
        }
        return Ok(None);
    };
    let new = new_endpoint(app, partner, true, url.clone(), "")?;
    if endpoints::insert(tx, &app.vault, &new, app.clock.now()).await? {
        return Ok(Some(new.secret));
    }
    if let Some(old) = endpoints::default(tx, &app.vault, partner).await? {
        endpoints::set_url(tx, &old.id, url).await?;
    }
    Ok(None)
}

/// The default endpoint's address, if one is set.
pub async fn webhook(app: &App, partner: &PartnerId) -> Result<Option<WebUrl>, Refusal> {
    app.db
        .read((app.clone(), partner.clone()), |tx, (app, partner)| {
            Box::pin(async move {
                Ok::<_, Refusal>(endpoints::default(tx, &app.vault, partner).await?.map(|e| e.url))
            })
        })
        .await
}

/// Gives an endpoint (the default one, where none is named) a new secret; the old one signs beside
/// it for a day.
pub async fn rotate_secret(
    tx: &mut Tx,
    app: &App,
    partner: &PartnerId,
    endpoint: Option<&EndpointId>,
) -> Result<Secret, Refusal> {
    let found = match endpoint {
        Some(id) => endpoints::get(tx, &app.vault, id).await?.filter(|e| e.partner == *partner),
        None => endpoints::default(tx, &app.vault, partner).await?,
    };
    let mut endpoint = found.ok_or(Refusal::NoSuchWebhook)?;
    let new = signature::new_secret(&app.vault.entropy)?;
    let old = std::mem::replace(&mut endpoint.secret, new.clone());
    endpoint.previous = Some((old, app.clock.now().plus(ROTATION)));
    endpoints::set_secrets(tx, &app.vault, &endpoint).await?;
    Ok(new)
}
