//! What must not leak, and what must not start.

use jetbridge::app::context::StartError;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA};

use crate::support::on_both_engines;

on_both_engines! {
    /// With other keys or another pepper the program refuses to start on a database.
    async fn wrong_keys_refuse_to_start(world: World) {
        let (key, pepper) = (format!("1:{}=", "C".repeat(42) + "A"), format!("{}=", "D".repeat(42) + "A"));
        let wrong = world.reopen(&[("SECRETS_KEYS", &key)]).await;
        assert!(matches!(wrong, Err(StartError::WrongKeys)));
        let wrong = world.reopen(&[("SECRETS_PEPPER", &pepper)]).await;
        assert!(matches!(wrong, Err(StartError::WrongPepper)));
        let rotated = format!("2:{}=,1:{}=", "C".repeat(42) + "A", "A".repeat(43));
        assert!(world.reopen(&[("SECRETS_KEYS", &rotated)]).await.is_ok());
    }

    /// No secret of a whole journey lies readable in the database.
    async fn the_database_alone_is_useless(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let param = partner.link(1).await;
        world.browser().connect(&param, DANA, PAGE_CAFE_AURORA).await;
        world.deliver().await;
        assert!(!endpoint.take().is_empty());
        let dump = world.dump().await;
        assert!(dump.contains("shop-7"), "the dump holds the data");
        for secret in [&param, &endpoint.secret, &partner.token, &partner.client_secret] {
            assert!(!dump.contains(secret.as_str()));
            assert!(!dump.contains(&hex(secret.as_bytes())));
        }
        // The sandbox's tokens begin so, as Meta's do.
        assert!(!dump.contains("EAA") && !dump.contains(&hex(b"EAA")));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
