/** The native library: its surface, and finding it. */
import { join } from 'node:path'
import { name, version } from './package.js'

/** A client of one tenant. */
export interface Engine {
  readonly tenantUrl: string | null
  limits(): string | null
  drift(): string | null
  close(): void
}

/** A way to sign in, with its tokens. There is nothing to do with it but to open engines. */
export type Source = object

/**
 * What came of a call: id, HTTP status, JSON of the value, request id; then what else was asked for, by its {@link Form}:
 * headers (JSON of pairs), body, and whether it was recovered; or the items of a page, which are not in the value then. A
 * status of 0 means failure: then the third is the JSON of the error, or absent when there is none to tell. One
 * of -1 means that it is done, and that there is no answer, but perhaps something to tell: then the third is its JSON.
 */
export type Finished = [
  id: number,
  status: number,
  value?: string,
  requestId?: string | null,
  ...more: [] | [headers: string, body: Uint8Array, recovered: boolean] | [parts: Parts],
]

/** How much of an answer is asked for. */
export const Form = {
  Value: 0,
  /** Headers and body as well. */
  Whole: 1,
  /** A page of a list, with its items in parts. */
  Parts: 2,
} as const
export type Form = (typeof Form)[keyof typeof Form]

/** A call that has been checked and not been sent. */
export interface Draft {
  /** What hooks are told of it, as JSON; null when it has been sent. */
  describe(): string | null
}

/** The state of reading one list. */
export interface Paging {
  /** Start and size of a page to ask for now; null when enough is under way, or the list has been read. */
  ask(): [start: number, count: number] | null
  /** Takes note of the page that was asked for first, and of which these are the items. */
  accept(total: number | undefined, start: number | undefined, items: Parts): Accepted | string
}

/** The items of a page, some in each part. */
export interface Parts {
  /** JSON of a page with the items that come next; null after the last. */
  next(): string | null
}

/** What came of accepting a page. */
export interface Accepted {
  /** Positions of the items that are not new. */
  readonly known: readonly number[]
  /** Whether the pages under way are to be dropped. */
  readonly misplaced: boolean
}

/** The calls under way for one JavaScript thread. */
export interface Calls {
  start(
    engine: Engine,
    operation: string,
    args: string,
    options: string | undefined,
    form: Form,
  ): number | string
  send(
    engine: Engine,
    draft: Draft,
    options: string | undefined,
    form: Form,
    observed: boolean,
  ): number | string
  events(): string[]
  revoke(engine: Engine, operation: string, options: string | undefined, observed: boolean): number | string
  doctor(
    engine: Engine,
    options: string | undefined,
    lacking: string | undefined,
    observed: boolean,
  ): number | string
  take(): Finished[]
  cancel(id: number): void
}

/** A running tenant. Texts that it gives and takes are JSON. */
export interface Tenant {
  description(): string
  requests(): string
  clearRequests(): void
  addFaults(rules: string): void
  clearFaults(): void
  tokenFor(userName: string): string | null
  setSignIn(policy: string): void
  signIns(): string
  decideSignIn(userName: string, approve: boolean): boolean
  advanceClock(ms: number): void
  expireTokens(): void
  stop(): void
}

/** The whole surface of the native library. Where a text stands for a result, it is the JSON of an error. */
export interface Native {
  Calls: new (wake: () => void) => Calls
  openSource(settings: string, ask?: (id: number, question: string | null) => void): Source | string
  reply(id: number, answer: string | null): boolean
  replyThrown(id: number): boolean
  openEngine(settings: string, source?: Source): Engine | string
  draftUpload(operation: string, args: string, contents: readonly Uint8Array[]): Draft | string
  draftRequest(method: string, path: string, query: string, body: string | undefined): Draft | string
  checkHeader(operation: string, name: string, value: string): string | null
  openPaging(operation: string, count: number | undefined, concurrency: number | undefined): Paging | string
  diff(before: string, after: string): string
  misconfiguredReport(reason: string): string
  Tenant: { start(settings: string): Tenant }
  runEmulator(args: string[]): Promise<number>
  operations(): string
  version(): string
}

let loaded: Native | undefined

/** The native library, loaded when it is first needed. */
export function native(): Native {
  return (loaded ??= load(join(__dirname, '..', `${name}.node`)))
}

function load(path: string): Native {
  let library: Native
  try {
    library = require(path) as Native
  } catch (cause) {
    throw new Error(explain(path, cause), { cause })
  }
  if (library.version() !== version) {
    throw new Error(
      `${path} is of version ${library.version()}, but the package is ${version}. Run \`npm run build\`, or install again.`,
    )
  }
  return library
}

function explain(path: string, cause: unknown): string {
  const here = `${process.platform}-${process.arch}, Node.js ${process.version}`
  const advice = /cannot find module|no such file/i.test(String(cause))
    ? 'The file is not there. In a clone, run `npm run build`; otherwise the package was installed without it, or a bundler ' +
      'left it behind (mark the package as external).'
    : 'The file is there and cannot be loaded: it was probably built for another platform or C library. Build it here with ' +
      '`npm run build`.'
  return `The native library of ${name} did not load (${here}).\n  ${path}\n  ${String(cause).split('\n')[0]}\n${advice}`
}
