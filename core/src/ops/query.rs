//! Paging and sorting of the platform's queries, the same for all calls that answer with rows.

request! {
    /// Paging and sorting of a query.
    pub struct QueryArgs {
        /// Page number, counting from 1.
        page_number: Option<i64> = "PageNumber",
        /// Rows in a page.
        page_size: Option<i64> = "PageSize",
        /// Largest number of rows in total.
        limit: Option<i64> = "Limit",
        /// Columns to sort by, separated by commas.
        sort_by: Option<String> = "SortBy",
        /// False sorts in descending order. Taken from an SDK of the vendor.
        ascending: Option<bool> = "Ascending",
        /// -1 reads live and refreshes the cache, less reads live, 0 and more uses the cache. The age in minutes that a
        /// positive number is said to mean is not confirmed.
        caching: Option<i64> = "Caching",
    }
}
