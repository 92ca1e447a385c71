/** What can be called. */
import { native } from './native.js'

/** Facts about an operation. */
export interface OperationInfo {
  /** Name, such as `scim.users.get`. */
  name: string
  /** Ids of the integration catalogue that mean this operation. */
  ids: string[]
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

/** All operations, in the order of the documentation. */
export function operations(): OperationInfo[] {
  return JSON.parse(native().operations()) as OperationInfo[]
}
