/** The way out: what a caller gives as JSON under wire names. What it means, and what is wrong with it, is for core to say. */
import { invalidArgument } from './failure.js'
import { define, type Fields } from './fields.js'
import { encodeFile } from './files.js'

/** Arguments on their way. */
export interface Outgoing {
  readonly json: string
  /** Contents of files: `json` has their places. */
  readonly contents: readonly Uint8Array[]
}

/** What cannot be sent, and where it stands. */
class Unsendable extends Error {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message)
  }
}

/** The arguments of `operation`. */
export function encodeArguments(operation: string, args: unknown, fields: Fields): Outgoing {
  const contents: Uint8Array[] = []
  return guarded(operation, () => {
    const json = JSON.stringify(outgoing(args ?? {}, fields, '')) ?? 'null'
    return { json, contents }
  })

  function outgoing(value: unknown, within: Fields | undefined, path: string): unknown {
    if (typeof value !== 'object' || value === null) return scalar(value, path)
    if (Array.isArray(value)) return value.map((item, index) => outgoing(item, within, `${path}[${index}]`))
    if (value instanceof Date) return date(value, path)
    return within === undefined ? value : object(value, within, path)
  }

  function object(value: object, within: Fields, path: string): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    for (const [name, inner] of Object.entries(value)) {
      if (inner === undefined) continue
      const [, wire, holds] = within.find(name) ?? [name, name]
      const at = path === '' ? name : `${path}.${name}`
      define(
        result,
        wire,
        holds === 'file' ? scalar(encodeFile(inner, contents), at) : outgoing(inner, holds, at),
      )
    }
    return result
  }
}

/** Any JSON value, as `field` of `operation`. */
export function encodeJson(operation: string, field: string, value: unknown): string {
  return guarded(operation, () =>
    JSON.stringify(value, function (this: Record<string, unknown>, key, inner) {
      const given = this[key]
      return given instanceof Date ? date(given, field) : scalar(inner, field)
    }),
  )
}

function guarded<T>(operation: string, encode: () => T): T {
  try {
    return encode()
  } catch (error) {
    if (error instanceof Unsendable) throw invalidArgument(operation, error.path, error.message)
    throw invalidArgument(operation, '', String(error))
  }
}

/** Refuses what JSON would drop, change without a word, or break on. */
function scalar(value: unknown, path: string): unknown {
  switch (typeof value) {
    case 'function':
    case 'symbol':
      throw new Unsendable(path, `a ${typeof value} cannot be sent`)
    case 'bigint':
      if (!Number.isSafeInteger(Number(value))) throw new Unsendable(path, `${value} is too large`)
      return Number(value)
    case 'number':
      if (!Number.isFinite(value)) throw new Unsendable(path, `${value} cannot be sent`)
      return value
    default:
      return value
  }
}

function date(value: Date, path: string): Date {
  if (Number.isNaN(value.getTime())) throw new Unsendable(path, 'is an invalid date')
  return value
}
