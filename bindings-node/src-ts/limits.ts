/** Pacing of a client. */

/** Pacing of a client: its current limit, the load, and the last refusal. Times are in milliseconds. */
export interface Limits {
  /** Requests that may be in progress at once; null when pacing is off. */
  readonly limit: number | null
  /** Requests in progress. */
  readonly inFlight: number
  /** Requests that wait for their turn. */
  readonly waiting: number
  /** Requests sent per second, averaged over the last five to ten seconds. */
  readonly rate: number
  /** Requests sent. */
  readonly requests: number
  /** How many of them had to wait for their turn. */
  readonly waits: number
  /** How long these waited in total. */
  readonly waitedMs: number
  /** How long all requests are still held back because the service asked to wait; null if they are not. */
  readonly heldForMs: number | null
  /** HTTP status of the last refusal by the service; null if there was none. */
  readonly limitedStatus: number | null
  /** How long it asked to wait then; null if it did not say. */
  readonly limitedRetryAfterMs: number | null
  /** How long ago that was. */
  readonly limitedAgoMs: number | null
  /** Retries that were made. */
  readonly retries: number
  /**
   * Retries that were refused, because the client had used up its retry budget: a fifth of its requests, plus ten a
   * second.
   */
  readonly retriesRefused: number
}
