/** What the doctor found. */
import { inspect } from './symbols.js'

/** One thing that was looked at. */
export interface Check {
  /**
   * What was looked at: `configuration`, `dns`, `proxy`, `connection`, `tls`, `clock`, `token`, `claims`, or the name of an
   * operation.
   */
  readonly name: string
  /**
   * How it ended: `ok`; `warning`, it works and may not be what was meant; `failed`, this has to be changed; `skipped`,
   * because something before it failed or it has no meaning here.
   */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped'
  /** What was found, in a sentence. */
  readonly message: string
  /** What to change, and where; null when there is nothing to change. */
  readonly hint: string | null
  /** The facts behind it, under names that are the same in all languages. Never a secret. */
  readonly details: Readonly<Record<string, unknown>>
}

interface Members {
  readonly ok: boolean
  readonly tenant_url: string | null
  readonly checks: readonly Check[]
}

/** All that was looked at, in order. It prints as a table. */
export class Report {
  /** Whether nothing failed. Warnings are no failures. */
  readonly ok: boolean
  /** The address of the tenant; null when there is no telling it from the settings. */
  readonly tenantUrl: string | null
  /** What was looked at. */
  readonly checks: readonly Check[]
  readonly #members: Members
  readonly #text: string

  /** @internal */
  constructor(members: Members, text: string) {
    this.ok = members.ok
    this.tenantUrl = members.tenant_url
    this.checks = members.checks
    this.#members = members
    this.#text = text
  }

  /** What a program that printed this should exit with: 0 when nothing failed, otherwise 1. */
  get exitStatus(): 0 | 1 {
    return this.ok ? 0 : 1
  }

  /** The check of that name. */
  check(name: string): Check | undefined {
    return this.checks.find((check) => check.name === name)
  }

  /** As all languages write it, with `tenant_url`. */
  toJSON(): object {
    return this.#members
  }

  toString(): string {
    return this.#text
  }

  [inspect](): string {
    return this.toString()
  }
}

/** The report that the native library tells. */
export function readReport(json: string): Report {
  const { report, text } = JSON.parse(json) as { report: Members; text: string }
  return new Report(report, text)
}
