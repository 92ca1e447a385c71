/** From the error that the native library tells to an instance of its class. */
import { commands, IdentityError, type ErrorDetails } from './error-base.js'
import * as classes from './generated/errors.js'

interface Failure extends ErrorDetails {
  readonly class: string
  readonly message: string
  readonly curl?: string
  readonly causes?: readonly string[]
  readonly thrown?: number
}

/** What functions of the caller threw in calls that have not ended yet, by the number of the question. */
export const thrown = new Map<number, unknown>()

/** Makes the error. To be called where the caller's own stack can be seen. */
export function toError(json: string): IdentityError {
  const { class: name, message, curl, causes = [], thrown: id, ...details } = JSON.parse(json) as Failure
  const ErrorClass = classes[name as keyof typeof classes] ?? IdentityError
  const cause = id === undefined ? chain(causes) : take(id)
  // One of ours that a function of the caller threw stays as it is.
  if (cause instanceof IdentityError) return cause
  const error = new ErrorClass(message, details, cause === undefined ? undefined : { cause })
  if (curl !== undefined) commands.set(error, curl)
  return error
}

function take(id: number): unknown {
  const error = thrown.get(id)
  thrown.delete(id)
  return error
}

/** The error of a call that ended by a panic, of which nothing more is known. */
export function lost(operation: string): IdentityError {
  const message = `${operation}: the call ended by a fault of the SDK, please report it`
  return new IdentityError(message, { operation, delivery: 'unknown' })
}

/** An argument that was refused on this side. */
export function invalidArgument(operation: string, field: string, problem: string): IdentityError {
  const where = field === '' ? '' : `argument \`${field}\`: `
  return new classes.InvalidArgumentError(`${operation}: ${where}${problem}`, { operation, field })
}

/** An answer that was a success by all signs, and cannot be read. */
export function unreadable(
  operation: string,
  status: number,
  requestId: string | null | undefined,
  cause: unknown,
): IdentityError {
  const problem = cause instanceof Error ? cause.message : String(cause)
  return new classes.UnexpectedResponseError(
    `${operation}: the answer cannot be read: ${problem}`,
    { operation, status, delivery: 'answered', ...(requestId ? { requestId } : {}) },
    { cause },
  )
}

/** Causes happened on the other side, where no line of JavaScript is to blame: they have no stack. */
function chain(messages: readonly string[]): Error | undefined {
  return messages.reduceRight<Error | undefined>((cause, message) => {
    const error = new Error(message, cause && { cause })
    error.stack = `Error: ${message}`
    return error
  }, undefined)
}
