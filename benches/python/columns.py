"""The columns of a user, for peers that make tables: those that ours has, but rare extensions.

With a schema, they need not guess one from the values, which would cost them more.
"""

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
TEXTS = ("id", "userName", "displayName", "preferredLanguage")


def of_pyarrow():
    import pyarrow as pa

    text = pa.string()

    def struct(*names):
        return pa.struct([(name, text) for name in names])

    email = pa.struct([("value", text), ("type", text), ("primary", pa.bool_())])
    manager = struct("value", "$ref", "displayName")
    enterprise = pa.struct([("organization", text), ("manager", manager)])
    return pa.schema(
        [
            *((name, text) for name in TEXTS),
            ("active", pa.bool_()),
            ("name", struct("formatted", "familyName", "givenName")),
            ("emails", pa.list_(email)),
            ("phoneNumbers", pa.list_(struct("value", "type"))),
            ("groups", pa.list_(struct("value", "display", "$ref", "type"))),
            ("schemas", pa.list_(text)),
            ("meta", struct("resourceType", "created", "lastModified", "location")),
            (ENTERPRISE, enterprise),
        ]
    )


def of_polars():
    import polars as pl

    def struct(*names):
        return pl.Struct(dict.fromkeys(names, pl.String))

    email = pl.Struct({"value": pl.String, "type": pl.String, "primary": pl.Boolean})
    manager = struct("value", "$ref", "displayName")
    return {
        **dict.fromkeys(TEXTS, pl.String),
        "active": pl.Boolean,
        "name": struct("formatted", "familyName", "givenName"),
        "emails": pl.List(email),
        "phoneNumbers": pl.List(struct("value", "type")),
        "groups": pl.List(struct("value", "display", "$ref", "type")),
        "schemas": pl.List(pl.String),
        "meta": struct("resourceType", "created", "lastModified", "location"),
        ENTERPRISE: pl.Struct({"organization": pl.String, "manager": manager}),
    }
