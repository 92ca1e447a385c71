//! The limit: reqwest on one thread, and of each answer only the status and a look at the bytes.
//!
//! `raw-loop get|at_once COUNT`, with BENCH_TENANT as for the other clients.

use std::{env, error::Error, fs, time::Instant};

use futures_util::stream::{self, StreamExt};
use reqwest::{Client, header::AUTHORIZATION};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const IN_FLIGHT: usize = 64;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let tenant: Value = serde_json::from_str(&env::var("BENCH_TENANT")?)?;
    let text = |name: &str| tenant[name].as_str().unwrap_or_default().to_owned();
    let mut arguments = env::args().skip(1);
    let at_once = match arguments.next().as_deref() {
        Some("at_once") => IN_FLIGHT,
        _ => 1,
    };
    let count: usize = arguments.next().ok_or("how many?")?.parse()?;
    let client = Client::builder()
        .tls_backend_preconfigured(tls()?)
        .tcp_nodelay(true)
        .build()?;
    let signed_in: Value = client
        .post(format!("{}/oauth2/token/{}", text("url"), text("app_id")))
        .basic_auth(text("client_id"), Some(text("client_secret")))
        .form(&[("grant_type", "client_credentials")])
        .send()
        .await?
        .json()
        .await?;
    let reader = Reader {
        client,
        token: format!(
            "Bearer {}",
            signed_in["access_token"].as_str().unwrap_or_default()
        ),
        url: format!("{}/Users", text("scim_url")),
    };
    let known = reader.ids().await?;
    reader.run(&known, (count / 10).max(1), at_once).await?;
    let (cpu, wall) = (processor_time()?, Instant::now());
    reader.run(&known, count, at_once).await?;
    let cpu = processor_time()? - cpu;
    let wall = wall.elapsed().as_secs_f64();
    println!(
        "{}",
        json!({ "cpu": cpu, "wall": wall, "units": count, "rss": 0 })
    );
    Ok(())
}

struct Reader {
    client: Client,
    token: String,
    url: String,
}

impl Reader {
    async fn read(&self, url: String) -> Result<Vec<u8>> {
        let request = self.client.get(url).header(AUTHORIZATION, &self.token);
        let answer = request.send().await?.error_for_status()?;
        Ok(answer.bytes().await?.to_vec())
    }

    async fn ids(&self) -> Result<Vec<String>> {
        let page = self.read(format!("{}?count=50", self.url)).await?;
        let page: Value = serde_json::from_slice(&page)?;
        let users = page["Resources"].as_array().ok_or("no users")?;
        let ids = users.iter().filter_map(|user| user["id"].as_str());
        Ok(ids.map(str::to_owned).collect())
    }

    async fn run(&self, known: &[String], count: usize, at_once: usize) -> Result<()> {
        let calls = stream::iter(0..count).map(|number| {
            let id = &known[number % known.len()];
            self.read(format!("{}/{id}", self.url))
        });
        let mut ended = calls.buffer_unordered(at_once);
        while let Some(body) = ended.next().await {
            if body?.first() != Some(&b'{') {
                return Err("not a user".into());
            }
        }
        Ok(())
    }
}

/// Seconds of user and system time of this thread, which is the only one. Linux only.
fn processor_time() -> Result<f64> {
    let told = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: f64 = told.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds / 1e9)
}

/// The tenant is on loopback and without TLS.
fn tls() -> Result<rustls::ClientConfig> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}
