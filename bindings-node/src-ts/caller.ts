/** How a call is made: the one way from a facade's method to the native library and back. */
import { invalidArgument, lost, toError, unreadable } from './failure.js'
import { Fields } from './fields.js'
import { ClientClosedError } from './generated/errors.js'
import type { Limits } from './limits.js'
import { native, type Draft, type Engine, type Finished } from './native.js'
import { encodeArguments } from './outgoing.js'
import { RawResponse } from './raw.js'
import { encodeOptions, type ClientSettings } from './settings.js'
import { readAny } from './shapes.js'
import { sourceOf } from './source.js'
import { draftRequest, type RequestContent } from './request.js'
import { placeOf } from './token-cache.js'
import { closedDuringCall, interruptAll, outcome, send, start, startRevoking } from './under-way.js'

/** Options of a single call. */
export interface CallOptions {
  /** Ends the call when it is aborted; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Milliseconds for the whole call: all attempts and the waits between them. */
  timeoutMs?: number | undefined
  /**
   * Milliseconds for making a connection, where the call needs a new one. At most those of the client, to whom the
   * connections belong.
   */
  connectTimeoutMs?: number | undefined
  /** Longest time, in milliseconds, in which nothing comes, before the answer and within it. */
  readTimeoutMs?: number | undefined
  /** Headers sent besides the client's own. */
  extraHeaders?: Readonly<Record<string, string>> | undefined
}

/** An operation as the facades know it. */
export interface Operation<R> {
  readonly name: string
  readonly fields: Fields
  readonly read: (value: unknown) => R
}

/** What is known of a request that no operation describes. */
const REQUEST: Operation<unknown> = { name: 'request', fields: new Fields(), read: readAny }

/** What errors call the end of a token. */
const REVOKE = 'revoke'

/** Makes the calls of one client. */
export class Caller {
  readonly #engine: Engine
  readonly tenantUrl: string

  constructor(settings: ClientSettings) {
    const { auth, tokenCache, ...others } = settings
    const place = tokenCache && placeOf(tokenCache)
    const engine = native().openEngine(
      encodeOptions({ ...others, tokenCache: place }),
      auth && sourceOf(auth),
    )
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
    return whole(operation, await this.#perform(operation, args, options, true))
  }

  /** Sends a request that no operation describes. */
  async request(
    method: string,
    path: string,
    content: RequestContent,
    options: CallOptions,
  ): Promise<RawResponse<unknown>> {
    const finished = await this.#run(REQUEST.name, options, (others) =>
      this.#send(draftRequest(method, path, content), others, true),
    )
    return whole(REQUEST, finished)
  }

  /** Ends the token. */
  async revoke(options: CallOptions): Promise<void> {
    await this.#run(REVOKE, options, (others) => startRevoking(this.#engine, REVOKE, others))
  }

  /** How fast the client goes. */
  limits(): Limits {
    const limits = this.#engine.limits()
    if (limits === null) throw new ClientClosedError('the client is closed (make a new client)')
    return JSON.parse(limits) as Limits
  }

  /** Ends the calls under way, and closes the connections. */
  close(): void {
    this.#engine.close()
    interruptAll(this.#engine)
  }

  #perform(
    { name, fields }: Operation<unknown>,
    args: unknown,
    options: CallOptions | undefined,
    whole: boolean,
  ): Promise<Finished> {
    return this.#run(name, options, (others) => {
      const { json, contents } = encodeArguments(name, args, fields)
      if (contents.length === 0) return start(this.#engine, name, json, others, whole)
      return this.#send(native().draftUpload(name, json, contents), others, whole)
    })
  }

  /** Errors are made here, after the await, so that their stack leads to the caller. */
  async #run(
    name: string,
    options: CallOptions = {},
    begin: (others: string | undefined) => number | string,
  ): Promise<Finished> {
    const { signal, ...others } = options
    checkSignal(name, signal)
    if (signal?.aborted) throw signal.reason
    const id = begin(encodeOthers(others))
    if (typeof id === 'string') throw toError(id)
    const ending = await outcome(id, this.#engine, signal)
    if (ending === 'aborted') throw signal?.reason
    if (ending === 'closed') throw closedDuringCall(name)
    if (ending[1] === 0) throw ending[2] === undefined ? lost(name) : toError(ending[2])
    return ending
  }

  /** A draft that was refused is the JSON of an error. */
  #send(draft: Draft | string, others: string | undefined, whole: boolean): number | string {
    return typeof draft === 'string' ? draft : send(this.#engine, draft, others, whole)
  }
}

function whole<R>(operation: Operation<R>, finished: Finished): RawResponse<R> {
  const [, status, , requestId, headers = '[]', body = new Uint8Array(), recovered = false] = finished
  return new RawResponse(read(operation, finished), status, headers, body, requestId, recovered)
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
export function checkSignal(operation: string, signal: Partial<AbortSignal> | undefined): void {
  if (signal === undefined) return
  if (typeof signal?.aborted !== 'boolean' || typeof signal.addEventListener !== 'function') {
    throw invalidArgument(operation, 'signal', 'must be an AbortSignal')
  }
}
