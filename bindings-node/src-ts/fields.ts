/** Names of fields, on both sides, and the way out: from camelCase to the wire. */
import { invalidArgument } from './failure.js'

/** A field: its name, its name on the wire, and the fields of what it holds. */
export type Field = readonly [name: string, wire: string, inner?: Fields]

/** The fields of a record, or the arguments of an operation. */
export class Fields {
  readonly #byName: ReadonlyMap<string, Field>
  readonly #byWire: ReadonlyMap<string, Field>

  constructor(...fields: readonly Field[]) {
    this.#byName = new Map(fields.map((field) => [field[0], field]))
    this.#byWire = new Map(fields.map((field) => [field[1].toLowerCase(), field]))
  }

  /** The wire name that `name` is another spelling of: the service does not always keep to one. */
  respelled(name: string): string | undefined {
    return this.#byWire.get(name.toLowerCase())?.[1]
  }

  /** The field that a caller means. Wire names are understood too. */
  find(name: string): Field | undefined {
    return this.#byName.get(name) ?? this.#byWire.get(name.toLowerCase())
  }
}

/** JSON of the arguments of `operation`, under wire names. What they mean, and what is wrong with them, is for core to say. */
export function encodeArguments(operation: string, args: unknown, fields: Fields): string {
  try {
    return JSON.stringify(outgoing(args ?? {}, fields, '')) ?? 'null'
  } catch (error) {
    if (error instanceof Unsendable) throw invalidArgument(operation, error.path, error.message)
    throw invalidArgument(operation, '', String(error))
  }

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
      const field = within.find(name)
      const sent = outgoing(inner, field?.[2], path === '' ? name : `${path}.${name}`)
      // Not by assignment, which would not make a member of `__proto__`.
      Object.defineProperty(result, field?.[1] ?? name, {
        value: sent,
        enumerable: true,
        configurable: true,
        writable: true,
      })
    }
    return result
  }
}

class Unsendable extends Error {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message)
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
