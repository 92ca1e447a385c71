/** How answers differ from what is known about them. */
import { inspect } from './symbols.js'

/** One way in which the answers of an operation differ from what is known. */
export interface Drift {
  /** Name of the operation. */
  readonly operation: string
  /** Where in the result, in wire names: `emails[].value`. */
  readonly path: string
  /** An unknown field, a type that its field cannot hold, or a field that used to be there. */
  readonly change: 'new field' | 'changed type' | 'missing field'
  /** The type that is known; empty for a new field. */
  readonly expected: string
  /** The type that came instead, when it was first seen. Never the value. */
  readonly found: string
  /** How many objects differ; for a missing field, how many consecutive answers lack it. */
  readonly count: number
}

/** The differences since the client was created. It prints as a table. */
export class DriftReport {
  readonly #text: string
  /** Answers that were examined. */
  readonly answers: number
  /** The differences, by operation and path. */
  readonly drifts: readonly Drift[]
  /** How often something else differed, after a thousand distinct differences. */
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
