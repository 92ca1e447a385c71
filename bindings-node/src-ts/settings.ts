/** Settings of a client, and where they come from. */
import { clientCredentials, staticToken, type Credentials } from './auth.js'
import { ConfigurationError } from './generated/errors.js'
import type { Hooks } from './observe.js'
import type { TokenCache } from './token-cache.js'

/** Settings of a client, besides the address of the tenant. */
export interface ClientOptions extends Hooks {
  /** What completes the short name of a tenant, such as `my.idaptive.app`. `id.cyberark.cloud` unless set. */
  domain?: string | undefined
  /** How to sign in. Required, unless the environment tells. */
  auth?: Credentials | undefined
  /** Where tokens are kept between processes. Unless set, they are in memory only. */
  tokenCache?: TokenCache | undefined
  /** File of certificates (PEM) to trust besides those of the operating system. */
  caFile?: string | undefined
  /** Hosts, other than loopback, to which plain http is allowed. The token is then readable on the way. */
  allowPlainHttp?: readonly string[] | undefined
  /** Milliseconds for a whole call: all attempts and the waits between them. 60,000 unless set. */
  timeoutMs?: number | undefined
  /** Milliseconds for making a connection. 10,000 unless set. */
  connectTimeoutMs?: number | undefined
  /** Longest time, in milliseconds, in which nothing comes, before the answer and within it. 30,000 unless set. */
  readTimeoutMs?: number | undefined
  /**
   * Requests that may be under way at once, at most. 256 unless set. Below that, the client learns by itself how many the
   * service bears: see `Client.limits`. 0 switches pacing off.
   */
  maxConcurrency?: number | undefined
  /** Bytes that an answer may have, decompressed. 64 MiB unless set. */
  maxResponseSize?: number | undefined
  /**
   * Proxy for everything, sign-in included: `http://`, `https://`, `socks5://` or `socks5h://`, perhaps with
   * `user:password@`. Without it the environment's proxies hold, except for a tenant on loopback. An empty text means none.
   */
  proxy?: string | undefined
  /** Hosts, domains, addresses or networks to reach without `proxy`. */
  noProxy?: readonly string[] | undefined
  /** Certificate (PEM file) by which this client shows who it is. */
  clientCertificate?: string | undefined
  /** Its key (PEM file, without a password). */
  clientKey?: string | undefined
  /** How often a request is repeated where that is safe. 2 unless set. */
  maxRetries?: number | undefined
  /** Longest wait, in milliseconds, that the service may ask for with `Retry-After`. 60,000 unless set. */
  maxRetryAfterMs?: number | undefined
  /** Headers sent with every call. */
  headers?: Readonly<Record<string, string>> | undefined
  /** Names the calling software in the `User-Agent` header, after this package. */
  userAgent?: string | undefined
  /**
   * A new file to which everything that is asked and answered is written, without secrets: a tape, which
   * {@link Client.replay} plays. Only the user can read it. What cannot be written down is not sent any more.
   */
  record?: string | undefined
  /**
   * Header in which the name of each call (`callId`) is sent. Unless set, it is not sent: no source says that the service takes
   * such a header (confidence: low).
   */
  correlationHeader?: string | undefined
  /**
   * Whether to compare every answer with what is known of its operation: see {@link Client.drift}. It costs one more reading
   * of each answer, and nothing fails by it. False unless set.
   */
  watchDrift?: boolean | undefined
}

/** Settings of a client with the address of its tenant. */
export interface ClientSettings extends ClientOptions {
  /** `https://` address of the tenant, its host name, or its id, such as `abc1234`. */
  tenantUrl: string
}

/** Settings of a client that plays a tape. Hooks run as they do where something is sent. */
export interface ReplayOptions extends Hooks {
  /** Only to play signing in as well. Unless set, no credentials are needed. */
  auth?: Credentials | undefined
  /** Milliseconds for a whole call. 60,000 unless set. */
  timeoutMs?: number | undefined
  /** How often a request is repeated where that is safe. 2 unless set. */
  maxRetries?: number | undefined
  /** Longest wait, in milliseconds, that the service may ask for with `Retry-After`. 60,000 unless set. */
  maxRetryAfterMs?: number | undefined
}

/** What a client is made of: a tape may take the place of a tenant. */
export interface OpenSettings extends ClientOptions {
  tenantUrl?: string | undefined
  replay?: string | undefined
}

const PREFIX = 'CYBERARK_IDENTITY_'

/**
 * Adds what the environment says to what was given; what was given wins. `instead` may give credentials in place of missing
 * ones.
 */
export function fromEnvironment(
  given: Partial<ClientSettings>,
  instead?: (missing: ConfigurationError) => Credentials,
): ClientSettings {
  return {
    ...given,
    tenantUrl: given.tenantUrl ?? needed('TENANT_URL'),
    auth: given.auth ?? authFromEnvironment(instead),
    caFile: given.caFile ?? variable('CA_FILE'),
  }
}

/** JSON of options. Numbers that JSON does not have stay visible as text, so that they are refused and not left out. */
export function encodeOptions(options: object): string {
  return JSON.stringify(options, (_, value: unknown) =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))
      ? String(value)
      : value,
  )
}

function authFromEnvironment(instead?: (missing: ConfigurationError) => Credentials): Credentials {
  try {
    const token = variable('TOKEN')
    if (token !== undefined) return staticToken(token)
    return clientCredentials({
      appId: needed('APP_ID'),
      clientId: needed('CLIENT_ID'),
      clientSecret: needed('CLIENT_SECRET'),
      scope: variable('SCOPE'),
    })
  } catch (error) {
    if (instead === undefined || !(error instanceof ConfigurationError)) throw error
    return instead(error)
  }
}

function variable(name: string): string | undefined {
  const value = process.env[PREFIX + name]
  return value?.trim() ? value : undefined
}

function needed(name: string): string {
  const value = variable(name)
  if (value === undefined) {
    const hint = 'set it, or pass the value'
    throw new ConfigurationError(`the environment variable ${PREFIX}${name} is not set (${hint})`, { hint })
  }
  return value
}
