//! A deterministic, plausible population: the same number of users is always the same users, except for the secret of
//! the service account, which is new at every start.

mod names;

use std::borrow::Cow;
use std::collections::HashMap;

use uuid::Uuid;

use super::org::{Org, Orgs};
use super::role::{EVERYBODY, Role, RoleType, Roles, SYSTEM_ADMINISTRATOR};
use super::tracked::Tracked;
use super::user::{Password, Text, User};
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
/// A large tenant has these too.
const DEPARTMENTS: [&str; 20] = [
    "Accounting",
    "Audit",
    "Business Development",
    "Communications",
    "Customer Care",
    "Data and Analytics",
    "Design",
    "Facilities",
    "Information Security",
    "Information Technology",
    "Legal",
    "Logistics",
    "Manufacturing",
    "Marketing",
    "Procurement",
    "Quality",
    "Research",
    "Sales",
    "Strategy",
    "Treasury",
];
/// From this size on a tenant is large.
const LARGE: usize = 1_000;
/// The administrator and the service account.
pub(super) const BUILT_IN: u32 = 2;
/// 2024-01-08T09:00:00Z; seeded accounts are made from here on, one a minute.
const FIRST_ACCOUNT_MS: i64 = 1_704_704_400_000;
const MINUTE_MS: i64 = 60_000;
/// A fresh tenant has let the vendor's support in for a month, so that the call that shows it has something to show.
const SUPPORT_ACCESS_MS: i64 = 30 * 24 * 60 * MINUTE_MS;
const REPORTS_PER_MANAGER: usize = 8;
const ONE_IN_IS_DISABLED: usize = 25;

/// Makes the built-in accounts, roles and organizations and the given number of people. A tenant that was saved brings
/// its own roles and organizations, but people still belong to the organizations of the beginning.
pub(super) fn directory(people: usize, now_ms: i64, is_new: bool) -> Directory {
    let orgs = organizations(people);
    let mut service = built_in(SERVICE_USER, "Automation", service());
    service.oauth_client = true;
    service.in_everybody = false;
    service.password = Password::new(&format!("{}-Aa1", Uuid::new_v4().simple()));
    // Generated login names have a dot, those of built-in accounts have none, so they never meet.
    let administrator = built_in(ADMINISTRATOR, "System Administrator", administrator());
    let everybody = [administrator, service]
        .into_iter()
        .chain(population(people, now_ms, &orgs));
    let users = Users::from_population(people + BUILT_IN as usize, everybody);
    if !is_new {
        return Directory {
            users,
            ..Directory::default()
        };
    }
    Directory {
        users,
        roles: roles(&[self::administrator(), self::service()]),
        orgs,
        support_access: Tracked::new(Some(SupportAccess {
            user: stable_id("technical support"),
            until_ms: now_ms.saturating_add(SUPPORT_ACCESS_MS),
        })),
        ..Directory::default()
    }
}

/// The account that owns the token told at the start.
pub(super) fn administrator() -> Uuid {
    stable_id("administrator")
}

/// The account of the OAuth client.
pub(super) fn service() -> Uuid {
    stable_id("service user")
}

