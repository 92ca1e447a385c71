/** Settings of a client, and where they come from. */
import { clientCredentials, staticToken, type Credentials } from './auth.js'
import { ConfigurationError } from './generated/errors.js'
import type { Hooks } from './observe.js'
import type { TokenCache } from './token-cache.js'

/** Settings of a client, apart from the URL of the tenant. */
export interface ClientOptions extends Hooks {
  /** Domain that completes a tenant id, such as `my.idaptive.app`. `id.cyberark.cloud` by default. */
  domain?: string | undefined
  /** How to sign in. Required, unless it comes from the environment. */
  auth?: Credentials | undefined
  /** Where tokens are kept between processes. By default they are only in memory. */
  tokenCache?: TokenCache | undefined
  /** File of certificates (PEM) to trust in addition to those of the operating system. */
  caFile?: string | undefined
  /** Hosts, other than loopback, to which plain http is allowed. Anybody in between can then read the token. */
  allowPlainHttp?: readonly string[] | undefined
  /** Milliseconds for a whole call: all attempts and the waits between them. 60,000 by default. */
  timeoutMs?: number | undefined
  /** Milliseconds for making a connection. 10,000 by default. */
  connectTimeoutMs?: number | undefined
  /** Longest silence in milliseconds, before the answer and within it. 30,000 by default. */
  readTimeoutMs?: number | undefined
  /**
   * Highest number of concurrent requests. 256 by default. Within it, the client learns how many the service can take: see
   * `Client.limits`. 0 turns pacing off.
   */
  maxConcurrency?: number | undefined
  /** Largest size of an answer in bytes, decompressed. 64 MiB by default. */
  maxResponseSize?: number | undefined
  /**
   * Proxy for everything, sign-in included: `http://`, `https://`, `socks5://` or `socks5h://`, optionally with
   * `user:password@`. By default the environment's proxies apply, except for a tenant on loopback. An empty string means none.
   */
  proxy?: string | undefined
  /** Hosts, domains, addresses or networks to reach without `proxy`. */
  noProxy?: readonly string[] | undefined
  /** Certificate (PEM file) that identifies this client. */
  clientCertificate?: string | undefined
  /** Its private key (PEM file, not encrypted). */
  clientKey?: string | undefined
  /** How often a request is retried where that is safe. 2 by default. */
  maxRetries?: number | undefined
  /** Longest wait, in milliseconds, that the service may ask for with `Retry-After`. 60,000 by default. */
  maxRetryAfterMs?: number | undefined
  /** Headers sent with every call. */
  headers?: Readonly<Record<string, string>> | undefined
  /** What to append to this package's own `User-Agent`. */
  userAgent?: string | undefined
  /**
   * A new file to which every request and answer is written, without secrets: a tape, which {@link Client.replay} plays. Only
   * the user can read it. If something cannot be written, nothing more is sent.
   */
  record?: string | undefined
  /**
   * Header in which the id of each call (`callId`) is sent. By default it is not sent: no source says that the service accepts
   * such a header (confidence: low).
   */
  correlationHeader?: string | undefined
  /**
   * Whether to compare every answer with what is known about its operation: see {@link Client.drift}. Each answer is then
   * parsed once more; nothing fails because of it. False by default.
   */
  watchDrift?: boolean | undefined
}

/** Settings of a client with the URL of its tenant. */
export interface ClientSettings extends ClientOptions {
  /** `https://` URL of the tenant, its host name, or its id, such as `abc1234`. */
  tenantUrl: string
}

/** Settings of a client that replays a tape. Hooks run as in any other client. */
export interface ReplayOptions extends Hooks {
  /** Only to replay signing in as well. By default no credentials are needed. */
  auth?: Credentials | undefined
  /** Milliseconds for a whole call. 60,000 by default. */
  timeoutMs?: number | undefined
  /** How often a request is retried where that is safe. 2 by default. */
  maxRetries?: number | undefined
  /** Longest wait, in milliseconds, that the service may ask for with `Retry-After`. 60,000 by default. */
  maxRetryAfterMs?: number | undefined
}

/** What a client is made of; a tape may take the place of a tenant. */
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
