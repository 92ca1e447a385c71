//! Interactive sign-in as programs carry it out, with the person's part played over the control paths.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use std::time::Duration;

use common::interactive::{
    PASSWORD, USER, advance, begin, begin_as, cookie, decide, device, mechanism, policy, refused,
    result, send, step, tenant_with_person, works,
};
use common::start;
use serde_json::{Value, json};

#[test]
fn a_password_signs_in_with_a_session_and_a_platform_token() {
    let tenant = tenant_with_person();
    let package = begin(&tenant);
    assert_eq!(
        (&package["Summary"], &package["Version"]),
        (&json!("NewPackage"), &json!("1.0"))
    );
    let password = mechanism(&package, "UP");
    assert_eq!(password["AnswerType"], "Text");
    for member in ["AnswerType", "Name", "PromptMechChosen", "MechanismId"] {
        assert!(password[member].as_str().unwrap().len() >= 2, "{member}");
    }
    assert!(refused(&tenant, &package, "UP", "Answer", Some("wrong")));
    let done = advance(&tenant, &package, "UP", "Answer", Some(PASSWORD));
    assert_eq!(
        (&done["Summary"], &done["User"]),
        (&json!("LoginSuccess"), &json!(USER))
    );
    assert_eq!(
        (&done["CustomerID"], &done["PodFqdn"]),
        (&json!("ACM1234"), &json!("tenant.example"))
    );
    assert_eq!(done["TokenLifetime"], 18_000);
    assert!(works(&tenant, &done["Auth"]) && works(&tenant, &done["Token"]));
    assert!(done["RefreshToken"].is_string());
    assert!(
        refused(&tenant, &package, "UP", "Answer", Some(PASSWORD)),
        "the session has ended"
    );

    let found = tenant.result(
        "/Redrock/query",
        json!({ "Script": format!("select LastLogin from User where Username='{USER}'") }),
    );
    let at = found["Results"][0]["Row"]["LastLogin"].as_str().unwrap();
    assert!(at.starts_with("/Date(") && at.ends_with(")/"), "{at}");
}

#[test]
fn the_session_travels_as_a_cookie_too() {
    let tenant = tenant_with_person();
    let package = begin(&tenant);
    let body = step(&package, "UP", "Answer", Some(PASSWORD));
    let reply = send(&tenant, "/Security/AdvanceAuthentication", &body, "");
    let session = cookie(&reply, ".ASPXAUTH");
    assert_eq!(
        session,
        format!(
            ".ASPXAUTH={}",
            reply.json()["Result"]["Auth"].as_str().unwrap()
        )
    );
    let cookies = format!("other=1; {session}");
    let who = send(&tenant, "/Security/WhoAmI", &Value::Null, &cookies).json();
    assert_eq!(who["Result"]["User"], USER);
    let again = send(
        &tenant,
        "/Security/StartAuthentication",
        &json!({ "User": USER, "Version": "1.0" }),
        &cookies,
    );
    assert_eq!(again.json()["Result"]["Summary"], "LoginSuccess");
}

#[test]
fn platform_tokens_are_refreshed_by_cookies() {
    let tenant = tenant_with_person();
    let package = begin(&tenant);
    let body = step(&package, "UP", "Answer", Some(PASSWORD));
    let reply = send(&tenant, "/Security/AdvanceAuthentication", &body, "");
    let names = ["idToken-ACM1234", "refreshToken-ACM1234"];
    let cookies = names.map(|name| cookie(&reply, name)).join("; ");
    tenant.emulator.expire_tokens();
    let path = "/OAuth2/RefreshPlatformToken";
    let fresh = send(&tenant, path, &Value::Null, &cookies);
    assert_eq!(fresh.status, 200, "{}", fresh.text());
    let token = cookie(&fresh, names[0])
        .split_once('=')
        .unwrap()
        .1
        .to_owned();
    assert!(works(&tenant, &json!(token)));
    let old = send(&tenant, path, &Value::Null, &cookies);
    assert_eq!(
        (old.status, &old.json()["error"]),
        (400, &json!("invalid_grant"))
    );
    let next = names.map(|name| cookie(&fresh, name)).join("; ");
    assert_eq!(send(&tenant, path, &Value::Null, &next).status, 200);
    assert_eq!(
        send(&tenant, path, &Value::Null, "").json()["error"],
        "invalid_request"
    );
}