fn built_in(name: &str, display_name: &str, id: Uuid) -> User {
    let mut user = User::new(id, name, FIRST_ACCOUNT_MS);
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

fn organizations(people: usize) -> Orgs {
    let mut orgs = Orgs::default();
    let described = ORGANIZATIONS.map(|(name, description)| (name, Some(description.to_owned())));
    let departments = DEPARTMENTS.iter().map(|name| (*name, None));
    let large = departments.take(if people < LARGE { 0 } else { DEPARTMENTS.len() });
    for (name, description) in described.into_iter().chain(large) {
        let id = stable_id(&format!("organization {name}"));
        orgs.insert(Org::new(id, name, description));
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

/// Texts that many people share are kept once.
#[derive(Default)]
struct Shared(HashMap<Cow<'static, str>, Text>);

impl Shared {
    fn text(&mut self, text: impl Into<Cow<'static, str>>) -> Text {
        let text = text.into();
        if let Some(known) = self.0.get(&text) {
            return Text::clone(known);
        }
        let kept = Text::from(&*text);
        self.0.insert(text, Text::clone(&kept));
        kept
    }
}

fn population(people: usize, now_ms: i64, orgs: &Orgs) -> impl Iterator<Item = User> {
    let orgs: Vec<Uuid> = orgs.iter().map(|org| org.id).collect();
    let mut shared = Shared::default();
    let mut namesakes: HashMap<(usize, usize, usize), u32> = HashMap::new();
    // Managers come before the people they lead, so their ids are known by then.
    let mut managers: Vec<Uuid> = Vec::with_capacity(people / REPORTS_PER_MANAGER + 1);
    (0..people).map(move |index| {
        let person = names::person(index);
        let seen = namesakes.entry(person.key).or_default();
        *seen += 1;
        let name = login_name(&person, *seen);
        let id = stable_id(&format!("user {index}"));
        if managers.len() <= people / REPORTS_PER_MANAGER {
            managers.push(id);
        }
        let created_ms = (FIRST_ACCOUNT_MS + index as i64 * MINUTE_MS).min(now_ms);
        let mut user = User::new(id, &name, created_ms);
        user.display_name = shared.text(person.display_name());
        user.given_name = Some(shared.text(person.given));
        user.family_name = Some(shared.text(person.family));
        user.mail = Some(Text::clone(&user.name));
        user.language = Some(shared.text(person.language));
        user.mobile_number =
            Some(format!("{} 55{:07}", person.dialling_code, index % 10_000_000).into());
        if index % 3 == 0 {
            user.office_number =
                Some(format!("{} 20{:07}", person.dialling_code, index % 10_000_000).into());
        }
        user.manager = index
            .checked_sub(1)
            .and_then(|before| managers.get(before / REPORTS_PER_MANAGER))
            .copied();
        // Some people belong to no organization, as in tenants that use the feature for some teams only.
        user.organization = orgs.get(index % (orgs.len() + 1)).copied();
        user.state.disabled = index % ONE_IN_IS_DISABLED == ONE_IN_IS_DISABLED - 1;
        user
    })
}

/// Namesakes are numbered from the second on.
fn login_name(person: &names::Person, namesake: u32) -> String {
    let names::Person {
        given_ascii,
        family_ascii,
        ..
    } = person;
    if namesake == 1 {
        format!("{given_ascii}.{family_ascii}@{SUFFIX}")
    } else {
        format!("{given_ascii}.{family_ascii}.{namesake}@{SUFFIX}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_size_gives_the_same_people() {
        let first = directory(300, i64::MAX, true);
        let second = directory(300, i64::MAX, true);
        let names = |directory: &Directory| -> Vec<(Uuid, Text)> {
            directory
                .users
                .iter()
                .map(|user| (user.id, user.name.clone()))
                .collect()
        };
        assert_eq!(names(&first), names(&second));
        assert_eq!(first.users.len(), 302);
    }

    /// A state file does not hold the people that were generated, so they have to stay who they are. Who changes them
    /// gives the file a new format.
    #[test]
    fn the_people_of_a_saved_tenant_stay_who_they_are() {
        let directory = directory(2_500, FIRST_ACCOUNT_MS, true);
        let people: Vec<&User> = directory.users.iter().skip(2).collect();
        let written = serde_json::to_vec(&people).unwrap();
        let digest = ring::digest::digest(&ring::digest::SHA256, &written);
        let digest: String = digest.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(
            digest,
            "11a4fb3ce4f514f497edd7c3e9d45bb5a515b86c278387350bb0ef88af121f39"
        );
    }

    #[test]
    fn people_are_plausible() {
        let directory = directory(2_000, i64::MAX, true);
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
