/** How a call is made: the one way from a facade's method to the native library and back. */
import { invalidArgument, lost, toError, unreadable } from './failure.js'
import { Fields } from './fields.js'
import { ClientClosedError } from './generated/errors.js'
import { DriftReport } from './drift.js'
import type { Limits } from './limits.js'
import { Form, native, type Draft, type Engine, type Finished, type Parts } from './native.js'
import { hooksOf, isObserved, Observed, ObservedCall, type Hooks } from './observe.js'
import { encodeArguments } from './outgoing.js'
import { RawResponse } from './raw.js'
import { encodeOptions, type OpenSettings } from './settings.js'
import { readReport, type Report } from './report.js'
import { readAny } from './shapes.js'
import type { ListResponse } from './sequences.js'
import { sourceOf } from './source.js'
import { draftRequest, type RequestContent } from './request.js'
import { placeOf } from './token-cache.js'
import {
  closedDuringCall,
  interruptAll,
  outcome,
  send,
  start,
  startDoctor,
  startRevoking,
} from './under-way.js'

/** Options of a single call. */
export interface CallOptions {
  /** Ends the call when it is aborted; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Milliseconds for the whole call: all attempts and the waits between them. */
  timeoutMs?: number | undefined
  /**
   * Milliseconds for making a connection, if the call needs a new one. Not longer than the client's, because the connections
   * belong to the client.
   */
  connectTimeoutMs?: number | undefined
  /** Longest silence in milliseconds, before the answer and within it. */
  readTimeoutMs?: number | undefined
  /** Headers in addition to the client's own. */
  extraHeaders?: Readonly<Record<string, string>> | undefined
}

/** An operation as the facades know it. */
export interface Operation<R> {
  readonly name: string
  readonly fields: Fields
  readonly read: (value: unknown) => R
}

/** A page of a list, whose items are read some at a time. */
export interface Page<T> {
  readonly totalResults: number | undefined
  readonly startIndex: number | undefined
  readonly items: Parts
  /** The items, some in each, and each once. */
  parts(): Iterable<readonly T[]>
}

/** What is known about a request that no operation describes. */
const REQUEST: Operation<unknown> = { name: 'request', fields: new Fields(), read: readAny }

/** The operation that errors name for a revocation. */
const REVOKE = 'revoke'

/** The operation that errors name for the doctor. */
const DOCTOR = 'doctor'

/** Makes the calls of one client. */
export class Caller {
  readonly #engine: Engine
  readonly #hooks: Hooks | undefined
  readonly tenantUrl: string

  constructor(settings: OpenSettings) {
    const { auth, tokenCache, before, after, ...others } = settings
    this.#hooks = hooksOf({ before, after })
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
    return read(operation, await this.#perform(operation, args, options, Form.Value))
  }

  /** Calls `operation`, whose result is a page of a list, and reads none of its items yet. */
  async page<T>(
    operation: Operation<ListResponse<T>>,
    args: unknown,
    options: CallOptions,
  ): Promise<Page<T>> {
    const finished = await this.#perform(operation, args, options, Form.Parts)
    const items = finished[4] as Parts
    const page = read(operation, finished)
    if (page.length > 0)
      throw unreadable(operation.name, finished[1], finished[3], 'its items cannot be told apart')
    return {
      totalResults: page.totalResults,
      startIndex: page.startIndex,
      items,
      *parts() {
        for (let part = items.next(); part !== null; part = items.next())
          yield read(operation, finished, part)
      },
    }
  }

  /** Calls `operation` and reads its result, and keeps the answer. */
  async callRaw<R>(operation: Operation<R>, args: unknown, options?: CallOptions): Promise<RawResponse<R>> {
    return whole(operation, await this.#perform(operation, args, options, Form.Whole))
  }

  /** Sends a request that no operation describes. */
  async request(
    method: string,
    path: string,
    content: RequestContent,
    options: CallOptions,
  ): Promise<RawResponse<unknown>> {
    const draft = () => draftRequest(method, path, content)
    const finished = isObserved(this.#hooks)
      ? await this.#observed(REQUEST.name, options, draft, Form.Whole)
      : await this.#run(REQUEST.name, options, (others) => this.#send(draft(), others, Form.Whole))
    return whole(REQUEST, finished)
  }

  /** Ends the token. */
  async revoke(options: CallOptions): Promise<void> {
    await this.#besides(REVOKE, options, (others, observed) =>
      startRevoking(this.#engine, REVOKE, others, observed),
    )
  }

  /** Has the doctor look at the client. `lacking` is JSON: why its credentials are none. */
  async doctor(options: CallOptions, lacking?: string): Promise<Report> {
    const finished = await this.#besides(DOCTOR, options, (others, observed) =>
      startDoctor(this.#engine, others, lacking, observed),
    )
    return readReport(finished[2] ?? '')
  }

  /** How answers differ from what is known of their operations. */
  drift(): DriftReport | null {
    const told = this.#engine.drift()
    if (told === null) throw new ClientClosedError('the client is closed (make a new client)')
    const report = JSON.parse(told) as ConstructorParameters<typeof DriftReport>[0] | null
    return report && new DriftReport(report)
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

  /** Runs what is no call, so no hook runs, and channels are told of what happens in the course of it only. */
  #besides(
    name: string,
    options: CallOptions,
    start: (options: string | undefined, observed: boolean) => number | string,
  ): Promise<Finished> {
    if (!isObserved(undefined)) return this.#run(name, options, (others) => start(others, false))
    const observed = new Observed()
    const named = { ...options, callId: observed.id }
    return observed.during(() => this.#run(name, named, (others) => start(others, true)))
  }

  #perform(
    { name, fields }: Operation<unknown>,
    args: unknown,
    options: CallOptions | undefined,
    form: Form,
  ): Promise<Finished> {
    if (isObserved(this.#hooks)) {
      const draft = () => {
        const { json, contents } = encodeArguments(name, args, fields)
        return native().draftUpload(name, json, contents)
      }
      return this.#observed(name, options, draft, form)
    }
    return this.#run(name, options, (others) => {
      const { json, contents } = encodeArguments(name, args, fields)
      if (contents.length === 0) return start(this.#engine, name, json, others, form)
      return this.#send(native().draftUpload(name, json, contents), others, form)
    })
  }

  /** The same for a call that somebody looks at. */
  async #observed(
    name: string,
    options: CallOptions = {},
    make: () => Draft | string,
    form: Form,
  ): Promise<Finished> {
    const draft = make()
    if (typeof draft === 'string') throw toError(draft)
    const call = new ObservedCall(draft, new URL(this.tenantUrl).hostname, this.#hooks)
    return call.run(() => {
      const named = { ...options, callId: call.id, extraHeaders: call.headers(options.extraHeaders) }
      return this.#run(name, named, (others) => send(this.#engine, draft, others, form, true))
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
  #send(draft: Draft | string, others: string | undefined, form: Form): number | string {
    return typeof draft === 'string' ? draft : send(this.#engine, draft, others, form, false)
  }
}

function whole<R>(operation: Operation<R>, finished: Finished): RawResponse<R> {
  const [, status, , requestId] = finished
  const [headers, body, recovered] = finished.slice(4) as [string, Uint8Array, boolean]
  return new RawResponse(read(operation, finished), status, headers, body, requestId, recovered)
}

function read<R>(operation: Operation<R>, finished: Finished, json = finished[2] ?? ''): R {
  try {
    return operation.read(json === '' ? null : JSON.parse(json))
  } catch (error) {
    const [, status, , requestId] = finished
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