#[test]
fn a_second_challenge_takes_a_code_that_was_mailed() {
    let tenant = tenant_with_person();
    policy(
        &tenant,
        &json!({ "user": USER, "challenges": [["UP"], ["EMAIL", "SMS", "OATH", "OTP", "PF"]] }),
    );
    let package = begin(&tenant);
    assert_eq!(package["Challenges"].as_array().unwrap().len(), 2);
    for (name, answer_type) in [
        ("EMAIL", "StartTextOob"),
        ("OTP", "StartTextOob"),
        ("PF", "StartOob"),
        ("OATH", "Text"),
    ] {
        assert_eq!(
            mechanism(&package, name)["AnswerType"],
            answer_type,
            "{name}"
        );
    }
    assert_eq!(
        mechanism(&package, "EMAIL")["PartialAddress"],
        "p***@acme.example"
    );
    assert_eq!(
        mechanism(&package, "SMS")["PartialDeviceAddress"],
        "***4321"
    );

    assert!(
        refused(&tenant, &package, "EMAIL", "StartOOB", None),
        "it is not its turn"
    );
    let next = advance(&tenant, &package, "UP", "Answer", Some(PASSWORD));
    assert_eq!(next["Summary"], "StartNextChallenge");
    assert!(
        refused(&tenant, &package, "EMAIL", "Answer", Some("00000000")),
        "nothing was sent"
    );
    assert_eq!(
        advance(&tenant, &package, "EMAIL", "StartOOB", None)["Summary"],
        "OobPending"
    );
    let message = tenant.emulator.outbox().pop().unwrap();
    assert_eq!(message.to, USER);
    assert_eq!(
        advance(&tenant, &package, "EMAIL", "Poll", None)["Summary"],
        "OobPending"
    );
    let done = advance(&tenant, &package, "EMAIL", "Answer", Some(&message.text));
    assert_eq!(done["Summary"], "LoginSuccess");
}

#[test]
fn text_messages_and_authenticators_have_codes_as_well() {
    let tenant = tenant_with_person();
    policy(&tenant, &json!({ "challenges": [["SMS"], ["OATH"]] }));
    let package = begin(&tenant);
    advance(&tenant, &package, "SMS", "StartOOB", None);
    let message = tenant.emulator.outbox().pop().unwrap();
    assert_eq!(message.to, "+49 170 5554321");
    advance(&tenant, &package, "SMS", "Answer", Some(&message.text));
    let code = device(&tenant, "OATH")["code"].as_str().unwrap().to_owned();
    assert!(refused(&tenant, &package, "OATH", "StartOOB", None));
    assert!(refused(
        &tenant,
        &package,
        "OATH",
        "Answer",
        Some("no code")
    ));
    let done = advance(&tenant, &package, "OATH", "Answer", Some(&code));
    assert_eq!(done["Summary"], "LoginSuccess");
}

#[test]
fn a_push_is_polled_until_the_person_decides() {
    let tenant = tenant_with_person();
    policy(
        &tenant,
        &json!({ "user": USER.to_uppercase(), "challenges": [["OTP", "PF"]] }),
    );
    assert_eq!(decide(&tenant, true), 404, "nothing waits");
    let package = begin(&tenant);
    let pending = advance(&tenant, &package, "OTP", "StartOOB", None);
    let shown = device(&tenant, "OTP");
    assert_eq!(
        (&pending["GeneratedAuthValue"], &shown["waiting"]),
        (&shown["number"], &json!(true))
    );
    assert!(shown["number"].is_string());
    for _ in 0..3 {
        assert_eq!(advance(&tenant, &package, "OTP", "Poll", None), pending);
    }
    assert_eq!(decide(&tenant, true), 204);
    assert_eq!(
        advance(&tenant, &package, "OTP", "Poll", None)["Summary"],
        "LoginSuccess"
    );

    let package = begin(&tenant);
    advance(&tenant, &package, "PF", "StartOOB", None);
    assert_eq!(decide(&tenant, false), 204);
    assert!(refused(&tenant, &package, "PF", "Poll", None));
    assert!(
        refused(&tenant, &package, "PF", "StartOOB", None),
        "a denial ends the session"
    );
}

