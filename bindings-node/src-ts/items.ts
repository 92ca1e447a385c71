/**
 * Lists read page by page, as far as somebody reads on. What to ask for next is decided by core.
 *
 * What is promised: an item that moved to the next page while the list was read is given once; a list ends where the service
 * says that it does, or in an error. An item that is made or deleted meanwhile may be missed.
 */
import type { Caller, CallOptions, Operation } from './caller.js'
import { invalidArgument, toError } from './failure.js'
import { native, type Paging } from './native.js'
import type { ListResponse } from './sequences.js'

type Listed = { readonly id?: string }

/** Arguments that say which page, besides those of the operation. */
type PageArguments = { readonly count?: number | undefined; readonly startIndex?: never }

/**
 * All items of a list, to be read with `for await`. Pages are fetched as they are needed; leaving the loop fetches no more.
 * Each loop reads the list anew.
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
  options: CallOptions | undefined,
): Items<T> {
  return new Items(() => read(caller, operation, args, options))
}

async function* read<T extends Listed>(
  caller: Caller,
  operation: Operation<ListResponse<T>>,
  args: PageArguments,
  options: CallOptions = {},
): AsyncGenerator<T, void, undefined> {
  const paging = open(operation.name, args)
  for (let where = paging.nextPage(); where !== null; where = paging.nextPage()) {
    const [startIndex, count] = where
    const page = await caller.call(operation, { ...args, startIndex, count }, options)
    for (const item of fresh(paging, page)) {
      if (options.signal?.aborted) throw options.signal.reason
      yield item
    }
  }
}

function open(operation: string, { startIndex, count }: PageArguments): Paging {
  if (startIndex !== undefined) {
    throw invalidArgument(operation, 'startIndex', 'has no meaning here: the list is read from its beginning')
  }
  if (count !== undefined && typeof count !== 'number') {
    throw invalidArgument(operation, 'count', 'must be a number')
  }
  const paging = native().openPaging(operation, count)
  if (typeof paging === 'string') throw toError(paging)
  return paging
}

/** The items of a page that the page before did not have. */
function fresh<T extends Listed>(paging: Paging, page: ListResponse<T>): T[] {
  const ids = page.map((item) => item.id)
  const isNew = paging.accept(page.totalResults, page.startIndex, ids)
  if (typeof isNew === 'string') throw toError(isNew)
  return page.filter((_, index) => isNew[index])
}
