/** What can be called. */
import { native } from './native.js'
import { inspect } from './symbols.js'

/** Facts about an operation. */
export interface OperationInfo {
  /** Name, such as `scim.users.get`. */
  name: string
  /** Its ids in the integration catalogue. */
  ids: string[]
  /** What it does, in a sentence. */
  summary: string
  /** Kinds of objects it is about, such as `user` and `organization`. */
  entities: string[]
  /** HTTP method. */
  method: string
  /** Path below the URL of the tenant. */
  path: string
  /** Whether it changes anything. */
  access: 'read' | 'write'
  /** When it is retried: always (`safe`, `idempotent`), or only if it cannot have been carried out (`write`). */
  retry: 'safe' | 'idempotent' | 'write'
  /** The permission that the caller needs. */
  permission: string
  /** How certain the facts are. */
  confidence: 'high' | 'medium' | 'low'
  /** What is uncertain about the facts; empty if nothing is. */
  doubt: string
  /** Documentation, Markdown. */
  doc: string
}

const COLUMNS = [
  'name',
  'entities',
  'access',
  'method',
  'path',
  'retry',
  'confidence',
  'permission',
  'summary',
] as const satisfies readonly (keyof OperationInfo)[]

/** Operations, as an array that prints as a table: with `console.log`, and as text. */
export class OperationList extends Array<OperationInfo> {
  /** What is made of it, by `map` and `filter`, is a plain array. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  override toString(): string {
    const rows = [[...COLUMNS], ...Array.from(this, cells)]
    const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
    const lines = rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    return lines.join('\n')
  }

  [inspect](): string {
    return this.toString()
  }
}

/** All operations, in the order of the documentation. */
export function operations(): OperationList {
  return OperationList.from(JSON.parse(native().operations()) as OperationInfo[]) as OperationList
}

function cells(operation: OperationInfo): string[] {
  return COLUMNS.map((column) => {
    const value = operation[column]
    return typeof value === 'string' ? value : value.join(', ')
  })
}
