/** What the doctor found. */
import { inspect } from './symbols.js'

/** The result of one check. */
export interface Check {
  /**
   * What was checked: `configuration`, `dns`, `proxy`, `connection`, `tls`, `clock`, `token`, `claims`, or the name of an
   * operation.
   */
  readonly name: string
  /**
   * The outcome: `ok`; `warning`, it works but may not be what was intended; `failed`, this has to be changed; `skipped`,
   * because something before it failed or it does not apply.
   */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped'
  /** What was found, in a sentence. */
  readonly message: string
  /** What to change, and where; null if there is nothing to change. */
  readonly hint: string | null
  /** The facts behind the message, under names that are the same in all languages. Never a secret. */
  readonly details: Readonly<Record<string, unknown>>
}

interface Members {
  readonly ok: boolean
  readonly tenant_url: string | null
  readonly checks: readonly Check[]
}

/** All checks, in order. It prints as a table. */
export class Report {
  /** Whether nothing failed. Warnings are not failures. */
  readonly ok: boolean
  /** URL of the tenant; null if the settings do not give one. */
  readonly tenantUrl: string | null
  /** The checks. */
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

  /** The exit status for a program that prints this: 0 if nothing failed, otherwise 1. */
  get exitStatus(): 0 | 1 {
    return this.ok ? 0 : 1
  }

  /** The check of that name. */
  check(name: string): Check | undefined {
    return this.checks.find((check) => check.name === name)
  }

  /** The report as plain data, as all languages write it: with `tenant_url`. */
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

/** Reads the report of the native library. */
export function readReport(json: string): Report {
  const { report, text } = JSON.parse(json) as { report: Members; text: string }
  return new Report(report, text)
}
