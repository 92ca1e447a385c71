//! The table in which operations are declared.

/// The typed method of an operation.
macro_rules! operation_method {
    ($(#[$doc:meta])+ $method:ident($Request:ident) -> $Output:ty) => {
        $(#[$doc])+
        pub async fn $method(&self, request: impl Into<$Request>) -> $crate::Result<$Output> {
            self.0.send(&request.into(), &$crate::CallOptions::default()).await
        }
    };
    ($(#[$doc:meta])+ $method:ident($Request:ident: ()) -> $Output:ty) => {
        $(#[$doc])+
        pub async fn $method(&self) -> $crate::Result<$Output> {
            self.0.send(&$Request::default(), &$crate::CallOptions::default()).await
        }
    };
}

/// How to look whether an operation was done.
macro_rules! operation_lookup {
    () => {
        None
    };
    ($lookup:path) => {
        Some($lookup)
    };
}

/// Defines the operations of one group: its trait implementations, its methods, and its part of the registry.
///
/// `list(ListUsers: ())` makes a method without arguments.
macro_rules! operations {
    (
        $(#[doc = $group_doc:literal])+
        $group:literal as $Resource:ident;
        $(
            $(#[doc = $doc:literal])+
            $method:ident($Request:ident $(: $no_arguments:tt)?) -> $Output:ty {
                $verb:ident $path:literal, $encoding:expr, $retry:ident, $access:ident,
                ids: [$($id:literal),*],
                permission: $permission:literal,
                confidence: $confidence:ident, $doubt:literal,
                $(nested: $nested:literal,)?
                $(lookup: $lookup:path,)?
                $(ends_session: $ends_session:literal,)?
            }
        )+
    ) => {
        $(#[doc = $group_doc])+
        #[derive(Debug, Clone, Copy)]
        pub struct $Resource<'a>(pub(crate) &'a $crate::Client);

        impl $Resource<'_> {
            $(operation_method! {
                $(#[doc = $doc])+
                ///
                /// # Errors
                #[doc = concat!("Any kind of [`ErrorKind`](crate::ErrorKind). Permission: ", $permission)]
                $method($Request $(: $no_arguments)?) -> $Output
            })+
        }

        $(impl $crate::operation::Operation for $Request {
            type Output = $Output;
            const META: $crate::operation::Meta = $crate::operation::Meta {
                name: concat!($group, ".", stringify!($method)),
                ids: &[$($id),*],
                verb: $crate::operation::Verb::$verb,
                path: $path,
                encoding: $encoding,
                retry: $crate::operation::Retry::$retry,
                access: $crate::operation::Access::$access,
                permission: $permission,
                confidence: $crate::operation::Confidence::$confidence,
                doubt: $doubt,
                nested: false $(|| $nested)?,
                ends_session: false $(|| $ends_session)?,
                lookup: operation_lookup!($($lookup)?),
                shape: <$Output as $crate::model::Output>::SHAPE,
                doc: concat!($($doc, "\n"),+),
            };
        })+

        /// This group's part of the registry.
        pub(crate) static GROUP: $crate::operation::Group = $crate::operation::Group {
            name: $group,
            doc: concat!($($group_doc, "\n"),+),
            operations: &[$($crate::operation::Entry::of::<$Request>()),+],
        };
    };
}
