// Files as arguments, in every form, as the service gets them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'

import { InvalidArgumentError } from 'cyberark-identity'

import { calls, connect, runScript, scripted, startTenant } from './support.mjs'

const CSV = 'Login Name,Display Name,Email Address\r\nana@acme.example,Ana Ω,ana@mail.example\r\n'
const CSV_BYTES = new TextEncoder().encode(CSV)
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const folder = mkdtempSync(join(tmpdir(), 'identity-files-'))
after(() => rmSync(folder, { recursive: true }))
const csvPath = join(folder, 'people.csv')
writeFileSync(csvPath, CSV)
const picturePath = join(folder, 'ana.png')
writeFileSync(picturePath, PNG)

/** Each: what is given, and the name under which it arrives. */
const FORMS = {
  'a Buffer': [Buffer.from(CSV), 'users.csv'],
  'a Uint8Array': [CSV_BYTES, 'users.csv'],
  'a part of a buffer': [Buffer.from(`..${CSV}..`).subarray(2, -2), 'users.csv'],
  'bytes of another realm': [vm.runInNewContext('Uint8Array.from(b)', { b: Buffer.from(CSV) }), 'users.csv'],
  'memory that may shrink': [
    bytesIn(new ArrayBuffer(CSV_BYTES.length, { maxByteLength: 1000 })),
    'users.csv',
  ],
  'shared memory': [bytesIn(new SharedArrayBuffer(CSV_BYTES.length)), 'users.csv'],
  'a path': [{ path: csvPath }, 'people.csv'],
  'a URL': [{ path: pathToFileURL(csvPath) }, 'people.csv'],
  'a path with a name': [{ path: csvPath, name: 'other.csv' }, 'other.csv'],
  text: [{ content: CSV }, 'users.csv'],
  'bytes with a name': [{ content: Buffer.from(CSV), name: 'new "people".csv' }, 'new %22people%22.csv'],
  base64: [{ base64: Buffer.from(CSV).toString('base64'), name: undefined, type: 'text/csv' }, 'users.csv'],
}

for (const [form, [file, name]] of Object.entries(FORMS)) {
  test(`a CSV file from ${form}`, async (t) => {
    const upload = await connect(t, startTenant(t)).onboarding.uploadCsv({ file })
    assert.ok(upload.returnId ?? upload.extra, 'the tenant took it')

    let arrived
    const client = await scripted(t, (request, body) => {
      arrived = body
      return { body: '{"success": true, "Result": {}}' }
    })
    await client.call('post_start_bulk_user_import', { Icon: file })
    assert.ok(arrived.includes(`\r\n\r\n${CSV}\r\n--`), arrived)
    assert.ok(arrived.includes(`name="Icon"; filename="${name}"\r\nContent-Type: text/csv`), arrived)
  })
}

test('a file arrives whole after an attempt that failed', async (t) => {
  for (const file of [{ path: csvPath }, Buffer.from(CSV)]) {
    const tenant = startTenant(t)
    const busy = { match: { prefix: '/CDirectoryService', times: 1 }, action: { status: 503 } }
    tenant.addFaults(busy)
    const upload = await connect(t, tenant).onboarding.uploadCsv({ file })
    assert.equal(upload.fullCount, 1)
    assert.deepEqual(
      calls(tenant).map(({ status }) => status),
      [503, 200],
    )
  }
})

test('people of a file are created', async (t) => {
  const client = connect(t, startTenant(t))
  const { returnId } = await client.onboarding.uploadCsv({ file: { path: csvPath } })
  await client.onboarding.submitCsv({ returnId, adminEmail: 'boss@acme.example' })
  assert.equal((await client.users.getByName('ana@acme.example')).displayName, 'Ana Ω')
})

for (const [form, picture] of [
  ['bytes', PNG],
  ['a path', { path: picturePath }],
]) {
  test(`a picture from ${form} comes back as it went`, async (t) => {
    const tenant = startTenant(t, { seedUsers: 1 })
    const client = connect(t, tenant)
    const [{ uuid }] = await client.users.list()
    const path = await client.users.setPicture({ id: uuid, picture })
    assert.ok(PNG.equals(await download(tenant, path)))
  })
}

test('bytes are sent without a copy', async (t) => {
  const size = 100 * 1024 * 1024
  let arrived = 0
  const server = createServer((request, response) => {
    request.on('data', (part) => (arrived += part.length))
    request.on('end', () => response.end('{"success": true, "Result": {}}'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { stdout, stderr } = await runScript(`
    import { Client, staticToken } from 'cyberark-identity'

    const client = new Client('http://127.0.0.1:${server.address().port}', { auth: staticToken('t') })
    await client.onboarding.uploadCsv({ file: Buffer.from('warm-up') })
    const file = Buffer.alloc(${size}, 'x')
    const before = process.resourceUsage().maxRSS
    await client.onboarding.uploadCsv({ file })
    console.log((process.resourceUsage().maxRSS - before) * 1024)
    client.close()
  `)
  assert.ok(arrived > size, stderr)
  assert.ok(Number(stdout) < size / 2, `the process grew by ${stdout} bytes`)
})

const NO_FILES = [
  'people.csv',
  7,
  null,
  undefined,
  [1, 2],
  {},
  new Uint16Array(2),
  new ArrayBuffer(2),
  { name: 'x' },
  { contents: Buffer.from('x') },
  { path: 7 },
  { path: new URL('https://acme.example/people.csv') },
  { path: join(folder, 'nowhere.csv') },
  { path: folder },
  { content: 7 },
  { base64: '%' },
  { path: csvPath, content: Buffer.from('x') },
]

test('what is no file is refused, and nothing is sent', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  for (const file of NO_FILES) {
    await assert.rejects(client.onboarding.uploadCsv({ file }), (error) => {
      assert.ok(error instanceof InvalidArgumentError, error.stack)
      assert.match(error.field, /^file/, error.message)
      return true
    })
  }
  await assert.rejects(client.users.setPicture({ id: 'x', picture: Buffer.from('no image') }), {
    field: 'picture',
  })
  assert.deepEqual(tenant.requests(), [])
})

function bytesIn(memory) {
  const bytes = new Uint8Array(memory)
  bytes.set(CSV_BYTES)
  return bytes
}

async function download(tenant, path) {
  const headers = { authorization: `Bearer ${tenant.token}` }
  const answer = await new Promise((resolve, reject) =>
    get(new URL(path, tenant.url), { headers, agent: false }, resolve).on('error', reject),
  )
  return Buffer.concat(await answer.toArray())
}
