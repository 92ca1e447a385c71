/** Pages that are asked for before they are needed. */
import type { Paging } from './native.js'

type Where = [start: number, count: number]

/** The pages of one list that are under way. */
export class Ahead<P> {
  readonly #paging: Paging
  readonly #fetch: (where: Where, signal: AbortSignal) => Promise<P>
  #underWay: Promise<P>[] = []
  #ending = new AbortController()

  constructor(paging: Paging, fetch: (where: Where, signal: AbortSignal) => Promise<P>) {
    this.#paging = paging
    this.#fetch = fetch
  }

  /** Asks for as many pages as it makes sense to ask for now. */
  ask(): void {
    for (let where = this.#paging.ask(); where !== null; where = this.#paging.ask()) {
      const page = this.#fetch(where, this.#ending.signal)
      // An error is told to whoever comes to this page; perhaps nobody does.
      page.catch(() => {})
      this.#underWay.push(page)
    }
  }

  /** The next page; undefined at the end of the list. */
  next(): Promise<P> | undefined {
    this.ask()
    return this.#underWay.shift()
  }

  /** Ends what is under way. */
  drop(reason?: unknown): void {
    this.#ending.abort(reason)
    this.#ending = new AbortController()
    this.#underWay = []
  }
}
