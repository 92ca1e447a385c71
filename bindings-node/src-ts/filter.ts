/** Filters for SCIM lists. Here, each is one comparison of an attribute with a text. */
import { invalidArgument } from './failure.js'

/**
 * Comparisons of an attribute. Each returns the text of a filter in which `value` is escaped: whatever it contains, it is only
 * compared. Comparisons are reported to be case-sensitive.
 */
export interface AttributeFilter {
  /** The attribute is `value`. */
  equals(value: string): string
  /** The attribute begins with `value`. */
  startsWith(value: string): string
  /** The attribute contains `value`. */
  contains(value: string): string
  /** The attribute ends with `value`. */
  endsWith(value: string): string
}

/** The attributes that the service documents for filters. */
export interface Filters {
  /** Users: login name. */
  readonly userName: AttributeFilter
  /** Users: e-mail addresses. */
  readonly emails: {
    /** Users: e-mail address. */
    readonly value: AttributeFilter
  }
  /** Groups: name of the role. */
  readonly displayName: AttributeFilter
  /** Groups: id of the role. */
  readonly id: AttributeFilter
  /** Groups: their members. */
  readonly members: {
    /** Groups that contain the user of this name. */
    readonly display: AttributeFilter
    /** Groups that contain the user of this id. */
    readonly value: AttributeFilter
  }
  /** Any other attribute, such as `name.familyName`. The service may refuse it, or find nothing. */
  attribute(name: string): AttributeFilter
}

/**
 * Makes filters.
 *
 * @example
 * ```ts
 * const users = client.scim.users.iter({ filter: filter.userName.startsWith("o'b") })
 * ```
 */
export const filter: Filters = {
  userName: attribute('userName'),
  emails: { value: attribute('emails.value') },
  displayName: attribute('displayName'),
  id: attribute('id'),
  members: { display: attribute('members.display'), value: attribute('members.value') },
  attribute,
}

function attribute(name: string): AttributeFilter {
  const compare = (operator: string) => (value: string) => `${name} ${operator} ${quoted(value)}`
  return {
    equals: compare('eq'),
    startsWith: compare('sw'),
    contains: compare('co'),
    endsWith: compare('ew'),
  }
}

/** RFC 7644, section 3.4.2.2: a value is a JSON string. */
function quoted(value: string): string {
  if (typeof value !== 'string') throw invalidArgument('filter', 'value', 'must be a text')
  return JSON.stringify(value)
}
