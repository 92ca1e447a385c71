/** What can be observed of calls: hooks, and channels of `node:diagnostics_channel`. Events without a listener are not created. */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import { channel, type Channel } from 'node:diagnostics_channel'
import { IdentityError } from './error-base.js'
import { toError } from './failure.js'
import { ConfigurationError } from './generated/errors.js'
import { native, type Draft } from './native.js'

/** Functions that run around each call. If one throws, that is reported and the call goes on. */
export interface Hooks {
  /** Runs before each call, and may add headers. The call waits for what it returns. Calls that it makes are not reported. */
  before?: ((start: CallStart) => void | PromiseLike<void>) | undefined
  /** Runs after each call, even if it failed or was cancelled. Otherwise like `before`. */
  after?: ((end: CallEnd) => void | PromiseLike<void>) | undefined
}

/** What is published on `cyberark-identity:call:start`. */
export interface CallStartMessage {
  /** Id of the call, which its error and all its messages carry. */
  readonly callId: string
  /** Operation, such as `users.get`; `request` for `Client.request`. */
  readonly operation: string
  /** HTTP method. */
  readonly method: string
  /** Host of the tenant. */
  readonly host: string
  /** Path as it is sent: escaped, without a query. */
  readonly path: string
  /** The path of the operation, with `{id}` in place of an argument; null for `Client.request`. */
  readonly template: string | null
  /** Retry class of the request. */
  readonly retry: 'safe' | 'idempotent' | 'write'
}

/** What `before` is given. */
export interface CallStart extends CallStartMessage {
  /**
   * Sends a header, such as `traceparent`, with every request of the call except those of a sign-in. A header that the caller
   * passes to the operation takes precedence.
   *
   * @throws {@link InvalidArgumentError} for a header that the client sets itself, such as `Authorization`.
   */
  addHeader(name: string, value: string): void
}

/** What is published on `cyberark-identity:call:end`, for every call. */
export interface CallEndMessage {
  readonly callId: string
  readonly operation: string
  /** `success`, `cancelled`, or the class of the error. */
  readonly outcome: string
  /** Milliseconds since its beginning. */
  readonly durationMs: number
  /** Requests that were sent for it, without those of a sign-in. */
  readonly attempts: number
  /** HTTP status; failures of platform calls arrive with 200. */
  readonly status?: number
  /** The service's id of the exchange (`X-CFY-TX-ID`). */
  readonly requestId?: string
  /** Size of the request body in bytes; absent if it is streamed from a file. */
  readonly bytesSent?: number
  /** Size of the answer's body in bytes, decompressed; absent if the call failed. */
  readonly bytesReceived?: number
}

/** What is published on `cyberark-identity:call:error`, for calls that failed. */
export interface CallErrorMessage extends CallEndMessage {
  readonly error: IdentityError
}

/** What `after` is given. */
export interface CallEnd extends CallEndMessage {
  /** What the call is rejected with, if anything. */
  readonly error?: unknown
}

/** What is published on `cyberark-identity:call:request`, `:retry`, `:auth` and `:pace`. */
export interface CallEvent {
  readonly callId: string
  /** Operation, such as `users.get`; for a request of a sign-in, the name that errors use. */
  readonly operation: string
  /** What happened, such as `retrying` or `token_fetched`. */
  readonly event: string
  /** The event in words. */
  readonly message: string
  /** Number of the request within the call, from 1. */
  readonly attempt?: number
  /** Milliseconds of the wait. */
  readonly waitMs?: number
  /** Class of the error that caused it. */
  readonly errorType?: string
}

/** What is published on `cyberark-identity:hooks`. */
export interface HookFailure {
  readonly callId: string
  readonly operation: string
  readonly hook: 'before' | 'after'
  /** What it threw. */
  readonly error: unknown
}

/** What the native library reports about a call. */
interface Heard extends CallEvent {
  readonly topic: 'call' | 'retry' | 'auth' | 'pace' | 'hooks'
  readonly end?: Pick<CallEndMessage, 'attempts' | 'status' | 'requestId' | 'bytesSent' | 'bytesReceived'>
}

type ChannelName = 'start' | 'request' | 'end' | 'error' | 'retry' | 'auth' | 'pace' | 'hooks'

// Kept here, because unreferenced channels are garbage-collected.
const channels: Readonly<Record<ChannelName, Channel>> = {
  start: channel('cyberark-identity:call:start'),
  request: channel('cyberark-identity:call:request'),
  end: channel('cyberark-identity:call:end'),
  error: channel('cyberark-identity:call:error'),
  retry: channel('cyberark-identity:retry'),
  auth: channel('cyberark-identity:auth'),
  pace: channel('cyberark-identity:pace'),
  hooks: channel('cyberark-identity:hooks'),
}
const all: readonly Channel[] = Object.values(channels)

/** Set in hooks and subscribers: the calls they make are not reported, or reporting them would never end. */
const inside = new AsyncLocalStorage<true>()

/** The calls in progress that are observed, by their ids. */
const underWay = new Map<string, Observed>()

