/** What a client has seen that differs from what is known. */
import { inspect } from './symbols.js'

/** One way in which the answers to an operation differ from what is known. */
export interface Drift {
  /** Name of the operation. */
  readonly operation: string
  /** Where in the result, in the names of the wire: `emails[].value`. */
  readonly path: string
  /** In which way: a field that is not known, a type that its field cannot hold, or a field that was always there. */
  readonly change: 'new field' | 'changed type' | 'missing field'
  /** What is known; empty for a new field. */
  readonly expected: string
  /** The type of what came first in its place. Never the value. */
  readonly found: string
  /** How often: objects that have it, or for a missing field answers in a row that lack it. */
  readonly count: number
}

/** What a client has seen since it was made. It prints as a table. */
export class DriftReport {
  readonly #text: string
  /** Answers that were looked at. */
  readonly answers: number
  /** What differs, by operation and path. */
  readonly drifts: readonly Drift[]
  /** How often something differed beyond the thousand ways that are told apart. */
  readonly others: number

  /** @internal */
  constructor(told: { answers: number; drifts: readonly Drift[]; others: number; text: string }) {
    this.answers = told.answers
    this.drifts = told.drifts
    this.others = told.others
    this.#text = told.text
  }

  toString(): string {
    return this.#text
  }

  [inspect](): string {
    return this.#text
  }
}
