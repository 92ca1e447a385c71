/**
 * Reading what the service sends, by kind and leniently. The rules are those of core: what stands for nothing (null, the
 * "never" date) is left out; what cannot be understood is kept in `extra` under its wire name; nothing is an error.
 */
import { define, type Fields } from './fields.js'

/** A JSON object. */
export type Source = { readonly [key: string]: unknown }

/** Reads one value; undefined when it is not of the kind. */
export type Read<T> = (value: unknown) => T | undefined

/** What all records have. */
export interface Extra {
  /**
   * What the service sent beyond the fields above, or in a form that they cannot hold, under its wire name. It is sent
   * back when the record is. Values are as `JSON.parse` makes them, but for whole numbers beyond
   * `Number.MAX_SAFE_INTEGER`: these are texts of their digits, and go back as such.
   */
  extra?: Record<string, unknown>
}

/** `/Date(milliseconds)/` of the smallest .NET date, with which the service says "never". */
const NEVER = '/Date(-62135596800000)/'
const PLATFORM_DATE = /^\/Date\((-?\d+)\)\/$/
const ISO_DATE = /^[+-]?\d{4,6}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/i
const INTEGER = /^\s*[+-]?\d+\s*$/

/** Text; numbers and booleans become text, except numbers with an exponent whose digits JSON.parse has not kept. */
export function text(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
      return String(value)
    case 'number':
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value)
    default:
      return undefined
  }
}

/** `true`, `false`, and the ways in which the service writes them as text. */
export function boolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  switch (String(value).toLowerCase()) {
    case 'true':
    case '1':
      return typeof value === 'object' ? undefined : true
    case 'false':
    case '0':
      return typeof value === 'object' ? undefined : false
    default:
      return undefined
  }
}

/** A whole number that JavaScript can hold exactly, also from text. */
export function integer(value: unknown): number | undefined {
  const number = typeof value === 'string' && INTEGER.test(value) ? Number(value) : value
  return Number.isSafeInteger(number) ? (number as number) : undefined
}

/** A point in time, in either of the service's encodings. */
export function date(value: unknown): Date | undefined {
  if (typeof value !== 'string' || value === NEVER) return undefined
  const whole = utc(value)
  if (whole !== undefined) return new Date(whole)
  const platform = PLATFORM_DATE.exec(value)
  if (platform === null && !ISO_DATE.test(value)) return undefined
  const at = new Date(platform === null ? value : Number(platform[1]))
  return Number.isNaN(at.getTime()) ? undefined : at
}

/** Days that a month has in every year. */
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Milliseconds of a date in the form that SCIM dates come in, `2024-11-07T17:20:00.0000000Z`; undefined for others, which
 * are no less right. A list has two for each user, and `Date` takes several times as long to understand them.
 */
function utc(value: string): number | undefined {
  const last = value.length - 1
  if (value.charAt(4) !== '-' || value.charAt(7) !== '-' || value.charAt(10) !== 'T') return undefined
  if (value.charAt(13) !== ':' || value.charAt(16) !== ':' || value.charAt(19) !== '.') return undefined
  if (last < 23 || value.charAt(last) !== 'Z' || Number.isNaN(digits(value, 23, last))) return undefined
  const [year, month, day] = [digits(value, 0, 4), digits(value, 5, 7), digits(value, 8, 10)]
  const [hour, minute, second] = [digits(value, 11, 13), digits(value, 14, 16), digits(value, 17, 19)]
  const exists = year >= 1000 && day >= 1 && day <= (DAYS[month - 1] ?? 0)
  if (!exists || !(hour < 24 && minute < 60 && second < 60)) return undefined
  const at = Date.UTC(year, month - 1, day, hour, minute, second, digits(value, 20, 23))
  return Number.isNaN(at) ? undefined : at
}

/** The number that stands in this part of a text; NaN where there is something else than digits. */
function digits(value: string, start: number, end: number): number {
  let number = 0
  for (let index = start; index < end; index += 1) {
    const digit = value.charCodeAt(index) - 48
    if (!(digit >= 0 && digit <= 9)) return NaN
    number = number * 10 + digit
  }
  return number
}

/** Any JSON value but null. */
export function any(value: unknown): unknown {
  return value ?? undefined
}

/** An object with keys that nobody can list beforehand. */
export function object(value: unknown): Record<string, unknown> | undefined {
  return isSource(value) ? (value as Record<string, unknown>) : undefined
}

/** A record. */
export function record<T>(value: unknown, read: (source: Source) => T): T | undefined {
  return isSource(value) ? read(value) : undefined
}

/** A list, or a single value where a list belongs. One item that is not understood keeps the whole list as it came. */
export function list<T>(value: unknown, read: Read<T>): T[] | undefined {
  const items: T[] = []
  for (const item of Array.isArray(value) ? value : [value]) {
    if (item === null) continue
    const understood = read(item)
    if (understood === undefined) return undefined
    items.push(understood)
  }
  return value === null ? undefined : items
}

/** Keeps a value that its field cannot hold. */
export function keep(target: Extra, wire: string, value: unknown): void {
  if (value !== null && value !== NEVER) add(target, wire, value)
}

/** Number of members. */
export function size(source: Source): number {
  let members = 0
  for (const _ in source) members += 1
  return members
}

/**
 * Takes in the members that are no fields by their exact name: a field in other letter case, where there is none in its
 * own, or something beyond the fields.
 */
export function others<T extends Extra>(
  target: T,
  source: Source,
  fields: Fields,
  read: (source: Source) => T,
): T {
  const respelled: Record<string, unknown> = {}
  for (const key in source) {
    const wire = fields.respelled(key)
    if (wire === undefined) add(target, key, source[key])
    else if (wire !== key) respelled[wire] = source[key]
  }
  if (size(respelled) === 0) return target
  const { extra, ...members } = read(respelled)
  for (const key in extra) add(target, key, extra[key])
  return Object.assign(target, { ...members, ...target })
}

/** Whether it is a JSON object. */
export function isSource(value: unknown): value is Source {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function add(target: Extra, key: string, value: unknown): void {
  define((target.extra ??= {}), key, value)
}
