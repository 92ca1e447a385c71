/**
 * Lists that are read page by page, as far as the caller reads. Core decides what to ask for next.
 *
 * What is guaranteed: an item that moves to the next page while the list is read is returned once; a list ends where the service
 * says it does, or in an error. Items created or deleted meanwhile shift others, which may then be missed.
 */
import { Ahead } from './ahead.js'
import { checkSignal, type Caller, type CallOptions, type Operation, type Page } from './caller.js'
import { invalidArgument, toError } from './failure.js'
import { native, type Paging } from './native.js'
import type { ListResponse } from './sequences.js'
import { onAbort } from './signals.js'

/** Options of a list that is read page by page. */
export interface ListOptions extends CallOptions {
  /** Pages that may be fetched at once, as soon as the service has said how many items there are: 1 to 16, 4 by default. */
  concurrency?: number | undefined
}

type Listed = { readonly id?: string }

/** Arguments that say which page, besides those of the operation. */
type PageArguments = { readonly count?: number | undefined; readonly startIndex?: never }

/**
 * All items of a list, to be read with `for await`. While you read the items of a page, the next pages are fetched; leaving
 * the loop cancels them. Each loop reads the list from the beginning.
 */
export class Items<T> implements AsyncIterable<T> {
  readonly #read: () => AsyncGenerator<T, void, undefined>

  /** @internal */
  constructor(read: () => AsyncGenerator<T, void, undefined>) {
    this.#read = read
  }

  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return this.#read()
  }

  /** All items at once. */
  async toArray(): Promise<T[]> {
    const all: T[] = []
    for await (const item of this) all.push(item)
    return all
  }
}

/** The items of all pages that `operation` has for `args`. */
export function items<T extends Listed>(
  caller: Caller,
  operation: Operation<ListResponse<T>>,
  args: object,
  options: ListOptions | undefined,
): Items<T> {
  return new Items(() => read(caller, operation, args, options))
}

function read<T extends Listed>(
  caller: Caller,
  operation: Operation<ListResponse<T>>,
  args: PageArguments,
  { concurrency, signal, ...options }: ListOptions = {},
): AsyncGenerator<T, void, undefined> {
  let ahead: Ahead<Page<T>> | undefined
  async function* parts(): AsyncGenerator<readonly T[], void, undefined> {
    const paging = open(operation.name, args, concurrency)
    checkSignal(operation.name, signal)
    if (signal?.aborted) throw signal.reason
    const underWay = new Ahead(paging, ([startIndex, count], signal) =>
      caller.page(operation, { ...args, startIndex, count }, { ...options, signal }),
    )
    ahead = underWay
    const forget = signal && onAbort(signal, () => underWay.drop(signal.reason))
    try {
      for (let page = await ahead.next(); page !== undefined; page = await ahead.next()) {
        for (const part of fresh(paging, ahead, page)) {
          yield part
          if (signal?.aborted) throw signal.reason
        }
      }
    } finally {
      forget?.()
      ahead.drop()
    }
  }
  return new Reading(parts(), signal, () => ahead?.ask())
}

/**
 * The items of all parts, one after the other. A generator would take three turns of the event loop's queue for each item; an
 * item that is there takes one.
 */
class Reading<T> implements AsyncGenerator<T, void, undefined> {
  #part: readonly T[] = []
  #at = 0
  /** The last of those who wait for a part. */
  #line: Promise<unknown> | undefined

  constructor(
    readonly parts: AsyncGenerator<readonly T[], void, undefined>,
    readonly signal: AbortSignal | undefined,
    readonly readAhead: () => void,
  ) {}

  next(): Promise<IteratorResult<T, void>> {
    if (this.#line !== undefined) return this.#inLine(() => this.#take())
    return this.#at < this.#part.length ? this.#take() : this.#inLine(() => this.#take())
  }

  return(): Promise<IteratorResult<T, void>> {
    return this.#inLine(() => this.#end(this.parts.return()))
  }

  throw(error: unknown): Promise<IteratorResult<T, void>> {
    return this.#inLine(() => this.#end(this.parts.throw(error)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #take(): Promise<IteratorResult<T, void>> {
    if (this.#at === this.#part.length) return this.#turn()
    if (this.signal?.aborted) return this.#end(this.parts.throw(this.signal.reason))
    // Not with the first item: who leaves after that asks for no more pages.
    if (this.#at === 1) this.readAhead()
    return Promise.resolve({ done: false, value: this.#part[this.#at++] as T })
  }

  async #turn(): Promise<IteratorResult<T, void>> {
    const { done, value } = await this.parts.next()
    if (done) return { done, value: undefined }
    this.#part = value
    this.#at = 0
    return this.#take()
  }

  async #end(ending: Promise<unknown>): Promise<IteratorResult<T, void>> {
    this.#part = []
    this.#at = 0
    await ending
    return { done: true, value: undefined }
  }

  /** After all those who came before. */
  #inLine<R>(step: () => Promise<R>): Promise<R> {
    const turn = this.#line === undefined ? step() : this.#line.then(step, step)
    this.#line = turn
    const over = () => {
      if (this.#line === turn) this.#line = undefined
    }
    turn.then(over, over)
    return turn
  }
}

function open(
  operation: string,
  { startIndex, count }: PageArguments,
  concurrency: number | undefined,
): Paging {
  if (startIndex !== undefined) {
    throw invalidArgument(operation, 'startIndex', 'has no meaning here: the list is read from its beginning')
  }
  if (count !== undefined && typeof count !== 'number') {
    throw invalidArgument(operation, 'count', 'must be a number')
  }
  if (concurrency !== undefined && typeof concurrency !== 'number') {
    throw invalidArgument(operation, 'concurrency', 'must be a number')
  }
  const paging = native().openPaging(operation, count, concurrency)
  if (typeof paging === 'string') throw toError(paging)
  return paging
}

/** The items of a page that the page before did not have, some in each. */
function fresh<T>(paging: Paging, ahead: Ahead<Page<T>>, page: Page<T>): Iterable<readonly T[]> {
  const accepted = paging.accept(page.totalResults, page.startIndex, page.items)
  if (typeof accepted === 'string') throw toError(accepted)
  if (accepted.misplaced) ahead.drop()
  return accepted.known.length === 0 ? page.parts() : without(new Set(accepted.known), page)
}

function* without<T>(known: ReadonlySet<number>, page: Page<T>): Iterable<readonly T[]> {
  let place = 0
  for (const part of page.parts()) yield part.filter(() => !known.has(place++))
}
