/** A result together with the answer it was read from. */

/** A result together with the answer it was read from. */
export class RawResponse<T> {
  /** The result. */
  readonly value: T
  /** HTTP status. */
  readonly status: number
  /** Headers by lower-case name; several of one name are joined by a comma and a space. */
  readonly headers: Readonly<Record<string, string>>
  /** The whole body, as it came. */
  readonly body: Uint8Array
  /** The answer to the write itself was lost; this is the answer to a read that found what it was to make. */
  readonly recovered: boolean
  /** `X-CFY-TX-ID` of the answer. */
  declare readonly requestId?: string

  /** @internal */
  constructor(
    value: T,
    status: number,
    headers: string,
    body: Uint8Array,
    requestId: string | null | undefined,
    recovered: boolean,
  ) {
    this.value = value
    this.status = status
    this.headers = joined(JSON.parse(headers) as [string, string][])
    this.body = body
    this.recovered = recovered
    if (requestId) this.requestId = requestId
  }

  /** The body as text. */
  text(): string {
    return new TextDecoder().decode(this.body)
  }

  /**
   * The body as JSON under wire names, with its envelope. Here null and a missing field differ. Whole numbers beyond
   * `Number.MAX_SAFE_INTEGER` are rounded, as `JSON.parse` does: `value` and {@link RawResponse.text} have all their digits.
   */
  json(): unknown {
    return JSON.parse(this.text())
  }
}

function joined(pairs: readonly [string, string][]): Record<string, string> {
  const headers = new Map<string, string>()
  for (const [name, value] of pairs) {
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return Object.fromEntries(headers)
}
