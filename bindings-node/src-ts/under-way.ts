/** Calls under way in this JavaScript thread: who waits for which, and what may end the wait. */
import { ClientClosedError } from './generated/errors.js'
import { hear } from './observe.js'
import { native, type Calls, type Draft, type Engine, type Finished, type Form } from './native.js'
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
  const all = nativeCalls().take()
  hearAll()
  for (const finished of all) end(finished[0], finished)
}

/** Starts a call. Gives back its id, or the JSON of an error when it was refused. */
export function start(
  engine: Engine,
  operation: string,
  args: string,
  options: string | undefined,
  form: Form,
): number | string {
  return nativeCalls().start(engine, operation, args, options, form)
}

/**
 * Starts a call that has been checked. Gives back its id, or the JSON of an error when it was refused. What happens in the
 * course of one that is `observed` is told to `hear`.
 */
export function send(
  engine: Engine,
  draft: Draft,
  options: string | undefined,
  form: Form,
  observed: boolean,
): number | string {
  return nativeCalls().send(engine, draft, options, form, observed)
}

/** Starts ending the token of a client, else as {@link send}. */
export function startRevoking(
  engine: Engine,
  operation: string,
  options: string | undefined,
  observed: boolean,
): number | string {
  return nativeCalls().revoke(engine, operation, options, observed)
}

/** Starts having a look at a client, else as {@link send}. */
export function startDoctor(
  engine: Engine,
  options: string | undefined,
  lacking: string | undefined,
  observed: boolean,
): number | string {
  return nativeCalls().doctor(engine, options, lacking, observed)
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

/** What happened in the course of a call is told before its end. */
function hearAll(): void {
  for (const event of nativeCalls().events()) hear(event)
}

function interrupt(id: number, why: Interrupted): void {
  nativeCalls().cancel(id)
  hearAll()
  end(id, why)
}

function end(id: number, ending: Finished | Interrupted): void {
  const waits = waiting.get(id)
  waiting.delete(id)
  waits?.settle(ending)
}
