/**
 * A stateful tenant for tests, in this process: SCIM and platform calls, sign-in, and faults on demand, on loopback.
 *
 * @packageDocumentation
 */
import { asyncDispose, dispose, inspect } from './symbols.js'
import { clientCredentials, staticToken, type Credentials } from './auth.js'
import { ask } from './control.js'
import { native, type Tenant } from './native.js'
import { encodeOptions } from './settings.js'

/** How a tenant is started. */
export interface EmulatorOptions {
  /** IP address to listen on. Loopback by default, because the tenant gives its secrets to whoever asks. */
  host?: string | undefined
  /** Port to listen on; a free one by default. */
  port?: number | undefined
  /** How many people the directory holds at the start. None by default. */
  seedUsers?: number | undefined
  /** Serves over TLS; {@link Emulator.caFile} names the certificate to trust. */
  tls?: boolean | undefined
  /** Faults in force from the start. */
  faults?: Fault | readonly Fault[] | undefined
  /** Milliseconds that issued tokens live. Five hours by default. */
  tokenLifetimeMs?: number | undefined
  /**
   * A file that keeps the tenant across restarts, crashes and `kill -9`. A new file starts with `seedUsers` people; an existing
   * one has its own. It contains passwords and tokens in clear text, and only one process can use it at a time: a file that is
   * in use, has another format or is something else is refused. In memory by default.
   */
  state?: string | undefined
}

/** Which requests a fault applies to, and what happens to them. The emulator's documentation lists the members. */
export interface Fault {
  /** Which requests; all of them if it is left out. */
  match?: { method?: string; path?: string; prefix?: string; nth?: number; times?: number; every?: number }
  /** What happens, such as `'hang'` or `{ status: 503, retry_after: 1 }`. */
  action: string | Readonly<Record<string, unknown>>
}

/** A request as the tenant saw it, with secrets masked. */
export interface RecordedRequest {
  /** Counts up from 1 during the life of the tenant. */
  id: number
  /** The connection it came on; requests with the same number shared one. */
  connection: number
  /** When it arrived, by the tenant's clock. */
  at: string
  method: string
  path: string
  /** Query string without the question mark. */
  query: string
  /** Path template of the operation that handled it. */
  operation: string | null
  /** Headers by lower-case name. */
  headers: Record<string, string>
  /** Body: JSON unchanged, form fields as an object, anything else as its length. */
  body: unknown
  /** Login name of the caller. */
  caller: string | null
  /** Status of the answer. */
  status: number | null
  /** How it ended. */
  outcome: 'pending' | 'answered' | 'client_closed' | 'closed_before' | 'closed_in_body' | 'closed_after'
  /** The fault that was applied. */
  fault: string | null
}

/** Which requests to wait for. */
export interface RequestFilter {
  method?: string | undefined
  /** A part of the path. */
  path?: string | undefined
  outcome?: RecordedRequest['outcome'] | undefined
  /** How many there have to be. 1 by default. */
  count?: number | undefined
  /** Longest time to wait, in milliseconds. 5,000 by default. */
  timeoutMs?: number | undefined
}

/**
 * Code of a mechanism: password, codes by mail, text message and authenticator, push or code of a device, phone call,
 * security questions.
 */
export type MechanismName = 'UP' | 'EMAIL' | 'SMS' | 'OATH' | 'OTP' | 'PF' | 'SQ'

/** A security question and its correct answer. */
export interface SecurityQuestion {
  question: string
  answer: string
}

/** What people have to do to sign in. */
export interface SignInPolicy {
  /** Login name; without it, the policy is for everybody who has none of their own. */
  user?: string | undefined
  /** One mechanism of each has to be satisfied, in this order. A password by default. */
  challenges?: readonly (readonly MechanismName[])[] | undefined
  /** The host at which they have to start. */
  podFqdn?: string | undefined
  /** Address of another identity provider that signs them in. */
  idpRedirectUrl?: string | undefined
  /**
   * Whether the page of that provider ends with a PIN, which has to be typed into the program. It is the code of that
   * sign-in once it is approved.
   */
  idpPin?: boolean | undefined
  /** What `SQ` asks. Several are answered at once. */
  securityQuestions?: readonly SecurityQuestion[] | undefined
}

/** A sign-in in progress. */
export interface SignIn {
  session: string
  /** The login name as it was given. */
  user: string
  /** The mechanisms of the challenge that has to be satisfied now. */
  mechanisms: {
    id: string
    /** `OOBAUTHPIN` is another identity provider. */
    name: MechanismName | 'OOBAUTHPIN'
    /** The code that the person received. */
    code: string | null
    /** The security questions, with their correct answers. */
    questions: SecurityQuestion[]
    /** The number that the device shows. */
    number: string | null
    /** Whether it waits for a decision. */
    waiting: boolean
  }[]
}

interface Description {
  url: string
  scim_url: string
  app_id: string
  client_id: string
  client_secret: string
  token: string
  ca_file: string | null
}

