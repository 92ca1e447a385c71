/** Calls under way in this JavaScript thread: who waits for which, and what may end the wait. */
import { ClientClosedError } from './generated/errors.js'
import { native, type Calls, type Draft, type Engine, type Finished } from './native.js'
import { onAbort } from './signals.js'

/** A wait that did not end by an outcome. */
export type Interrupted = 'aborted' | 'closed'

interface Waiting {
  readonly engine: Engine
  readonly settle: (ending: Finished | Interrupted) => void
}

const waiting = new Map<number, Waiting>()
let calls: Calls | undefined

/** One for the thread, so that one wake-up serves all clients. */
function nativeCalls(): Calls {
  return (calls ??= new (native().Calls)(handOut))
}

function handOut(): void {
  for (const finished of nativeCalls().take()) end(finished[0], finished)
}

/** Starts a call. Gives back its id, or the JSON of an error when it was refused. */
export function start(
  engine: Engine,
  operation: string,
  args: string,
  options: string | undefined,
  whole: boolean,
): number | string {
  return nativeCalls().start(engine, operation, args, options, whole)
}

/** Starts a call that has been checked. Gives back its id, or the JSON of an error when it was refused. */
export function send(
  engine: Engine,
  draft: Draft,
  options: string | undefined,
  whole: boolean,
): number | string {
  return nativeCalls().send(engine, draft, options, whole)
}

/** Starts ending the token of a client. Gives back the id of that, or the JSON of an error when it was refused. */
export function startRevoking(
  engine: Engine,
  operation: string,
  options: string | undefined,
): number | string {
  return nativeCalls().revoke(engine, operation, options)
}

/** Waits for the call `id` until it has finished, `signal` is aborted, or its client is closed. */
export async function outcome(
  id: number,
  engine: Engine,
  signal: AbortSignal | undefined,
): Promise<Finished | Interrupted> {
  const forget = signal && onAbort(signal, () => interrupt(id, 'aborted'))
  try {
    return await new Promise((settle) => waiting.set(id, { engine, settle }))
  } finally {
    forget?.()
  }
}

/** Ends all waits for calls of `engine`, and the calls. */
export function interruptAll(engine: Engine): void {
  for (const [id, waits] of waiting) {
    if (waits.engine === engine) interrupt(id, 'closed')
  }
}

/** What a call of a closed client ends in. The request may have been sent. */
export function closedDuringCall(operation: string): ClientClosedError {
  return new ClientClosedError(`${operation}: the client was closed during the call`, {
    operation,
    delivery: 'unknown',
  })
}

function interrupt(id: number, why: Interrupted): void {
  nativeCalls().cancel(id)
  end(id, why)
}

function end(id: number, ending: Finished | Interrupted): void {
  const waits = waiting.get(id)
  waiting.delete(id)
  waits?.settle(ending)
}
