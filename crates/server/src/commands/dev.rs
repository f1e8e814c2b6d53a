//! `jetbridge dev`: the gateway and the sandbox in one process, with a demo partner. Nothing in the
//! gateway knows that it is a demo but the addresses in its configuration.

use std::fs;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use anyhow::Context as _;
use jetbridge_domain::clock::Clock;
use jetbridge_domain::entropy::Entropy;
use jetbridge_domain::id::PartnerId;
use jetbridge_domain::secret::Secret;
use jetbridge_domain::url::WebUrl;
use jetbridge_domain::{seal, signature};
use jetbridge_sandbox::Sandbox;
use jetbridge_store::db::{Db, Options};
use jetbridge_store::endpoints;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{sandbox, say, serve};
use crate::app::partners::Credentials;
use crate::app::{App, Refusal, partners, settings};
use crate::cli::DevArgs;
use crate::config::{Config, Environment};
use crate::http::{CALLBACK_PATH, DEAUTHORIZE_PATH};
use crate::logs;

/// What the inspector's endpoint is known by.
const INSPECTOR: &str = "The sandbox's inspector";

/// The demo's keys and credentials, in a file that only its owner can read.
#[derive(Serialize, Deserialize)]
struct Keys {
    app_id: String,
    app_secret: String,
    verify_token: String,
    key: String,
    pepper: String,
    client_id: String,
    client_secret: String,
    inspector_secret: String,
}

impl Keys {
    /// Those of an earlier start on this folder, or new ones, safely on the disk before they are used.
    fn of(folder: &Path, entropy: &Entropy) -> anyhow::Result<Self> {
        let file = folder.join("demo.json");
        if file.exists() {
            let text =
                fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            return serde_json::from_str(&text).with_context(|| format!("{} is damaged", file.display()));
        }
        let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
        let keys = Self {
            app_id: "2026000000000001".to_owned(),
            app_secret: hex(&entropy.bytes::<16>()?),
            verify_token: hex(&entropy.bytes::<16>()?),
            key: seal::new_key(1, entropy)?.expose().to_owned(),
            pepper: seal::new_pepper(entropy)?.expose().to_owned(),
            client_id: format!("demo_{}", hex(&entropy.bytes::<8>()?)),
            client_secret: entropy.token()?,
            inspector_secret: signature::new_secret(entropy)?.expose().to_owned(),
        };
        let draft = folder.join("demo.json.new");
        let _ = fs::remove_file(&draft);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut out = options.open(&draft)?;
        out.write_all(serde_json::to_string_pretty(&keys)?.as_bytes())?;
        out.sync_all()?;
        fs::rename(&draft, &file)?;
        fs::File::open(folder)?.sync_all()?;
        Ok(keys)
    }

    /// The configuration of the demo; what is set in the environment wins over it.
    fn config(
        &self,
        folder: &Path,
        url: &str,
        sandbox_url: &str,
        listen: SocketAddr,
    ) -> anyhow::Result<Config> {
        let database = format!("sqlite:{}", folder.join("jetbridge.sqlite").display());
        let settings = [
            ("LISTEN", listen.to_string()),
            ("PUBLIC_URL", url.to_owned()),
            ("DATABASE_URL", database),
            ("META_APP_ID", self.app_id.clone()),
            ("META_APP_SECRET", self.app_secret.clone()),
            ("META_VERIFY_TOKEN", self.verify_token.clone()),
            ("META_GRAPH_URL", sandbox_url.to_owned()),
            ("META_DIALOG_URL", sandbox_url.to_owned()),
            ("SECRETS_KEYS", self.key.clone()),
            ("SECRETS_PEPPER", self.pepper.clone()),
            ("LIMITS_PARTNER_REQUESTS_PER_MINUTE", "0".to_owned()),
            ("LIMITS_ADDRESS_REQUESTS_PER_MINUTE", "0".to_owned()),
            ("WEBHOOKS_ALLOW_NETWORKS", "127.0.0.0/8,::1/128".to_owned()),
            ("LOG_FORMAT", "text".to_owned()),
            ("LOG_FILTER", "warn".to_owned()),
        ];
        let mut environment: Vec<(String, String)> =
            settings.into_iter().map(|(name, value)| (format!("JETBRIDGE_{name}"), value)).collect();
        environment.extend(Environment::of_process().0);
        Ok(Config::load(None, &Environment(environment))?)
    }
}

fn url_of(address: SocketAddr) -> String {
    let loopback = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::from(([127, 0, 0, 1], address.port())),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::from(([127, 0, 0, 1], address.port())),
        _ => address,
    };
    format!("http://{loopback}")
}

