/** The layouts that values of answers have. A value of another layout is an error, which the caller turns into its class. */
import { boolean, integer, isSource, text, type Source } from './read.js'
import { ListResponse, Rows } from './sequences.js'

type ReadRecord<T> = (source: Source) => T

/** Success alone is the answer. */
export function readNothing(): undefined {
  return undefined
}

/** One text; numbers and booleans become text, as in fields. */
export function readText(value: unknown): string {
  const read = text(value)
  if (read === undefined) throw wrong('text', value)
  return read
}

/** True or false; undefined where the service does not say. */
export function readBoolean(value: unknown): boolean | undefined {
  if (value === null) return undefined
  const truth = boolean(value)
  if (truth === undefined) throw wrong('true or false', value)
  return truth
}

/** Any JSON value: the form is not known. */
export function readAny(value: unknown): unknown {
  return value
}

/** One object. */
export function readRecord<T>(value: unknown, read: ReadRecord<T>): T {
  if (value === null) return read({})
  if (!isSource(value)) throw wrong('an object', value)
  return read(value)
}

/** `{"Results": [{"Row": …}], "FullCount": …}`, or a bare list. */
export function readRows<T>(value: unknown, read: ReadRecord<T>): Rows<T> {
  const rows = new Rows<T>()
  if (value === null) return rows
  if (Array.isArray(value)) return fill(rows, value, (row) => readRecord(row, read))
  if (!isSource(value)) throw wrong('rows of a query, or a list', value)
  for (const key of Object.keys(value)) {
    switch (key.toLowerCase()) {
      case 'results':
        fill(rows, value[key], (result) => readRecord(rowOf(result), read))
        break
      case 'fullcount':
        count(rows, 'fullCount', value[key])
    }
  }
  return rows
}

/** `{"Resources": […], "totalResults": …}`. */
export function readList<T>(value: unknown, read: ReadRecord<T>): ListResponse<T> {
  const page = new ListResponse<T>()
  if (!isSource(value)) throw wrong('a list of resources', value)
  fill(page, value['Resources'], (resource) => readRecord(resource, read))
  count(page, 'totalResults', value['totalResults'])
  count(page, 'startIndex', value['startIndex'])
  count(page, 'itemsPerPage', value['itemsPerPage'])
  return page
}

function fill<T, S extends T[]>(sequence: S, items: unknown, read: (item: unknown) => T): S {
  if (items === null || items === undefined) return sequence
  if (!Array.isArray(items)) throw wrong('a list', items)
  for (const item of items) sequence.push(read(item))
  return sequence
}

function rowOf(result: unknown): unknown {
  if (!isSource(result) || !('Row' in result)) throw wrong('an object with a `Row`', result)
  return result['Row']
}

function count<K extends string>(target: { [name in K]?: number }, name: K, value: unknown): void {
  const read = integer(value)
  if (read !== undefined) target[name] = read as (typeof target)[K]
}

/** Says what was found by its type alone, as the value may be large. */
function wrong(expected: string, found: unknown): Error {
  const type = found === null ? 'null' : Array.isArray(found) ? 'a list' : typeof found
  return new Error(`expected ${expected}, found ${type}`)
}
