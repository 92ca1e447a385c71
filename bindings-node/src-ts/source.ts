/** The native half of credentials, and the functions that it calls. */
import { revealed, type Answering } from './auth.js'
import { toError, thrown } from './failure.js'
import { ConfigurationError } from './generated/errors.js'
import { native, type Source } from './native.js'
import type { Question } from './prompt.js'

/** One for each credentials object, so that clients that are made with the same one share its tokens. */
const sources = new WeakMap<object, Source>()

/** The source of `auth`, made when it is first needed. */
export function sourceOf(auth: unknown): Source {
  const { settings, answering } = revealed(auth)
  const known = sources.get(auth as object)
  if (known !== undefined) return known
  const source = native().openSource(JSON.stringify(settings), answering && ask(answering))
  if (typeof source === 'string') throw toError(source)
  sources.set(auth as object, source)
  return source
}

/** What the native library calls. It does not wait: the answer comes by its number. */
function ask(answering: Answering): (id: number, question: string | null) => void {
  return (id, question) => void answer(answering, id, question)
}

async function answer(answering: Answering, id: number, json: string | null): Promise<void> {
  try {
    const question = json === null ? undefined : (JSON.parse(json) as Question)
    native().reply(id, text(await answering(question)))
  } catch (error) {
    thrown.set(id, error)
    if (!native().replyThrown(id)) thrown.delete(id)
  }
}

/** What is neither a text nor nothing is not shown: it may be a secret in the wrong place. */
function text(answer: unknown): string | null {
  if (answer === undefined || answer === null) return null
  if (typeof answer === 'string') return answer
  throw new ConfigurationError('a function that was passed as a part of `auth` returned no text')
}
