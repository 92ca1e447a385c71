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
   * back when the record is.
   */
  extra?: Record<string, unknown>
}

/** `/Date(milliseconds)/` of the smallest .NET date, with which the service says "never". */
const NEVER = '/Date(-62135596800000)/'
const PLATFORM_DATE = /^\/Date\((-?\d+)\)\/$/
const ISO_DATE = /^[+-]?\d{4,6}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/i
const INTEGER = /^\s*[+-]?\d+\s*$/

/** Text; numbers and booleans become text, except numbers that JSON.parse has rounded. */
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
  const platform = PLATFORM_DATE.exec(value)
  if (platform === null && !ISO_DATE.test(value)) return undefined
  const at = new Date(platform === null ? value : Number(platform[1]))
  return Number.isNaN(at.getTime()) ? undefined : at
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

/** A key that is no field's wire name: perhaps it is one but for letter case. */
export function other<T extends Extra>(
  target: T,
  key: string,
  value: unknown,
  fields: Fields,
  assign: (target: T, key: string, value: unknown) => void,
): void {
  const wire = fields.respelled(key)
  if (wire === undefined) add(target, key, value)
  else assign(target, wire, value)
}

/** Whether it is a JSON object. */
export function isSource(value: unknown): value is Source {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function add(target: Extra, key: string, value: unknown): void {
  define((target.extra ??= {}), key, value)
}
