//! The words themselves.

words! {
    /// State of an account. The flags of an account with several come as one text, separated by commas.
    pub enum AccountState, must be "`None`, or one or more of `Locked`, `Disabled`, `Expired`, separated by commas", known by several_flags {
        /// Neither locked nor disabled nor expired.
        Active = "None",
        /// Locked, by an administrator or after too many attempts to sign in.
        Locked = "Locked",
        /// Suspended by an administrator.
        Disabled = "Disabled",
        /// Past its end.
        Expired = "Expired",
    }
}

impl AccountState {
    /// The flags of the account; none of them for one that is active.
    pub fn flags(&self) -> impl Iterator<Item = &str> {
        let flags = self.as_str().split(',').map(str::trim);
        flags.filter(|flag| !flag.is_empty() && *flag != Self::Active.as_str())
    }
}

fn several_flags(state: &AccountState) -> bool {
    let mut words = state.as_str().split(',').map(str::trim);
    words.all(|word| matches!(word, "Locked" | "Disabled" | "Expired"))
}

words! {
    /// The kind of a member or recipient.
    pub enum PrincipalKind, must be "`User`, `Group` or `Role`" {
        /// A user.
        User = "User",
        /// A group of another directory.
        Group = "Group",
        /// A role.
        Role = "Role",
    }
}

words! {
    /// How the members of a role are determined.
    pub enum RoleKind, must be "`PrincipalList`, `Script` or `Everybody`" {
        /// Members are listed.
        PrincipalList = "PrincipalList",
        /// A script decides.
        Script = "Script",
        /// All users are.
        Everybody = "Everybody",
    }
}

words! {
    /// Use of a telephone number (RFC 7643, section 4.1.2).
    pub enum PhoneKind, must be "`work`, `home` or `mobile`" {
        /// At work.
        Work = "work",
        /// At home.
        Home = "home",
        /// A mobile phone.
        Mobile = "mobile",
    }
}

words! {
    /// Kind of an attribute that the tenant defined. There are more, whose names were not recorded.
    pub enum AttributeKind, must be "`Text`, `Bool` or `Int`" {
        /// Text.
        Text = "Text",
        /// True or false.
        Bool = "Bool",
        /// A whole number.
        Int = "Int",
    }
}

words! {
    /// Order of a list (RFC 7644, section 3.4.2.3).
    pub enum SortOrder, must be "`ascending` or `descending`" {
        /// In ascending order.
        Ascending = "ascending",
        /// In descending order.
        Descending = "descending",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Words;

    #[test]
    fn words_that_are_not_known_are_kept() {
        let state = AccountState::from("Hibernating");
        assert_eq!(state, AccountState::Other("Hibernating".to_owned()));
        assert_eq!(state.to_string(), "Hibernating");
        assert!(!state.is_known());
        assert_eq!(AccountState::from("Locked"), AccountState::Locked);
    }

    #[test]
    fn an_account_may_have_several_flags() {
        let state = AccountState::from("Locked, Disabled");
        assert!(state.is_known());
        assert_eq!(state.flags().collect::<Vec<_>>(), ["Locked", "Disabled"]);
        assert_eq!(AccountState::Active.flags().count(), 0);
        for state in ["None", "Locked", "Locked, Disabled", "Locked,Expired"] {
            assert!(AccountState::from(state).is_known(), "{state:?}");
        }
        for state in ["", "locked", "None, Locked", "Suspended", "Locked,"] {
            assert!(!AccountState::from(state).is_known(), "{state:?}");
        }
    }
}