/** Whether anybody observes a call made now by a client with these hooks. */
export function isObserved(hooks: Hooks | undefined): boolean {
  return (hooks !== undefined || all.some((one) => one.hasSubscribers)) && inside.getStore() === undefined
}

/** The hooks among the settings of a client, if there are any. */
export function hooksOf({ before, after }: Hooks): Hooks | undefined {
  for (const [name, hook] of Object.entries({ before, after })) {
    if (hook !== undefined && typeof hook !== 'function') {
      throw new ConfigurationError(`setting \`${name}\`: must be a function`)
    }
  }
  return before || after ? { before, after } : undefined
}

/** Receives what the native library reports about a call. */
export function hear(json: string): void {
  const heard = JSON.parse(json) as Heard
  underWay.get(heard.callId)?.hear(heard)
}

/** Something that is observed. It need not be a call: it can be a revocation or a run of the doctor. */
export class Observed {
  /** Publishes in the asynchronous context in which the call was made. */
  readonly #scope = new AsyncResource('CyberArkIdentityCall')

  /** @param id - Id under which it is reported. */
  constructor(readonly id: string = randomBytes(16).toString('hex')) {}

  /** Runs `work`, and reports what happens meanwhile. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    underWay.set(this.id, this)
    try {
      return await work()
    } finally {
      underWay.delete(this.id)
    }
  }

  hear({ topic, end, ...event }: Heard): void {
    // The end of a call is a message of its own, and only calls have one.
    if (end === undefined) this.publish(topic === 'call' ? 'request' : topic, event)
  }

  /** Takes the name of a channel and not a `Channel`, because programs without Node's types have no such type. */
  protected publish(name: ChannelName, message: object): void {
    const to: Channel = channels[name]
    if (to.hasSubscribers) {
      this.#scope.runInAsyncScope(() => inside.run(true, () => to.publish(message)))
    }
  }
}

/** A call that is observed. */
export class ObservedCall extends Observed {
  readonly #start: CallStartMessage
  readonly #hooks: Hooks
  readonly #began = performance.now()
  readonly #added = new Map<string, string>()
  #attempts = 0
  #end: Heard['end']

  constructor(draft: Draft, host: string, hooks: Hooks = {}) {
    const start = JSON.parse(draft.describe() ?? '{}') as Omit<CallStartMessage, 'host'>
    super(start.callId)
    this.#start = { host, ...start }
    this.#hooks = hooks
  }

  /** Headers added by hooks, and the caller's own, which take precedence. */
  headers(own: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
    if (this.#added.size === 0) return own
    const given = new Set(Object.keys(own).map((name) => name.toLowerCase()))
    const added = [...this.#added].filter(([name]) => !given.has(name))
    return { ...Object.fromEntries(added), ...own }
  }

  /** Makes the call with `send`, and reports it. */
  run<T>(send: () => Promise<T>): Promise<T> {
    return this.during(async () => {
      try {
        this.publish('start', this.#start)
        await this.#hook('before', this.#callStart())
        const result = await send()
        await this.#ended('success')
        return result
      } catch (error) {
        await this.#ended(error instanceof IdentityError ? error.name : 'cancelled', error)
        throw error
      }
    })
  }

  override hear(heard: Heard): void {
    if (heard.end !== undefined) {
      this.#end = heard.end
      return
    }
    if (heard.topic === 'call') this.#attempts = heard.attempt ?? this.#attempts
    super.hear(heard)
  }

  #callStart(): CallStart {
    const { operation } = this.#start
    const addHeader = (name: string, value: string) => {
      const refused = native().checkHeader(operation, String(name), String(value))
      if (refused !== null) throw toError(refused)
      this.#added.set(String(name).toLowerCase(), String(value))
    }
    return { ...this.#start, addHeader }
  }

  async #ended(outcome: string, error?: unknown): Promise<void> {
    const { callId, operation } = this.#start
    const durationMs = performance.now() - this.#began
    const end: CallEndMessage = {
      callId,
      operation,
      outcome,
      durationMs,
      attempts: this.#attempts,
      ...this.#end,
    }
    if (error instanceof IdentityError) this.publish('error', { ...end, error })
    this.publish('end', end)
    await this.#hook('after', error === undefined ? end : { ...end, error })
  }

  async #hook<N extends keyof Hooks>(name: N, given: unknown): Promise<void> {
    const hook = this.#hooks[name] as ((given: unknown) => unknown) | undefined
    if (hook === undefined) return
    try {
      await inside.run(true, () => hook(given))
    } catch (error) {
      const { callId, operation } = this.#start
      this.publish('hooks', { callId, operation, hook: name, error } satisfies HookFailure)
      warn(name, hook, error)
    }
  }
}

const failed = new WeakSet<object>()

/** Once per function, so that a hook that always fails does not fill the log. */
function warn(name: string, hook: object, error: unknown): void {
  if (failed.has(hook)) return
  failed.add(hook)
  const detail = error instanceof Error ? error.stack : undefined
  process.emitWarning(`the hook \`${name}\` failed, and the call went on: ${String(error)}`, {
    type: 'CyberArkIdentityWarning',
    ...(detail === undefined ? {} : { detail }),
  })
}