#[test]
fn the_code_of_the_device_does_instead_of_a_push() {
    let tenant = tenant_with_person();
    policy(&tenant, &json!({ "challenges": [["OTP"]] }));
    let package = begin(&tenant);
    advance(&tenant, &package, "OTP", "StartOOB", None);
    let code = device(&tenant, "OTP")["code"].as_str().unwrap().to_owned();
    let done = advance(&tenant, &package, "OTP", "Answer", Some(&code));
    assert_eq!(done["Summary"], "LoginSuccess");
}

#[test]
fn sign_in_is_started_at_the_pod_that_is_named() {
    let tenant = tenant_with_person();
    policy(
        &tenant,
        &json!({ "user": USER, "pod_fqdn": "pod7.example:8443" }),
    );
    assert_eq!(begin(&tenant), json!({ "PodFqdn": "pod7.example:8443" }));
    assert_eq!(
        begin_as(&tenant, "@acme.example"),
        json!({ "PodFqdn": "tenant.example" })
    );
    policy(
        &tenant,
        &json!({ "user": USER, "pod_fqdn": "TENANT.example" }),
    );
    assert_eq!(begin(&tenant)["Summary"], "NewPackage", "this is the pod");
}

#[test]
fn another_identity_provider_is_waited_for() {
    let tenant = tenant_with_person();
    policy(
        &tenant,
        &json!({ "user": USER, "idp_redirect_url": "https://idp.example/start" }),
    );
    let package = begin(&tenant);
    assert_eq!(package["IdpRedirectUrl"], "https://idp.example/start");
    let session = json!({ "SessionId": package["IdpLoginSessionId"] });
    for _ in 0..2 {
        let status = result(&tenant, "/Security/OobAuthStatus", &session);
        assert_eq!(status["State"], "Pending");
    }
    assert_eq!(decide(&tenant, true), 204);
    let status = result(&tenant, "/Security/OobAuthStatus", &session);
    assert_eq!(
        (&status["State"], &status["TokenLifetime"]),
        (&json!("Success"), &json!(18_000))
    );
    assert!(works(&tenant, &status["Token"]) && status["RefreshToken"].is_string());
    let over = send(&tenant, "/Security/OobAuthStatus", &session, "").json();
    assert_eq!(over["success"], false);
}

#[test]
fn a_security_question_stands_by_itself_and_several_have_keys() {
    let tenant = tenant_with_person();
    let street = json!({ "question": "First street?", "answer": "Elm 4" });
    let pet = json!({ "question": "First pet?", "answer": "Rex" });
    policy(
        &tenant,
        &json!({ "challenges": [["SQ"]], "security_questions": [street] }),
    );
    let package = begin(&tenant);
    let shown = &package["Challenges"][0]["Mechanisms"][0];
    assert_eq!(
        (&shown["Question"], &shown["AnswerType"], &shown["Name"]),
        (&json!("First street?"), &json!("Text"), &json!("SQ"))
    );
    assert!(shown.get("MultipartMechanism").is_none());
    assert!(!package.to_string().contains("Elm"));
    assert_eq!(device(&tenant, "SQ")["questions"], json!([street]));
    assert!(refused(&tenant, &package, "SQ", "StartOOB", None));
    assert!(refused(&tenant, &package, "SQ", "Answer", Some("Oak 4")));
    let done = advance(&tenant, &package, "SQ", "Answer", Some("Elm 4"));
    assert_eq!(done["Summary"], "LoginSuccess");

    policy(
        &tenant,
        &json!({ "challenges": [["SQ"]], "security_questions": [street, pet] }),
    );
    let package = begin(&tenant);
    let shown = &package["Challenges"][0]["Mechanisms"][0];
    let parts = shown["MultipartMechanism"]["MechanismParts"].as_array();
    let parts = parts.unwrap();
    assert_eq!(parts[1]["PromptMechChosen"], "First pet?");
    let keys = [0, 1].map(|part| parts[part]["Uuid"].as_str().unwrap().to_owned());
    assert!(keys[0].starts_with("u_") && keys[0] != keys[1]);
    let answered = |answers: Value| {
        let mut body = step(&package, "SQ", "Answer", None);
        body["Answer"] = answers;
        send(&tenant, "/Security/AdvanceAuthentication", &body, "").json()
    };
    for wrong in [
        json!("Elm 4"),
        json!({}),
        json!({ &keys[0]: "Elm 4" }),
        json!({ &keys[0]: "Rex", &keys[1]: "Elm 4" }),
        json!({ &keys[0]: ["Elm 4"], &keys[1]: "Rex" }),
    ] {
        assert_eq!(answered(wrong.clone())["success"], false, "{wrong}");
    }
    let done = answered(json!({ &keys[0]: "Elm 4", &keys[1]: "Rex" }));
    assert_eq!(done["Result"]["Summary"], "LoginSuccess");
}

