/** What can be called. */
import { native } from './native.js'
import { inspect } from './symbols.js'

/** Facts about an operation. */
export interface OperationInfo {
  /** Name, such as `scim.users.get`. */
  name: string
  /** Ids of the integration catalogue that mean this operation. */
  ids: string[]
  /** What it does, in a sentence. */
  summary: string
  /** Kinds of things it is about, such as `user` and `organization`. */
  entities: string[]
  /** HTTP method. */
  method: string
  /** Path below the address of the tenant. */
  path: string
  /** Whether it changes anything. */
  access: 'read' | 'write'
  /** When it is repeated: always, because it only reads or repeating is harmless, or only if it cannot have been acted upon. */
  retry: 'safe' | 'idempotent' | 'write'
  /** What the caller needs to be allowed. */
  permission: string
  /** How sure the facts are. */
  confidence: 'high' | 'medium' | 'low'
  /** What is uncertain about the facts; empty when nothing is. */
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

/** Operations, as an array that shows itself as a table: by `console.log`, and as text. */
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
