/** Questions to a person who signs in, and how they are asked on a terminal. */
import { Writable } from 'node:stream'
import { createInterface } from 'node:readline/promises'
import { AuthenticationError } from './generated/errors.js'

/** A way to continue. */
export interface Choice {
  /** The answer that chooses it. */
  readonly id: string
  /** The service's code of the mechanism: `UP`, `EMAIL`, `SMS`, `OTP`, … */
  readonly mechanism: string
  /** Its name for people, with the part of the address that the service shows. */
  readonly label: string
}

/** What a person is asked when signing in. */
export interface Question {
  /**
   * What kind of answer is expected. `choose`: the `id` of one of the choices. `secret`: a password or another text that
   * nobody else may read. `code`: a code, or nothing to wait until the person has approved on the device or through the link
   * that was sent. `approve`: nothing, the person approves somewhere else. `visit`: nothing, the person opens `url` in a browser.
   */
  readonly kind: 'choose' | 'secret' | 'code' | 'approve' | 'visit'
  /** The text of the question, partly the service's own. */
  readonly message: string
  /** Who signs in, if known. */
  readonly user?: string
  /** Code of the mechanism that asks: `UP`, `EMAIL`, `SMS`, `OTP`, … */
  readonly mechanism?: string
  /** The choices. */
  readonly choices: readonly Choice[]
  /** The URL to open. */
  readonly url?: string
  /** The number that the person's device has to show as well. */
  readonly number?: string
}

/** Asks a person, and returns the answer if one is expected. */
export type Prompt = (question: Question) => Answer | Promise<Answer>

/** Undefined, null or no return value mean that there is no answer. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- so that a function need not return anything
export type Answer = string | undefined | null | void

/**
 * Asks on the terminal, without showing secrets; URLs are printed. The default `prompt` of {@link userLogin} and
 * {@link authorizationCode}.
 *
 * @throws {@link AuthenticationError} if an answer is expected and standard input is not a terminal.
 */
export async function terminalPrompt(question: Question): Promise<string | undefined> {
  const { kind, number, url } = question
  const message = number === undefined ? question.message : `${question.message} [${number}]`
  switch (kind) {
    case 'choose':
      return choose(question)
    case 'secret':
      return line(`${message}: `, true)
    case 'code':
      return (await line(`${message} (Enter alone waits for your approval): `, false)).trim() || undefined
    default:
      say(kind === 'visit' ? `${message}: ${url}` : message)
      return undefined
  }
}

async function choose({ message, choices }: Question): Promise<string | undefined> {
  say(message)
  choices.forEach(({ label }, index) => say(`  ${index + 1}  ${label}`))
  return choices[Number(await line('Number: ', false)) - 1]?.id
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function line(prompt: string, hidden: boolean): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new AuthenticationError(
      'signing in failed: there is no terminal to ask on (pass a `prompt` of your own)',
    )
  }
  let silent = false
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!silent) process.stderr.write(chunk)
      done()
    },
  })
  const terminal = createInterface({ input: process.stdin, output, terminal: true })
  try {
    return await new Promise<string>((resolve, reject) => {
      terminal.once('close', () => reject(new AuthenticationError('signing in failed: no answer was given')))
      // The terminal's own way of saying so is switched off while a line is edited.
      terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
      terminal.question(prompt).then(resolve, reject)
      silent = hidden
    })
  } finally {
    terminal.close()
    if (hidden) say('')
  }
}