#[test]
fn the_page_of_another_identity_provider_may_end_in_a_pin() {
    let tenant = tenant_with_person();
    policy(
        &tenant,
        &json!({ "user": USER, "idp_redirect_url": "https://idp.example/start", "idp_pin": true }),
    );
    let package = begin(&tenant);
    assert_eq!(package["IdpOobAuthPinRequired"], true);
    let session = json!({ "SessionId": package["IdpLoginSessionId"] });
    let give = |pin: &str| {
        let mut body = session.clone();
        body["MechanismId"] = "OOBAUTHPIN".into();
        body["Action"] = "Answer".into();
        body["Answer"] = pin.into();
        send(&tenant, "/Security/AdvanceAuthentication", &body, "").json()
    };
    assert_eq!(device(&tenant, "OOBAUTHPIN")["code"], Value::Null);
    assert_eq!(give("1")["success"], false, "nobody has visited the page");
    assert_eq!(decide(&tenant, true), 204);
    let pin = device(&tenant, "OOBAUTHPIN")["code"].clone();
    let status = result(&tenant, "/Security/OobAuthStatus", &session);
    assert_eq!(status["State"], "Pending", "the PIN is still to come");
    assert_eq!(give("1")["success"], false);
    let done = give(pin.as_str().unwrap());
    assert_eq!(done["Result"]["Summary"], "LoginSuccess");
    assert!(works(&tenant, &done["Result"]["Auth"]));
}

#[test]
fn nobody_can_tell_who_exists_and_nobody_gets_in() {
    let tenant = tenant_with_person();
    let disabled = json!({ "Name": "off@acme.example", "Mail": "o@x", "Password": PASSWORD, "SendEmailInvite": false });
    let id = tenant.result("/CDirectoryService/CreateUser", disabled);
    tenant.result(
        "/CDirectoryService/SetUserState",
        json!({ "ID": id, "state": "Disabled" }),
    );
    let members =
        |package: &Value| -> Vec<String> { package.as_object().unwrap().keys().cloned().collect() };
    for user in ["nobody@acme.example", "off@acme.example"] {
        let package = begin_as(&tenant, user);
        assert_eq!(members(&package), members(&begin(&tenant)));
        for _ in 0..6 {
            assert!(
                refused(&tenant, &package, "UP", "Answer", Some(PASSWORD)),
                "{user}"
            );
        }
    }
}

