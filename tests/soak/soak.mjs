/**
 * Many calls from Node, with aborts mixed in, while memory and open files are watched. Part of `make soak`.
 *
 *     soak.mjs PROGRAM [CALLS]
 *
 * PROGRAM is the emulator's, which runs beside this one so that its memory does not count. Run with --expose-gc.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { Client, clientCredentials } from '../../bindings-node/dist/esm/index.mjs'

const PARTS = 10
const AT_ONCE = 64
/** One call in so many is aborted in the middle. */
const ABORTED = 50
/** How much larger the resident set may be in the second half than in the first, in MiB and on average: V8 collects when it sees
 * fit, so single parts differ by more. */
const SLACK = 8

const [program, calls = '200000'] = process.argv.slice(2)
const tenant = spawn(program, ['--seed-users', '10'], { stdio: ['pipe', 'pipe', 'inherit'] })
const [line] = await once(createInterface(tenant.stdout), 'line')
const told = JSON.parse(line)
const auth = clientCredentials({
  appId: told.app_id,
  clientId: told.client_id,
  clientSecret: told.client_secret,
})
const client = new Client(told.url, { auth })
try {
  await watch(Number(calls))
} finally {
  client.close()
  tenant.stdin.end()
}

async function watch(total) {
  const part = Math.floor(total / PARTS)
  console.log(row('Node', 'calls', 'aborted', 'RSS MiB', 'open files'))
  await run(part)
  const warm = usage()
  const sizes = []
  let aborted = 0
  for (let done = 1; done <= PARTS; done += 1) {
    aborted += await run(part)
    const { rss, files } = usage()
    console.log(row('', done * part, aborted, rss.toFixed(1), files))
    sizes.push(rss)
    if (files > warm.files + AT_ONCE) throw new Error('soak: open files grow')
  }
  const [before, after] = [sizes.slice(0, PARTS / 2), sizes.slice(PARTS / 2)].map(mean)
  if (after > before + SLACK) throw new Error('soak: memory grows')
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number) / numbers.length
}

async function run(count) {
  let next = 0
  let aborted = 0
  const lane = async () => {
    while (next < count) {
      const number = next
      next += 1
      const controller = number % ABORTED === 0 ? new AbortController() : undefined
      const call = client.users.getByName('admin@acme.example', { signal: controller?.signal })
      controller?.abort(new Error('aborted on purpose'))
      try {
        assert.ok((await call).uuid)
      } catch (error) {
        if (error.message !== 'aborted on purpose') throw error
        aborted += 1
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return aborted
}

function usage() {
  globalThis.gc?.()
  return { rss: process.memoryUsage().rss / 2 ** 20, files: readdirSync('/proc/self/fd').length }
}

function row(name, ...cells) {
  return name.padEnd(13) + cells.map((cell) => String(cell).padStart(11)).join('')
}
