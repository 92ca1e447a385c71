//! A deterministic, plausible population: the same number of users is always the same users, except for the secret of
//! the service account, which is new at every start.

mod names;

use std::collections::HashMap;

use uuid::Uuid;

use super::org::{Org, Orgs};
use super::role::{EVERYBODY, Role, RoleType, Roles, SYSTEM_ADMINISTRATOR};
use super::user::{Password, User};
use super::users::Users;
use super::{Directory, SupportAccess};

/// The login suffix of everybody in a fresh tenant.
pub(crate) const SUFFIX: &str = "acme.example";
/// The account that owns the token handed out at start.
pub(crate) const ADMINISTRATOR: &str = "admin@acme.example";
/// The OAuth confidential client.
pub(crate) const SERVICE_USER: &str = "automation@acme.example";
/// The OAuth application that issues its tokens.
pub(crate) const APP_ID: &str = "automation";
/// The application through which the platform's own programs sign in.
pub(crate) const PLATFORM_APP_ID: &str = "__idaptive_cybr_user_oidc";

const ORGANIZATIONS: [(&str, &str); 3] = [
    ("Engineering", "Builds and runs the product"),
    ("Field Operations", "Sites, depots and service vans"),
    ("People and Culture", "Hiring, learning and payroll"),
];
/// 2024-01-08T09:00:00Z; seeded accounts are made from here on, one a minute.
const FIRST_ACCOUNT_MS: i64 = 1_704_704_400_000;
const MINUTE_MS: i64 = 60_000;
/// A fresh tenant has let the vendor's support in for a month, so that the call that shows it has something to show.
const SUPPORT_ACCESS_MS: i64 = 30 * 24 * 60 * MINUTE_MS;
const REPORTS_PER_MANAGER: usize = 8;
const ONE_IN_IS_DISABLED: usize = 25;

/// What the caller must know about a seeded tenant.
pub(super) struct Seeded {
    pub(super) administrator: Uuid,
    pub(super) service_secret: String,
}

/// Makes the built-in accounts, roles and organizations and the given number of people.
pub(super) fn directory(people: usize, now_ms: i64) -> (Directory, Seeded) {
    let orgs = organizations();
    let mut users = Users::with_capacity(people + 2);
    let administrator = built_in(ADMINISTRATOR, "System Administrator", "administrator");
    let mut service = built_in(SERVICE_USER, "Automation", "service user");
    let service_secret = format!("{}-Aa1", Uuid::new_v4().simple());
    service.oauth_client = true;
    service.in_everybody = false;
    service.password = Password::new(&service_secret);

    let seeded = Seeded {
        administrator: administrator.id,
        service_secret,
    };
    let roles = roles(&[administrator.id, service.id]);
    for user in [administrator, service]
        .into_iter()
        .chain(population(people, now_ms, &orgs))
    {
        // The generator numbers equal names apart, so the only way to meet a taken name is a person called like a
        // built-in account, and then the built-in one stays.
        let _ = users.insert(user);
    }
    let directory = Directory {
        users,
        roles,
        orgs,
        support_access: Some(SupportAccess {
            user: stable_id("technical support"),
            until_ms: now_ms.saturating_add(SUPPORT_ACCESS_MS),
        }),
        ..Directory::default()
    };
    (directory, seeded)
}

fn built_in(name: &str, display_name: &str, id_key: &str) -> User {
    let mut user = User::new(stable_id(id_key), name, FIRST_ACCOUNT_MS);
    user.display_name = display_name.into();
    user.mail = Some(name.into());
    user
}

fn stable_id(key: &str) -> Uuid {
    Uuid::new_v5(
        &Uuid::NAMESPACE_URL,
        format!("urn:identity-emulator:{key}").as_bytes(),
    )
}

fn organizations() -> Orgs {
    let mut orgs = Orgs::default();
    for (name, description) in ORGANIZATIONS {
        let id = stable_id(&format!("organization {name}"));
        orgs.insert(Org::new(id, name, Some(description.to_owned())));
    }
    orgs
}

fn roles(administrators: &[Uuid]) -> Roles {
    let mut roles = Roles::default();
    let mut sysadmin = Role::new(SYSTEM_ADMINISTRATOR, "System Administrator");
    sysadmin.description = Some("May do everything".to_owned());
    sysadmin.users.extend(administrators);
    roles.insert(sysadmin);
    let mut everybody = Role::new(EVERYBODY, "Everybody");
    everybody.kind = RoleType::Everybody;
    roles.insert(everybody);
    roles
}

fn population(people: usize, now_ms: i64, orgs: &Orgs) -> impl Iterator<Item = User> {
    let orgs: Vec<Uuid> = orgs.iter().map(|org| org.id).collect();
    let mut namesakes: HashMap<(usize, usize, usize), u32> = HashMap::new();
    (0..people).map(move |index| {
        let person = names::person(index);
        let seen = namesakes.entry(person.key).or_default();
        *seen += 1;
        let local = if *seen == 1 {
            format!("{}.{}", person.given_ascii, person.family_ascii)
        } else {
            format!("{}.{}.{}", person.given_ascii, person.family_ascii, seen)
        };
        let created_ms = (FIRST_ACCOUNT_MS + index as i64 * MINUTE_MS).min(now_ms);
        let name = format!("{local}@{SUFFIX}");
        let mut user = User::new(stable_id(&format!("user {index}")), &name, created_ms);
        user.display_name = person.display_name().into();
        user.given_name = Some(person.given.into());
        user.family_name = Some(person.family.into());
        user.mail = Some(name.into());
        user.language = Some(person.language.into());
        user.mobile_number =
            Some(format!("{} 55{:07}", person.dialling_code, index % 10_000_000).into());
        if index % 3 == 0 {
            user.office_number =
                Some(format!("{} 20{:07}", person.dialling_code, index % 10_000_000).into());
        }
        user.manager =
            (index > 0).then(|| stable_id(&format!("user {}", (index - 1) / REPORTS_PER_MANAGER)));
        // Every fourth person belongs to no organization, as in tenants that use the feature for some teams only.
        user.organization = orgs.get(index % (ORGANIZATIONS.len() + 1)).copied();
        user.state.disabled = index % ONE_IN_IS_DISABLED == ONE_IN_IS_DISABLED - 1;
        user
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_size_gives_the_same_people() {
        let (first, _) = directory(300, i64::MAX);
        let (second, _) = directory(300, i64::MAX);
        let names = |directory: &Directory| -> Vec<(Uuid, Box<str>)> {
            directory
                .users
                .iter()
                .map(|user| (user.id, user.name.clone()))
                .collect()
        };
        assert_eq!(names(&first), names(&second));
        assert_eq!(first.users.len(), 302);
    }

    #[test]
    fn people_are_plausible() {
        let (directory, _) = directory(2_000, i64::MAX);
        let people: Vec<&User> = directory.users.iter().skip(2).collect();
        assert!(people.iter().all(|user| user.name.is_ascii()));
        let not_latin = |user: &&User| user.display_name.chars().any(|c| c as u32 > 0x24f);
        assert!(
            people
                .iter()
                .copied()
                .filter(|user| not_latin(user))
                .count()
                > 500
        );
        assert!(people.iter().any(|user| !user.is_enabled()));
        assert!(people.iter().skip(1).all(|user| {
            user.manager
                .is_some_and(|id| directory.users.get(&id).is_some() && id != user.id)
        }));
        assert!(people.iter().any(|user| user.organization.is_none()));
    }
}
