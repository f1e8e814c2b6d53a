//! `jetbridge partner`: accounts on this gateway.

use jetbridge_store::partners::{Partner, PartnerState};
use serde_json::json;

use super::{say, serve};
use crate::app::partners::{self, Credentials};
use crate::cli::PartnerCommand;

/// Does what was asked of partners.
pub async fn run(command: PartnerCommand) -> anyhow::Result<()> {
    match command {
        PartnerCommand::Create { name, json, config } => {
            anyhow::ensure!(
                !name.trim().is_empty() && name.chars().count() <= 100,
                "a partner's name has 1 to 100 characters"
            );
            let app = serve::open(&config).await?;
            let credentials = partners::new_credentials(&app)?;
            partners::create(&app, name.trim(), &credentials).await?;
            show(&credentials, json)
        }
        PartnerCommand::List { json, config } => {
            let all = partners::list(&serve::open(&config).await?).await?;
            for partner in &all {
                line(partner, json)?;
            }
            Ok(())
        }
        PartnerCommand::Suspend { client_id, resume, json, config } => {
            let app = serve::open(&config).await?;
            let state = if resume { PartnerState::Active } else { PartnerState::Suspended };
            anyhow::ensure!(
                partners::set_state(&app, &client_id, state).await?,
                "there is no partner {client_id}"
            );
            if json {
                return say(&json!({"client_id": client_id, "state": state.word()}).to_string());
            }
            say(&format!("{client_id} is {}.", state.word()))
        }
        PartnerCommand::RotateSecret { client_id, json, config } => {
            let app = serve::open(&config).await?;
            match partners::rotate_secret(&app, &client_id).await? {
                Some(credentials) => show(&credentials, json),
                None => anyhow::bail!("there is no partner {client_id}"),
            }
        }
    }
}

fn show(credentials: &Credentials, as_json: bool) -> anyhow::Result<()> {
    let (id, secret) = (&credentials.client_id, credentials.client_secret.expose());
    if as_json {
        return say(&json!({"client_id": id, "client_secret": secret}).to_string());
    }
    say(&format!("client_id      {id}\nclient_secret  {secret}\n\nThe secret is not shown again."))
}

fn line(partner: &Partner, as_json: bool) -> anyhow::Result<()> {
    let state = partner.state.word();
    if as_json {
        return say(&json!({"client_id": partner.client_id, "name": partner.name, "state": state,
                    "create_time": partner.created_at.as_seconds()})
        .to_string());
    }
    say(&format!("{}  {state:9}  {}", partner.client_id, partner.name))
}
