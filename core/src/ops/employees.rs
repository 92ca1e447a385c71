//! Employees: SCIM users, told in the words of personnel.

use serde_json::{Map, Value};

use super::scim::{
    USER,
    users::{CreateUser, Email, EnterpriseUser, Manager, Name, PhoneNumber, User, by_user_name},
};
use crate::{
    model::{Name as Text, PhoneKind, Secret},
    operation::{Encoding, Mistake},
};

request! {
    /// Arguments of [`create`](Employees::create). They are sent as a SCIM user with the enterprise extension.
    pub struct CreateEmployee sent by as_user {
        /// Login name as `name@suffix`; the suffix has to exist on the tenant. Unique.
        user_name: Text = "userName",
        /// First name.
        given_name: Option<String> = "givenName",
        /// Last name.
        family_name: Option<String> = "familyName",
        /// Display name. First and last name by default.
        display_name: Option<String> = "displayName",
        /// E-mail address at work.
        work_email: Option<String> = "workEmail",
        /// Telephone at work.
        work_phone: Option<String> = "workPhone",
        /// Mobile telephone.
        mobile_phone: Option<String> = "mobilePhone",
        /// Telephone at home.
        home_phone: Option<String> = "homePhone",
        /// Number of the employee. This and the next three are in RFC 7643, but not in the schema of the service, which may
        /// drop them.
        employee_number: Option<String> = "employeeNumber",
        /// Department.
        department: Option<String> = "department",
        /// Cost centre.
        cost_center: Option<String> = "costCenter",
        /// Division.
        division: Option<String> = "division",
        /// Organization of the user, by label or path.
        organization: Option<String> = "organization",
        /// Id of the user that the employee reports to.
        manager_id: Option<String> = "managerId",
        /// Language and culture, such as `en_US`.
        preferred_language: Option<String> = "preferredLanguage",
        /// False makes the account suspended.
        active: Option<bool> = "active",
        /// First password. Some tenants may ask for it.
        password: Option<Secret> = "password",
    }
}

fn as_user(
    employee: &CreateEmployee,
    _: Map<String, Value>,
) -> Result<Map<String, Value>, Mistake> {
    let employee = employee.clone();
    let user = CreateUser {
        name: name_of(&employee),
        display_name: employee
            .display_name
            .clone()
            .or_else(|| full_name(&employee)),
        phone_numbers: phones_of(&employee),
        enterprise: enterprise_of(&employee),
        emails: employee.work_email.map(work_email).into_iter().collect(),
        user_name: employee.user_name,
        password: employee.password,
        active: employee.active,
        preferred_language: employee.preferred_language,
        custom: None,
    };
    match serde_json::to_value(user) {
        Ok(Value::Object(user)) => Ok(user),
        Ok(_) => Ok(Map::new()),
        Err(error) => Err(Mistake::new("", error.to_string())),
    }
}

fn name_of(employee: &CreateEmployee) -> Option<Name> {
    let name = Name {
        given_name: employee.given_name.clone(),
        family_name: employee.family_name.clone(),
        ..Name::default()
    };
    (name != Name::default()).then_some(name)
}

fn full_name(employee: &CreateEmployee) -> Option<String> {
    let parts = [&employee.given_name, &employee.family_name];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn work_email(address: String) -> Email {
    Email {
        value: Some(address),
        r#type: Some("work".to_owned()),
        primary: Some(true),
        ..Email::default()
    }
}

fn phones_of(employee: &CreateEmployee) -> Vec<PhoneNumber> {
    let phones = [
        (PhoneKind::Work, &employee.work_phone),
        (PhoneKind::Mobile, &employee.mobile_phone),
        (PhoneKind::Home, &employee.home_phone),
    ];
    let phones = phones.into_iter().filter_map(|(kind, number)| {
        Some(PhoneNumber {
            value: Some(number.clone()?),
            r#type: Some(kind),
            ..PhoneNumber::default()
        })
    });
    phones.collect()
}

fn enterprise_of(employee: &CreateEmployee) -> Option<EnterpriseUser> {
    let manager = employee.manager_id.clone().map(|id| Manager {
        value: Some(id),
        ..Manager::default()
    });
    let enterprise = EnterpriseUser {
        organization: employee.organization.clone(),
        manager,
        employee_number: employee.employee_number.clone(),
        department: employee.department.clone(),
        cost_center: employee.cost_center.clone(),
        division: employee.division.clone(),
        ..EnterpriseUser::default()
    };
    (enterprise != EnterpriseUser::default()).then_some(enterprise)
}

operations! {
    /// Employees: SCIM users, described in the terms of human resources.
    "employees" as Employees;

    /// Creates the user of a new employee and returns it.
    ///
    /// A login name that is taken is expected to end in a conflict. When the answer is lost, the user is looked up, as by
    /// `scim.users.create`.
    create(CreateEmployee) -> User {
        Post "/scim/Users", Encoding::Scim(USER), Write, Write,
        ids: ["create_employee", "post_create_employee"],
        permission: "User Management right for the OAuth client's role",
        confidence: Medium, "That the catalogue ids mean the SCIM call is inferred. Employee number, department, cost centre and division are not in the schema of the service.",
        lookup: by_user_name,
    }
}
