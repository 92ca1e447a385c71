//! The limit: hyper on one thread, and of each answer only the status and a look at the bytes.
//!
//! `raw-loop get|at_once COUNT`, with BENCH_TENANT as for the other clients.

use std::{env, error::Error, fs, time::Instant};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::{
    Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
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
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let mut reader = Reader {
        client,
        url: format!("{}/Users", text("scim_url")),
        authorization: String::new(),
    };
    reader.authorization = reader.sign_in(&text).await?;
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
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
    authorization: String,
}

impl Reader {
    async fn sign_in(&self, tenant: &impl Fn(&str) -> String) -> Result<String> {
        let credentials = format!("{}:{}", tenant("client_id"), tenant("client_secret"));
        let request = Request::post(format!(
            "{}/oauth2/token/{}",
            tenant("url"),
            tenant("app_id")
        ))
        .header(
            AUTHORIZATION,
            format!("Basic {}", BASE64_STANDARD.encode(credentials)),
        )
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::from("grant_type=client_credentials"))?;
        let answer: Value = serde_json::from_slice(&self.send(request).await?)?;
        let token = answer["access_token"].as_str().ok_or("no token")?;
        Ok(format!("Bearer {token}"))
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Bytes> {
        let answer = self.client.request(request).await?;
        let status = answer.status();
        if !status.is_success() {
            return Err(status.to_string().into());
        }
        Ok(answer.into_body().collect().await?.to_bytes())
    }

    async fn read(&self, url: String) -> Result<Bytes> {
        let request = Request::get(url)
            .header(AUTHORIZATION, &self.authorization)
            .body(Full::default())?;
        self.send(request).await
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
