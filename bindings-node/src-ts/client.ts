/** The client. */
import { asyncDispose, dispose, inspect } from './symbols.js'
import { Caller, type CallOptions, type Operation } from './caller.js'
import { Fields } from './fields.js'
import type { DriftReport } from './drift.js'
import type { Limits } from './limits.js'
import { Groups } from './generated/client.js'
import { ConfigurationError } from './generated/errors.js'
import { OPERATIONS, type Operations } from './generated/operations.js'
import { RawResponse } from './raw.js'
import type { Report } from './report.js'
import type { RequestOptions } from './request.js'
import {
  fromEnvironment,
  type ClientOptions,
  type ClientSettings,
  type OpenSettings,
  type ReplayOptions,
} from './settings.js'

/** The name of a method that is not for users. */
export const withoutCredentials = Symbol('withoutCredentials')

/** A name that no operation is known to have; for those that are known, the arguments' types hold. */
type Unlisted<N extends string> = N extends keyof Operations ? never : N

/**
 * A client of one tenant. Making one opens no connection.
 *
 * @example
 * ```ts
 * const client = new Client('https://abc1234.id.cyberark.cloud', {
 *   auth: clientCredentials({ appId: 'my-app', clientId: 'svc@example.com', clientSecret: '…' }),
 * })
 * const user = await client.users.getByName('ana@example.com')
 * ```
 */
export class Client extends Groups {
  readonly #caller: Caller

  /**
   * @param tenantUrl - `https://` address of the tenant, its host name, or its id, such as `abc1234`.
   * @throws {@link ConfigurationError} for a setting that cannot work.
   */
  constructor(tenantUrl: string, options?: ClientOptions)
  /** @param settings - Address of the tenant and all other settings. */
  constructor(settings: ClientSettings)
  constructor(first: string | ClientSettings, options: ClientOptions = {}) {
    const caller = new Caller(settingsOf(first, options))
    super(caller)
    this.#caller = caller
  }

  /**
   * Makes a client from the environment: `CYBERARK_IDENTITY_TENANT_URL` with `_APP_ID`, `_CLIENT_ID`, `_CLIENT_SECRET` and
   * perhaps `_SCOPE`, or `_TOKEN`, and `_CA_FILE`.
   *
   * @param settings - What is given here wins over the environment.
   * @throws {@link ConfigurationError} naming the variable that is missing.
   */
  static fromEnv(settings: Partial<ClientSettings> = {}): Client {
    return new Client(fromEnvironment(settings))
  }

  /**
   * Makes a client that plays a tape, which {@link ClientOptions.record} made in whatever language: nothing is sent, and
   * nobody is asked to sign in. Equal requests are answered in the order in which they were recorded, at once. A request that
   * is not on the tape is a {@link ConfigurationError} that names the nearest.
   *
   * @param tape - Path of the tape.
   * @throws {@link ConfigurationError} for a file that cannot be read, is not a tape, or is one of a later version.
   */
  static replay(tape: string, options: ReplayOptions = {}): Client {
    const settings: OpenSettings = { ...options, replay: tape }
    return new Client(settings as ClientSettings)
  }

  /** The address of the tenant. */
  get tenantUrl(): string {
    return this.#caller.tenantUrl
  }

  /** How fast this client goes, and what the service said to that. */
  get limits(): Limits {
    return this.#caller.limits()
  }

  /**
   * How the answers so far differ from what is known of their operations; null unless the client was made with
   * {@link ClientOptions.watchDrift}.
   */
  drift(): DriftReport | null {
    return this.#caller.drift()
  }

