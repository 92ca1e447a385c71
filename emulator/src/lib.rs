//! A stateful CyberArk Identity tenant.
