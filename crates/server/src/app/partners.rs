//! The operator's side: partners and their credentials.

use jetbridge_domain::id::PartnerId;
use jetbridge_domain::secret::Secret;
use jetbridge_store::partners::{self, Partner, PartnerState};

use super::{App, Refusal};

/// A partner's credentials, shown once.
pub struct Credentials {
    /// The public half.
    pub client_id: String,
    /// The secret half.
    pub client_secret: Secret,
}

/// Fresh credentials.
pub fn new_credentials(app: &App) -> Result<Credentials, Refusal> {
    let id: String = app.vault.entropy.bytes::<12>()?.iter().map(|b| format!("{b:02x}")).collect();
    Ok(Credentials { client_id: format!("jb_{id}"), client_secret: Secret::new(app.vault.entropy.token()?) })
}

/// Adds a partner with these credentials, unless there is one with this client id.
pub async fn create(app: &App, name: &str, credentials: &Credentials) -> Result<Partner, Refusal> {
    let now = app.clock.now();
    let partner = Partner {
        id: PartnerId::new(now, &app.vault.entropy)?,
        name: name.to_owned(),
        client_id: credentials.client_id.clone(),
        state: PartnerState::Active,
        created_at: now,
    };
    let input = (app.clone(), partner, credentials.client_secret.clone());
    app.db
        .write(input, |tx, (app, partner, secret)| {
            Box::pin(async move {
                if let Some(there) = partners::by_client_id(tx, &partner.client_id).await? {
                    return Ok(there);
                }
                partners::insert(tx, &app.vault, partner, secret).await?;
                Ok::<_, Refusal>(partner.clone())
            })
        })
        .await
}

/// All partners, the oldest first.
pub async fn list(app: &App) -> Result<Vec<Partner>, Refusal> {
    app.db.read((), |tx, ()| Box::pin(async move { Ok::<_, Refusal>(partners::list(tx).await?) })).await
}

/// Suspends a partner, or lets it call again. False where there is none.
pub async fn set_state(app: &App, client_id: &str, state: PartnerState) -> Result<bool, Refusal> {
    app.db
        .write((client_id.to_owned(), state), |tx, (client_id, state)| {
            Box::pin(async move {
                let Some(partner) = partners::by_client_id(tx, client_id).await? else { return Ok(false) };
                Ok::<_, Refusal>(partners::set_state(tx, &partner.id, *state).await?)
            })
        })
        .await
}

/// Gives a partner a new client secret and ends its access tokens. `None` where there is none.
pub async fn rotate_secret(app: &App, client_id: &str) -> Result<Option<Credentials>, Refusal> {
    let new = Credentials { client_id: client_id.to_owned(), ..new_credentials(app)? };
    let input = (app.clone(), new.client_id.clone(), new.client_secret.clone());
    let found = app
        .db
        .write(input, |tx, (app, client_id, secret)| {
            Box::pin(async move {
                let Some(partner) = partners::by_client_id(tx, client_id).await? else { return Ok(false) };
                Ok::<_, Refusal>(partners::set_secret(tx, &app.vault, &partner.id, secret).await?)
            })
        })
        .await?;
    Ok(found.then_some(new))
}