/// Runs the demo until a signal.
pub async fn run(args: DevArgs) -> anyhow::Result<()> {
    let entropy = Entropy::system();
    fs::create_dir_all(&args.data_dir)
        .with_context(|| format!("{} cannot be made", args.data_dir.display()))?;
    let listen = |at: SocketAddr| async move {
        TcpListener::bind(at).await.with_context(|| format!("cannot listen on {at}; is it running already?"))
    };
    let (gateway, beside) = (listen(args.listen).await?, listen(args.sandbox_listen).await?);
    let (url, sandbox_url) = (url_of(gateway.local_addr()?), url_of(beside.local_addr()?));
    let keys = Keys::of(&args.data_dir, &entropy)?;
    let config = keys.config(&args.data_dir, &url, &sandbox_url, gateway.local_addr()?)?;
    logs::start(&config.log);
    let db = Db::open(&config.database, Options::default()).await?;
    db.migrate(Clock::system().now()).await?;
    db.close().await;
    let app = App::open(config, Clock::system(), entropy).await?;
    let stand_in = Sandbox::open(jetbridge_sandbox::Config {
        data_file: args.data_dir.join(sandbox::WORLD),
        app_id: keys.app_id.clone(),
        app_secret: keys.app_secret.clone(),
        app_name: "Jetbridge demo".to_owned(),
        graph_version: app.config.meta.graph_version.clone(),
        redirect_uris: vec![app.config.public(CALLBACK_PATH)],
        public_url: sandbox_url.clone(),
    })?;
    stand_in.set_inspector_secret(&keys.inspector_secret)?;
    stand_in.set_deauthorize_url(&app.config.public(DEAUTHORIZE_PATH))?;
    demo_partner(&app, &keys, &sandbox_url).await?;

    let stop = CancellationToken::new();
    super::stop_on_signal(&stop)?;
    let stop_sandbox = CancellationToken::new();
    let sandbox_task = {
        let stop = stop_sandbox.clone();
        tokio::spawn(async move { sandbox::serve(beside, &stand_in, stop).await })
    };
    let gateway_task = tokio::spawn(serve::serve(app.clone(), Some(gateway), stop.clone()));
    // As with Meta: the address of our webhook is checked by a challenge, so both must be running.
    serve::subscribe_app(&app).await?;
    announce(&args, &keys, &url, &sandbox_url)?;
    gateway_task.await?;
    stop_sandbox.cancel();
    sandbox_task.await?;
    Ok(())
}

async fn demo_partner(app: &App, keys: &Keys, sandbox_url: &str) -> anyhow::Result<()> {
    let credentials = Credentials {
        client_id: keys.client_id.clone(),
        client_secret: Secret::new(keys.client_secret.as_str()),
    };
    let partner = partners::create(app, "Demo Partner", &credentials).await?;
    let url = WebUrl::webhook(&format!("{sandbox_url}/inspector/hook"))?;
    let secret = Secret::new(keys.inspector_secret.as_str());
    let input = (app.clone(), partner.id, url, secret);
    app.db
        .write(input, |tx, (app, partner, url, secret)| Box::pin(inspector(tx, app, partner, url, secret)))
        .await?;
    Ok(())
}

/// The inspector is an endpoint like any other of the partner's; the default one stays empty.
async fn inspector(
    tx: &mut jetbridge_store::db::Tx,
    app: &App,
    partner: &PartnerId,
    url: &WebUrl,
    secret: &Secret,
) -> Result<(), Refusal> {
    let all = endpoints::list(tx, &app.vault, partner).await?;
    if let Some(there) = all.iter().find(|e| e.description == INSPECTOR) {
        return Ok(endpoints::set_url(tx, &there.id, url).await?);
    }
    let mut new = settings::new_endpoint(app, partner, false, url.clone(), INSPECTOR)?;
    new.secret = secret.clone();
    endpoints::insert(tx, &app.vault, &new, app.clock.now()).await?;
    Ok(())
}

fn announce(args: &DevArgs, keys: &Keys, url: &str, sandbox_url: &str) -> anyhow::Result<()> {
    let (id, secret) = (&keys.client_id, &keys.client_secret);
    if args.json {
        let line = serde_json::json!({
            "url": url, "sandbox_url": sandbox_url, "client_id": id, "client_secret": secret,
        });
        return say(&line.to_string());
    }
    say(&format!(
        "Jetbridge is running.

  gateway        {url}
  sandbox        {sandbox_url}              (stands in for Meta)
  inspector      {sandbox_url}/inspector    (the webhooks the demo partner gets)
  data           {data}

  client_id      {id}
  client_secret  {secret}

Make an onboarding link, and open it in a browser (types: 1 Messenger, 2 Instagram messaging,
3 Facebook Page, 4 Instagram account):

  TOKEN=$(curl -s {url}/api/settings/accessToken -d '{{\"client_id\":\"{id}\",\"client_secret\":\"{secret}\"}}' \\
    | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')
  curl -s {url}/api/facebook/createOnboarding -H \"Authorization: Bearer $TOKEN\" -d '{{\"type\":1,\"reference\":\"shop-7\"}}'

Ctrl-C stops it; what was made is kept.",
        data = args.data_dir.display(),
    ))
}
