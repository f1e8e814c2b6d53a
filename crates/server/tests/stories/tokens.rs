//! Access tokens and guessing.

use jetbridge::app::{partners, settings};
use jetbridge_domain::clock::Span;
use jetbridge_store::partners::PartnerState;
use reqwest::Method;
use serde_json::json;

use crate::support::on_both_engines;

on_both_engines! {
    /// A token lives an hour, and a newer one does not end it.
    async fn a_token_lives_an_hour(world: World) {
        let mut partner = world.partner("Shop CRM").await;
        let old = partner.token.clone();
        world.pass(Span::minutes(30));
        partner.renew().await;
        let new = std::mem::replace(&mut partner.token, old);
        partner.get("settings/getWebhook").await;
        world.pass(Span::minutes(30));
        let (status, answer) = partner.call(Method::GET, "settings/getWebhook", None).await;
        assert_eq!((status, &answer["reason"]), (401, &json!(3)));
        partner.token = new;
        partner.get("settings/getWebhook").await;
        assert_eq!(settings::TOKEN_LIFE, Span::hours(1));
    }

    /// Ten wrong tries in ten minutes block the address for ten, whoever is right meanwhile.
    async fn guessing_is_blocked(world: World) {
        let partner = world.partner("Shop CRM").await;
        for _ in 0..10 {
            let (status, answer) = partner.ask_token("wrong").await;
            assert_eq!((status, &answer["reason"]), (401, &json!(2)));
        }
        let right = partner.client_secret.clone();
        let (status, answer) = partner.ask_token(&right).await;
        assert_eq!((status, &answer["reason"]), (429, &json!(3)));
        partner.get("settings/getWebhook").await;
        world.pass(Span::minutes(10));
        assert_eq!(partner.ask_token(&right).await.0, 200);
        for _ in 0..9 {
            assert_eq!(partner.ask_token("wrong").await.0, 401);
        }
        world.pass(Span::minutes(10));
        assert_eq!(partner.ask_token("wrong").await.0, 401);
        assert_eq!(partner.ask_token(&right).await.0, 200);
    }

    /// A suspended partner is refused, token or not, and comes back.
    async fn a_partner_is_suspended_and_resumed(world: World) {
        let partner = world.partner("Shop CRM").await;
        assert!(partners::set_state(&world.app, &partner.client_id, PartnerState::Suspended).await.unwrap());
        let (status, answer) = partner.call(Method::GET, "settings/getWebhook", None).await;
        assert_eq!((status, &answer["reason"]), (403, &json!(4)));
        let right = partner.client_secret.clone();
        assert_eq!(partner.ask_token(&right).await.1["reason"], 4);
        partners::set_state(&world.app, &partner.client_id, PartnerState::Active).await.unwrap();
        partner.get("settings/getWebhook").await;
    }

    /// A new client secret ends the old one and its tokens.
    async fn a_client_secret_is_rotated(world: World) {
        let partner = world.partner("Shop CRM").await;
        let new = partners::rotate_secret(&world.app, &partner.client_id).await.unwrap().unwrap();
        assert_eq!(partner.call(Method::GET, "settings/getWebhook", None).await.0, 401);
        let old = partner.client_secret.clone();
        assert_eq!(partner.ask_token(&old).await.0, 401);
        assert_eq!(partner.ask_token(new.client_secret.expose()).await.0, 200);
        assert!(partners::rotate_secret(&world.app, "nobody").await.unwrap().is_none());
    }
}
