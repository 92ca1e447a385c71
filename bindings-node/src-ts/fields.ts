/** Names of fields, on both sides. */

/** A field: its name, its name on the wire, and what it holds where that matters on the way out. */
export type Field = readonly [name: string, wire: string, inner?: Inner]

/** The fields of a record, or that it is a file, which does not travel as JSON. */
export type Inner = Fields | 'file'

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

/** Sets a member, also one named `__proto__`, of which an assignment would not make a member. */
export function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}