#[test]
fn sessions_end_by_guessing_by_time_and_by_cleaning_up() {
    let tenant = tenant_with_person();
    let guessed = begin(&tenant);
    for _ in 0..5 {
        assert!(refused(&tenant, &guessed, "UP", "Answer", Some("guess")));
    }
    assert!(refused(&tenant, &guessed, "UP", "Answer", Some(PASSWORD)));

    let slow = begin(&tenant);
    tenant.emulator.advance_clock(Duration::from_secs(301));
    assert!(refused(&tenant, &slow, "UP", "Answer", Some(PASSWORD)));

    let given_up = begin(&tenant);
    let session = json!({ "TenantId": "ACM1234", "SessionId": given_up["SessionId"] });
    result(&tenant, "/Security/CleanupAuthentication", &session);
    assert!(refused(&tenant, &given_up, "UP", "Answer", Some(PASSWORD)));
    assert_eq!(
        tenant.get("/_emulator/sign-in").json()["pending"],
        json!([])
    );

    let package = begin(&tenant);
    assert!(refused(&tenant, &package, "UP", "Explode", None));
    assert!(refused(&tenant, &package, "UP", "Poll", None));
    let other = json!({ "User": USER, "TenantId": "XYZ9999" });
    assert_eq!(
        send(&tenant, "/Security/StartAuthentication", &other, "").json()["success"],
        false
    );
}

#[test]
fn signing_out_ends_this_session_or_all_of_them() {
    let tenant = tenant_with_person();
    let token = || tenant.emulator.token_for(USER).unwrap();
    for path in ["/Security/Logout", "/UserMgmt/SignOutCurrentSession"] {
        let (left, kept) = (token(), token());
        let reply = tenant.call_as(&left, "POST", path, None).json();
        assert_eq!(
            (&reply["success"], &reply["Result"]),
            (&json!(true), &Value::Null)
        );
        assert!(
            !works(&tenant, &json!(left)) && works(&tenant, &json!(kept)),
            "{path}"
        );
    }
    let (first, second) = (token(), token());
    tenant.call_as(&first, "POST", "/UserMgmt/SignOutEverywhere", None);
    assert!(!works(&tenant, &json!(first)) && !works(&tenant, &json!(second)));

    let third = token();
    let admin = tenant.result("/Security/WhoAmI", Value::Null)["UserUuid"].clone();
    let path = format!("/UserMgmt/SignOutEverywhere?id={}", admin.as_str().unwrap());
    assert_eq!(
        tenant.call_as(&third, "POST", &path, None).json()["success"],
        false
    );
    tenant.result(&path, Value::Null);
    assert!(
        works(&tenant, &json!(tenant.description().token)),
        "the first token stays"
    );
}

#[test]
fn mistakes_in_policies_are_named() {
    let tenant = start(0);
    for (body, part) in [
        (json!({ "challenges": [["UP", "MAGIC"]] }), "MAGIC"),
        (json!({ "challenges": [] }), "a challenge"),
        (json!({ "challenges": [[]] }), "a mechanism in each"),
        (json!({ "chalenges": [["UP"]] }), "chalenges"),
        (json!({ "challenges": [["SQ"]] }), "security_questions"),
        (json!({ "challenges": [["OOBAUTHPIN"]] }), "OOBAUTHPIN"),
        (json!({ "idp_pin": true }), "idp_redirect_url"),
        (
            json!({ "security_questions": [{ "question": "Pet?", "answer": " " }] }),
            "blank",
        ),
    ] {
        let reply = tenant.call("POST", "/_emulator/sign-in", Some(&body));
        assert_eq!(reply.status, 400);
        assert!(reply.text().contains(part), "{}", reply.text());
    }
}

#[test]
fn nothing_secret_of_a_sign_in_is_recorded() {
    let tenant = tenant_with_person();
    let package = begin(&tenant);
    let body = step(&package, "UP", "Answer", Some(PASSWORD));
    let reply = send(&tenant, "/Security/AdvanceAuthentication", &body, "");
    let cookies =
        [".ASPXAUTH", "idToken-ACM1234", "refreshToken-ACM1234"].map(|name| cookie(&reply, name));
    send(
        &tenant,
        "/OAuth2/RefreshPlatformToken",
        &Value::Null,
        &cookies.join("; "),
    );
    let record = tenant.get("/_emulator/requests").text();
    assert!(!record.contains(PASSWORD));
    for cookie in cookies {
        assert!(
            !record.contains(cookie.split_once('=').unwrap().1),
            "{cookie}"
        );
    }
}
