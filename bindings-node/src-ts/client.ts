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

/** A name that is not in the list of operations; for those in it, the types of their arguments apply. */
type Unlisted<N extends string> = N extends keyof Operations ? never : N

/**
 * A client of one tenant. Creating one opens no connection.
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
   * @param tenantUrl - `https://` URL of the tenant, its host name, or its id, such as `abc1234`.
   * @throws {@link ConfigurationError} for a setting that cannot work.
   */
  constructor(tenantUrl: string, options?: ClientOptions)
  /** @param settings - URL of the tenant and all other settings. */
  constructor(settings: ClientSettings)
  constructor(first: string | ClientSettings, options: ClientOptions = {}) {
    const caller = new Caller(settingsOf(first, options))
    super(caller)
    this.#caller = caller
  }

  /**
   * Makes a client from the environment: `CYBERARK_IDENTITY_TENANT_URL` with `_APP_ID`, `_CLIENT_ID`, `_CLIENT_SECRET` and
   * optionally `_SCOPE`, or `_TOKEN`, and `_CA_FILE`.
   *
   * @param settings - These override the environment.
   * @throws {@link ConfigurationError} naming the variable that is missing.
   */
  static fromEnv(settings: Partial<ClientSettings> = {}): Client {
    return new Client(fromEnvironment(settings))
  }

  /**
   * Makes a client that replays a tape, recorded with {@link ClientOptions.record} in any language: nothing is sent, and
   * nobody is asked to sign in. Equal requests are answered at once, in the order in which they were recorded. A request that
   * is not on the tape is a {@link ConfigurationError} that names the closest one.
   *
   * @param tape - Path of the tape.
   * @throws {@link ConfigurationError} for a file that cannot be read, is not a tape, or has a later version.
   */
  static replay(tape: string, options: ReplayOptions = {}): Client {
    const settings: OpenSettings = { ...options, replay: tape }
    return new Client(settings as ClientSettings)
  }

  /** URL of the tenant. */
  get tenantUrl(): string {
    return this.#caller.tenantUrl
  }

  /** Pacing of this client: its current limit, the load, and the last refusal. */
  get limits(): Limits {
    return this.#caller.limits()
  }

  /**
   * How the answers so far differ from what is known about their operations; null unless the client was created with
   * {@link ClientOptions.watchDrift}.
   */
  drift(): DriftReport | null {
    return this.#caller.drift()
  }

  /**
   * Calls an operation by its name (`users.get`) or its id in the integration catalogue (`post_user_details_identity`).
   *
   * @param args - Its arguments, under this package's names or wire names.
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
   * Like {@link Client.call}, but returns status, headers and body along with the result. The body distinguishes null from a
   * missing field; in results, both are left out.
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
   * Sends a request that no operation describes, with token, retries and proof of success like every call. Only a GET counts
   * as a read, and is retried even if it may have been carried out.
   *
   * @example
   * ```ts
   * const { value } = await client.request('POST', '/Core/GetDirectoryServices', { body: {} })
   * ```
   * @param method - `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
   * @param path - Path below the address of the tenant, escaped, beginning with `/` and without a query.
   * @param options - Query, body, and what every call takes.
   * @returns The answer. Its `value` is the SCIM body or the `Result` of the platform's envelope, under wire names. Whole
   *   numbers beyond `Number.MAX_SAFE_INTEGER` are strings of digits in it, because JavaScript would round them.
   * @throws {@link IdentityError} or one of its subclasses, as a rejection.
   */
  request(method: string, path: string, options: RequestOptions = {}): Promise<RawResponse<unknown>> {
    const { query, body, ...others } = options
    return this.#caller.request(method, path, { query, body }, others)
  }

  /**
   * Ends the token and its refresh token at the service, and forgets both. The next call signs in again, where that is
   * possible. Nothing is sent if there is no token.
   *
   * A token issued by an application is revoked (RFC 7009) with the credentials of the client; for any other, the session is
   * logged out, which ends a {@link staticToken} for everybody who uses it. Confidence: medium; whether a client without a
   * secret may revoke was not recorded.
   *
   * @throws {@link AuthenticationError} as a rejection, if the service refuses. The token is then kept.
   */
  revoke(options: CallOptions = {}): Promise<void> {
    return this.#caller.revoke(options)
  }

  /**
   * Checks everything between this program and its tenant, and says what to change. For settings that make no client, there
   * is {@link doctor}. The options apply to each request.
   */
  doctor(options: CallOptions = {}): Promise<Report> {
    return this.#caller.doctor(options)
  }

  /** @internal For a client whose credentials take the place of missing ones. */
  [withoutCredentials](reason: string): Promise<Report> {
    return this.#caller.doctor({}, reason)
  }

  /** Closes the connections. Calls in progress, and later ones, end in a {@link ClientClosedError}. */
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
