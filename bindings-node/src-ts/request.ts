/** Requests that no operation describes. */
import type { CallOptions } from './caller.js'
import { invalidArgument } from './failure.js'
import { native, type Draft } from './native.js'
import { encodeJson } from './outgoing.js'

/** A value of a query parameter. */
export type QueryValue = string | number | boolean

/**
 * Query parameters, not escaped: an object, in which a list gives one parameter per item, and null and undefined none; or pairs,
 * such as a `URLSearchParams`.
 */
export type Query =
  | Readonly<Record<string, QueryValue | readonly QueryValue[] | null | undefined>>
  | Iterable<readonly [string, QueryValue]>

/** What a request carries. */
export interface RequestContent {
  /** Query parameters. */
  query?: Query | undefined
  /** Body, sent as JSON, with wire names. */
  body?: unknown
}

/** Options of {@link Client.request}. */
export interface RequestOptions extends CallOptions, RequestContent {}

const NAME = 'request'

/** Checks a request. Gives back the JSON of the error when core refuses it. */
export function draftRequest(
  method: unknown,
  path: unknown,
  { query, body }: RequestContent,
): Draft | string {
  const sent = body === undefined ? undefined : encodeJson(NAME, 'body', body)
  return native().draftRequest(
    text('method', method),
    text('path', path),
    JSON.stringify(pairs(query ?? {})),
    sent,
  )
}

function pairs(query: Query): [string, string][] {
  if (typeof query !== 'object') throw invalidArgument(NAME, 'query', 'must be an object, or pairs')
  const given: Iterable<readonly [string, unknown]> = isIterable(query) ? query : Object.entries(query)
  return Array.from(given).flatMap(([name, value]) => {
    const values: unknown[] = Array.isArray(value) ? value : value == null ? [] : [value]
    return values.map((one): [string, string] => [name, parameter(name, one)])
  })
}

function parameter(name: string, value: unknown): string {
  const fits = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
  if (!fits) throw invalidArgument(NAME, `query.${name}`, 'must be a text, a number, true or false')
  return String(value)
}

function isIterable(query: Query): query is Iterable<readonly [string, QueryValue]> {
  return Symbol.iterator in query
}

function text(argument: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidArgument(NAME, argument, 'must be a text')
  return value
}
