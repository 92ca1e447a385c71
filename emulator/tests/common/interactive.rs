//! A person who signs in step by step, as programs with a prompt do it.

use serde_json::{Value, json};

use super::{Reply, Tenant, start};

pub const USER: &str = "pat@acme.example";
pub const PASSWORD: &str = "Right-Horse-1";

pub fn tenant_with_person() -> Tenant {
    let tenant = start(0);
    let body = json!({ "Name": USER, "Mail": USER, "MobileNumber": "+49 170 5554321", "Password": PASSWORD, "SendEmailInvite": false });
    tenant.result("/CDirectoryService/CreateUser", body);
    tenant
}

/// A sign-in call: no token, the header of programs, perhaps cookies.
pub fn send(tenant: &Tenant, path: &str, body: &Value, cookies: &str) -> Reply {
    let mut headers = vec![
        ("Content-Type", "application/json"),
        ("X-IDAP-NATIVE-CLIENT", "true"),
        ("OobIdPAuth", "true"),
    ];
    if !cookies.is_empty() {
        headers.push(("Cookie", cookies));
    }
    let body = body.to_string();
    let mut connection = tenant.connect();
    connection
        .request("POST", path, &headers, body.as_bytes())
        .unwrap()
}

pub fn result(tenant: &Tenant, path: &str, body: &Value) -> Value {
    let envelope = send(tenant, path, body, "").json();
    assert_eq!(envelope["success"], true, "{path} {body}: {envelope}");
    envelope["Result"].clone()
}

pub fn begin_as(tenant: &Tenant, user: &str) -> Value {
    let body = json!({ "User": user, "Version": "1.0", "PlatformTokenResponse": true, "MfaRequestor": "DeviceAgent" });
    result(tenant, "/Security/StartAuthentication", &body)
}

pub fn begin(tenant: &Tenant) -> Value {
    begin_as(tenant, USER)
}

/// The mechanism of that name, wherever it is in the package.
pub fn mechanism(package: &Value, name: &str) -> Value {
    let challenges = package["Challenges"].as_array().unwrap().iter();
    let mut mechanisms =
        challenges.flat_map(|challenge| challenge["Mechanisms"].as_array().unwrap());
    mechanisms
        .find(|mechanism| mechanism["Name"] == name)
        .unwrap()
        .clone()
}

pub fn step(package: &Value, name: &str, action: &str, answer: Option<&str>) -> Value {
    json!({
        "SessionId": package["SessionId"], "MechanismId": mechanism(package, name)["MechanismId"],
        "Action": action, "Answer": answer,
    })
}

pub fn advance(
    tenant: &Tenant,
    package: &Value,
    name: &str,
    action: &str,
    answer: Option<&str>,
) -> Value {
    result(
        tenant,
        "/Security/AdvanceAuthentication",
        &step(package, name, action, answer),
    )
}

pub fn refused(
    tenant: &Tenant,
    package: &Value,
    name: &str,
    action: &str,
    answer: Option<&str>,
) -> bool {
    let body = step(package, name, action, answer);
    let envelope = send(tenant, "/Security/AdvanceAuthentication", &body, "").json();
    envelope["success"] == false && envelope["Result"].is_null() && envelope["Message"].is_string()
}

pub fn policy(tenant: &Tenant, policy: &Value) {
    let reply = tenant.call("POST", "/_emulator/sign-in", Some(policy));
    assert_eq!(reply.status, 204, "{}", reply.text());
}

pub fn decide(tenant: &Tenant, approve: bool) -> u16 {
    let decision = json!({ "user": USER, "approve": approve });
    tenant
        .call("POST", "/_emulator/sign-in/decision", Some(&decision))
        .status
}

/// What the person sees on the device.
pub fn device(tenant: &Tenant, name: &str) -> Value {
    let shown = tenant.get("/_emulator/sign-in").json();
    let mechanisms = shown["pending"][0]["mechanisms"]
        .as_array()
        .unwrap()
        .clone();
    mechanisms
        .into_iter()
        .find(|mechanism| mechanism["name"] == name)
        .unwrap()
}

pub fn works(tenant: &Tenant, token: &Value) -> bool {
    tenant
        .call_as(token.as_str().unwrap(), "POST", "/Security/WhoAmI", None)
        .status
        == 200
}

pub fn cookie(reply: &Reply, name: &str) -> String {
    let start = format!("{name}=");
    let mut set = reply
        .headers
        .iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case("set-cookie"));
    let (_, value) = set.find(|(_, value)| value.starts_with(&start)).unwrap();
    value.split(';').next().unwrap().to_owned()
}
