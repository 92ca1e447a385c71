/** How a call is made: the one way from a facade's method to the native library and back. */
import { invalidArgument, lost, toError, unreadable } from './failure.js'
import { encodeArguments, type Fields } from './fields.js'
import { native, type Engine, type Finished } from './native.js'
import { RawResponse } from './raw.js'
import { encodeOptions, encodeSettings, type ClientSettings } from './settings.js'
import { closedDuringCall, interruptAll, outcome, start } from './under-way.js'

/** Options of a single call. */
export interface CallOptions {
  /** Ends the call when it is aborted; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Milliseconds for the whole call: all attempts and the waits between them. */
  timeoutMs?: number | undefined
  /** Headers sent besides the client's own. */
  extraHeaders?: Readonly<Record<string, string>> | undefined
}

/** An operation as the facades know it. */
export interface Operation<R> {
  readonly name: string
  readonly fields: Fields
  readonly read: (value: unknown) => R
}

/** Makes the calls of one client. */
export class Caller {
  readonly #engine: Engine
  readonly tenantUrl: string

  constructor(settings: ClientSettings) {
    const engine = native().openEngine(encodeSettings(settings))
    if (typeof engine === 'string') throw toError(engine)
    this.#engine = engine
    this.tenantUrl = engine.tenantUrl ?? ''
  }

  /** Calls `operation` and reads its result. */
  async call<R>(operation: Operation<R>, args: unknown, options?: CallOptions): Promise<R> {
    return read(operation, await this.#perform(operation, args, options, false))
  }

  /** Calls `operation` and reads its result, and keeps the answer. */
  async callRaw<R>(operation: Operation<R>, args: unknown, options?: CallOptions): Promise<RawResponse<R>> {
    const finished = await this.#perform(operation, args, options, true)
    const [, status, , requestId, headers = '[]', body = new Uint8Array()] = finished
    return new RawResponse(read(operation, finished), status, headers, body, requestId)
  }

  /** Ends the calls under way, and closes the connections. */
  close(): void {
    this.#engine.close()
    interruptAll(this.#engine)
  }

  /** Errors are made here, after the await, so that their stack leads to the caller. */
  async #perform(
    { name, fields }: Operation<unknown>,
    args: unknown,
    options: CallOptions = {},
    whole: boolean,
  ): Promise<Finished> {
    const { signal, ...others } = options
    checkSignal(name, signal)
    if (signal?.aborted) throw signal.reason
    const id = start(this.#engine, name, encodeArguments(name, args, fields), encodeOthers(others), whole)
    if (typeof id === 'string') throw toError(id)
    const ending = await outcome(id, this.#engine, signal)
    if (ending === 'aborted') throw signal?.reason
    if (ending === 'closed') throw closedDuringCall(name)
    if (ending[1] === 0) throw ending[2] === undefined ? lost(name) : toError(ending[2])
    return ending
  }
}

function read<R>(operation: Operation<R>, [, status, value = '', requestId]: Finished): R {
  try {
    return operation.read(value === '' ? null : JSON.parse(value))
  } catch (error) {
    throw unreadable(operation.name, status, requestId, error)
  }
}

function encodeOthers(options: Omit<CallOptions, 'signal'>): string | undefined {
  return Object.keys(options).length === 0 ? undefined : encodeOptions(options)
}

/** Not by its class: frameworks for tests bring their own. */
function checkSignal(operation: string, signal: Partial<AbortSignal> | undefined): void {
  if (signal === undefined) return
  if (typeof signal?.aborted !== 'boolean' || typeof signal.addEventListener !== 'function') {
    throw invalidArgument(operation, 'signal', 'must be an AbortSignal')
  }
}
