/** Results that are a sequence: real arrays that know where they come from. */

/** What is derived from a sequence, by `map`, `filter`, `slice` and others, is a plain array. */
class Sequence<T> extends Array<T> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

/** Rows of a platform query. */
export class Rows<T> extends Sequence<T> {
  /** Rows in the whole result, if the service says so. */
  declare fullCount?: number
}

/** One page of a SCIM list. */
export class ListResponse<T> extends Sequence<T> {
  /** Matches in total, before paging. */
  declare totalResults?: number
  /** Position of the first resource, counted from 1. */
  declare startIndex?: number
  /** Resources in this page, as the service counts them. */
  declare itemsPerPage?: number
}