  /**
   * Calls an operation by its name (`users.get`) or its id in the integration catalogue (`post_user_details_identity`).
   *
   * @param args - Its arguments, under the names of this package or of the wire.
   */
  call<N extends keyof Operations>(
    operation: N,
    args?: Operations[N]['arguments'],
    options?: CallOptions,
  ): Promise<Operations[N]['result']>
  call<N extends string>(
    operation: Unlisted<N>,
    args?: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<unknown>
  call(operation: string, args?: unknown, options?: CallOptions): Promise<unknown> {
    return this.#caller.call(find(operation), args, options)
  }

  /**
   * Like {@link Client.call}, and returns status, headers and body besides the result. In the body null and a missing field
   * differ; in results both nulls and missing fields are left out.
   */
  callRaw<N extends keyof Operations>(
    operation: N,
    args?: Operations[N]['arguments'],
    options?: CallOptions,
  ): Promise<RawResponse<Operations[N]['result']>>
  callRaw<N extends string>(
    operation: Unlisted<N>,
    args?: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<RawResponse<unknown>>
  callRaw(operation: string, args?: unknown, options?: CallOptions): Promise<RawResponse<unknown>> {
    return this.#caller.callRaw(find(operation), args, options)
  }

  /**
   * Sends a request that no operation describes, on the same way as all: with token, repeats, and proof of success. Only a GET
   * is taken for a read, and so repeated when it may have been acted upon.
   *
   * @example
   * ```ts
   * const { value } = await client.request('POST', '/Core/GetDirectoryServices', { body: {} })
   * ```
   * @param method - `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
   * @param path - Path below the address of the tenant, escaped, beginning with `/` and without a query.
   * @param options - Query, body, and what every call takes.
   * @returns The answer. Its `value` is the SCIM body or the `Result` of the platform's envelope, under wire names. Whole
   *   numbers beyond `Number.MAX_SAFE_INTEGER` are texts of their digits in it, as JavaScript would round them.
   * @throws {@link IdentityError} or one of its subclasses, as a rejection.
   */
  request(method: string, path: string, options: RequestOptions = {}): Promise<RawResponse<unknown>> {
    const { query, body, ...others } = options
    return this.#caller.request(method, path, { query, body }, others)
  }

  /**
   * Ends the token at the service, with the one that renews it, and forgets both. The next call signs in anew, where that is
   * possible. Nothing is sent when there is no token.
   *
   * Where an application gave the token, it is revoked (RFC 7009) with the credentials of the client; else its session is
   * logged out, which ends a {@link staticToken} for everybody who uses it. Confidence: medium; whether a client without a
   * secret may revoke was not recorded.
   *
   * @throws {@link AuthenticationError} when the service refuses, as a rejection. The token is then kept.
   */
  revoke(options: CallOptions = {}): Promise<void> {
    return this.#caller.revoke(options)
  }

  /**
   * Looks at everything between this program and its tenant, and says in words what to change: see {@link doctor}, which does
   * the same for settings that make no client. The options hold for each request.
   */
  doctor(options: CallOptions = {}): Promise<Report> {
    return this.#caller.doctor(options)
  }

  /** @internal Where the credentials of this client stand in for others that are missing. */
  [withoutCredentials](reason: string): Promise<Report> {
    return this.#caller.doctor({}, reason)
  }

  /** Closes the connections. Calls under way, and later ones, end in a {@link ClientClosedError}. */
  close(): void {
    this.#caller.close()
  }

  [dispose](): void {
    this.close()
  }

  async [asyncDispose](): Promise<void> {
    this.close()
  }

  override toString(): string {
    return `Client(${this.tenantUrl})`
  }

  toJSON(): object {
    return { tenantUrl: this.tenantUrl }
  }

  [inspect](): string {
    return this.toString()
  }
}

function settingsOf(first: string | ClientSettings, options: ClientOptions): ClientSettings {
  if (typeof first === 'object' && first !== null) return first
  if (typeof first === 'string') return { ...options, tenantUrl: first }
  throw new ConfigurationError('the tenant URL is missing (pass it as the first argument)')
}

/** An operation that is not known here is left to core, which says so. */
function find(name: string): Operation<unknown> {
  return OPERATIONS.get(name) ?? { name: String(name), fields: new Fields(), read: (value) => value }
}
