/** The two base classes of all errors, and what they know. */

/** Whether the request may have reached the service, which decides if a write can safely be sent again. */
export type Delivery = 'not_sent' | 'unknown' | 'answered'

/** What an error knows besides its message. */
export interface ErrorDetails {
  /** Whether the request may have reached the service. */
  readonly delivery: Delivery
  /** Requests sent for this call. */
  readonly attempts: number
  /** What to do about it. */
  readonly hint?: string
  /** Operation such as `users.get`. */
  readonly operation?: string
  /** Id of the call, which hooks and channels report as well; absent if it did not begin. */
  readonly callId?: string
  /** HTTP status. Note that failures of platform calls arrive with 200. */
  readonly status?: number
  /** The service's own code: `ErrorCode`, `scimType` or the OAuth2 `error`. */
  readonly code?: string
  /** `MessageID` of the platform envelope. */
  readonly messageId?: string
  /** `ErrorID` of the platform envelope, which the vendor's support asks for. */
  readonly errorId?: string
  /** `X-CFY-TX-ID` of the answer. */
  readonly requestId?: string
  /** The argument at fault, for an {@link InvalidArgumentError}. */
  readonly field?: string
  /** Seconds that the service asked to wait. */
  readonly retryAfter?: number
}

/** The requests of errors as command lines: apart from them, so that errors print as before. */
export const commands = new WeakMap<IdentityError, string>()

/** Anything that went wrong. Every error of this package is one, except the reason of an `AbortSignal`. */
export class IdentityError extends Error implements ErrorDetails {
  declare readonly delivery: Delivery
  declare readonly attempts: number
  declare readonly hint?: string
  declare readonly operation?: string
  declare readonly callId?: string
  declare readonly status?: number
  declare readonly code?: string
  declare readonly messageId?: string
  declare readonly errorId?: string
  declare readonly requestId?: string
  declare readonly field?: string
  declare readonly retryAfter?: number

  constructor(message: string, details: Partial<ErrorDetails> = {}, options?: ErrorOptions) {
    super(message, options)
    Object.assign(this, { delivery: 'not_sent', attempts: 0 }, details)
  }

  /**
   * The request as a `curl` command line for a POSIX shell, to try it by hand; `undefined` if the call sent no request, or if
   * signing in failed.
   *
   * It contains no secret: the token is `$TOKEN`, passwords and secret headers are `***`. Of a form with a file only the names
   * are shown, and `@BODY` stands for a body that is too large to show.
   */
  asCurl(): string | undefined {
    return commands.get(this)
  }

  static {
    named(this, 'IdentityError')
  }
}

/** The service answered, and refused. */
export class ServiceError extends IdentityError {
  static {
    named(this, 'ServiceError')
  }
}

/** Gives a class its `name` in a way that minifying does not change and printing does not repeat. */
export function named(errorClass: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true })
}
