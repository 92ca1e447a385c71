/** How fast a client goes. */

/** How fast a client goes, and what the service said to that. Times are in milliseconds. */
export interface Limits {
  /** Requests that may be under way at once; null when pacing is off. */
  readonly limit: number | null
  /** Requests that are under way. */
  readonly inFlight: number
  /** Requests that wait for a place. */
  readonly waiting: number
  /** Requests sent in a second, over the last five to ten. */
  readonly rate: number
  /** Requests sent. */
  readonly requests: number
  /** How many of them had to wait for a place. */
  readonly waits: number
  /** How long these waited, taken together. */
  readonly waitedMs: number
  /** How long all requests are still held back, because the service asked to wait; null when they are not. */
  readonly heldForMs: number | null
  /** HTTP status with which the service last turned a request away; null when it never did. */
  readonly limitedStatus: number | null
  /** How long it asked to wait then; null when it did not say. */
  readonly limitedRetryAfterMs: number | null
  /** How long ago that was. */
  readonly limitedAgoMs: number | null
  /** Repeats of requests that were made. */
  readonly retries: number
  /**
   * Repeats that were not made, because the client had repeated too many requests by then: a fifth of them, and ten a
   * second besides.
   */
  readonly retriesRefused: number
}