/** Keeps tenants from being collected while a client that only knows their address still uses them. */
const running = new Set<Emulator>()

/**
 * A running tenant.
 *
 * @example
 * ```ts
 * const tenant = Emulator.start({ seedUsers: 200 })
 * const client = new Client(tenant.url, { auth: tenant.credentials })
 * // …
 * client.close()
 * tenant.stop()
 * ```
 */
export class Emulator {
  readonly #tenant: Tenant
  readonly #description: Description

  private constructor(tenant: Tenant) {
    this.#tenant = tenant
    this.#description = JSON.parse(tenant.description()) as Description
  }

  /**
   * Starts a tenant, which is ready when this returns. It does not keep the process alive, and it ends with `stop()` or with
   * the process.
   */
  static start(options: EmulatorOptions = {}): Emulator {
    const emulator = new Emulator(native().Tenant.start(encodeOptions(options)))
    running.add(emulator)
    return emulator
  }

  /** Address of the tenant. */
  get url(): string {
    return this.#description.url
  }

  /** Address of its SCIM calls. */
  get scimUrl(): string {
    return this.#description.scim_url
  }

  /** OAuth application that issues tokens. */
  get appId(): string {
    return this.#description.app_id
  }

  /** Login name of the service account. */
  get clientId(): string {
    return this.#description.client_id
  }

  /** Its secret. */
  get clientSecret(): string {
    return this.#description.client_secret
  }

  /** A system administrator's token, valid for as long as the tenant runs. */
  get token(): string {
    return this.#description.token
  }

  /** Certificate to trust, when the tenant is served over TLS. */
  get caFile(): string | undefined {
    return this.#description.ca_file ?? undefined
  }

  /** Signs in as the service account. */
  get credentials(): Credentials {
    const { appId, clientId, clientSecret } = this
    return clientCredentials({ appId, clientId, clientSecret })
  }

  /** Uses the administrator's token. */
  get staticToken(): Credentials {
    return staticToken(this.token)
  }

  /** The last 10,000 requests, oldest first. */
  requests(): RecordedRequest[] {
    return JSON.parse(this.#tenant.requests()) as RecordedRequest[]
  }

  /** Waits until there are enough requests of that kind, and returns them. */
  async waitForRequests(filter: RequestFilter = {}): Promise<RecordedRequest[]> {
    const { timeoutMs = 5_000, count = 1, ...others } = filter
    const answer = await ask(this, '/_emulator/requests', { ...others, count, wait_ms: timeoutMs })
    return (answer as { requests: RecordedRequest[] }).requests
  }

  /** Forgets the requests so far. */
  clearRequests(): void {
    this.#tenant.clearRequests()
  }

  /** Adds fault rules behind those in force. */
  addFaults(faults: Fault | readonly Fault[]): void {
    this.#tenant.addFaults(JSON.stringify(faults))
  }

  /** Removes all fault rules. */
  clearFaults(): void {
    this.#tenant.clearFaults()
  }

  /**
   * A token for any account, to see what its owner may do.
   *
   * @throws Error when there is no such account.
   */
  tokenFor(userName: string): string {
    const token = this.#tenant.tokenFor(userName)
    if (token === null) throw new Error(`the tenant has no account ${JSON.stringify(userName)}`)
    return token
  }

  /**
   * Sets what people have to do to sign in.
   *
   * @throws Error when there is no such mechanism, a challenge without one, `SQ` without questions, or a PIN without an
   * identity provider.
   */
  setSignIn({ user, challenges, podFqdn, idpRedirectUrl, idpPin, securityQuestions }: SignInPolicy): void {
    const policy = {
      user,
      challenges,
      pod_fqdn: podFqdn,
      idp_redirect_url: idpRedirectUrl,
      idp_pin: idpPin,
      security_questions: securityQuestions,
    }
    this.#tenant.setSignIn(JSON.stringify(policy))
  }

  /** The sign-ins in progress, oldest first, with the codes that people received. */
  signIns(): SignIn[] {
    return JSON.parse(this.#tenant.signIns()) as SignIn[]
  }

  /** Approves or denies what waits for a person: a push, a call, another identity provider. False if nothing does. */
  decideSignIn(user: string, approve: boolean): boolean {
    return this.#tenant.decideSignIn(user, approve)
  }

  /** Moves the tenant's clock forward, which expires what would have expired by then. */
  advanceClock(ms: number): void {
    this.#tenant.advanceClock(ms)
  }

  /** Expires every token that was issued; {@link Emulator.token} stays valid. */
  expireTokens(): void {
    this.#tenant.expireTokens()
  }

  /** Stops the tenant. Its directory is gone, unless `state` keeps it. */
  stop(): void {
    running.delete(this)
    this.#tenant.stop()
  }

  [dispose](): void {
    this.stop()
  }

  async [asyncDispose](): Promise<void> {
    this.stop()
  }

  toString(): string {
    return `Emulator(${this.url})`
  }

  toJSON(): object {
    return { url: this.url }
  }

  [inspect](): string {
    return this.toString()
  }
}
