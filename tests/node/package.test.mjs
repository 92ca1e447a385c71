// The package as it is installed: packed, unpacked elsewhere, imported, required, compiled against, and broken.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { packageFolder, run, runScript } from './support.mjs'

const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const LIBRARY = 'cyberark-identity.node'
let folder
let installed

// The native library is large, and packing compresses: a placeholder is packed in its stead.
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'identity-package-'))
  const source = join(folder, 'source')
  for (const name of ['package.json', 'dist', 'scripts', 'src-ts']) {
    cpSync(join(packageFolder, name), join(source, name), { recursive: true })
  }
  writeFileSync(join(source, LIBRARY), '')
  execFileSync(NPM, ['pack', '--silent', '--pack-destination', folder], { cwd: source, stdio: 'pipe' })
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  const modules = join(folder, 'project', 'node_modules')
  mkdirSync(modules, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', modules])
  installed = join(modules, 'cyberark-identity')
  renameSync(join(modules, 'package'), installed)
  copyFileSync(join(packageFolder, LIBRARY), join(installed, LIBRARY))
})

after(() => rmSync(folder, { recursive: true, force: true }))

const IMPORT = `
  import { Client } from 'cyberark-identity'
  import { Emulator } from 'cyberark-identity/emulator'
`
const REQUIRE = `
  const { Client } = require('cyberark-identity')
  const { Emulator } = require('cyberark-identity/emulator')
`
const USE = `
  const tenant = Emulator.start({ seedUsers: 1 })
  const client = new Client(tenant.url, { auth: tenant.credentials })
  client.users.list().then((rows) => console.log(rows.length))
`

test('it is imported and required from a clean folder', async () => {
  const cwd = join(folder, 'project')
  const ended = { code: 0, signal: null, stdout: '3\n', stderr: '' }
  assert.deepEqual(await runScript(IMPORT + USE, { cwd }), ended)
  assert.deepEqual(await run(['--eval', REQUIRE + USE], { cwd }), ended)
})

test('it holds what it needs, and depends on nothing', () => {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  assert.equal(manifest.dependencies, undefined)
  assert.deepEqual(readdirSync(installed).sort(), [LIBRARY, 'dist', 'package.json'])
  for (const entry of Object.values(manifest.exports).flatMap((entry) => Object.values(entry.import ?? {}))) {
    readFileSync(join(installed, entry))
  }
  for (const entry of Object.values(manifest.bin)) {
    assert.match(readFileSync(join(installed, entry), 'utf8'), /^#!\/usr\/bin\/env node\n/)
  }
})

test('its types hold for modules of both kinds, without types of Node.js', () => {
  const compiler = join(packageFolder, 'node_modules/typescript/bin/tsc')
  const project = fileURLToPath(new URL('types', import.meta.url))
  execFileSync(process.execPath, [compiler, '-p', project], { stdio: 'pipe', encoding: 'utf8' })
})

test('importing it loads neither the native library nor the network modules of Node.js', async () => {
  const { stdout } = await runScript(`
    import 'cyberark-identity'
    console.log(process.moduleLoadList.filter((name) => /NativeModule (net|http|https|tls|dns|undici)$/.test(name)).length)
    console.log(Object.keys((await import('node:module')).default._cache).filter((name) => name.endsWith('.node')).length)
  `)
  assert.equal(stdout, '0\n0\n')
})

test('a native library that is missing, foreign or of another version is explained', async (t) => {
  const library = join(installed, LIBRARY)
  const kept = join(folder, 'kept.node')
  copyFileSync(library, kept)
  t.after(() => copyFileSync(kept, library))
  const cwd = join(folder, 'project')
  const script = IMPORT + USE

  rmSync(library)
  const missing = await runScript(script, { cwd })
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /native library of cyberark-identity did not load/)
  assert.match(missing.stderr, new RegExp(`${process.platform}-${process.arch}`))
  assert.match(missing.stderr, /The file is not there\. In a clone, run `npm run build`/)

  writeFileSync(library, 'not a library')
  const foreign = await runScript(script, { cwd })
  assert.match(foreign.stderr, /built for another platform or C library/)

  copyFileSync(kept, library)
  const manifest = join(installed, 'package.json')
  const text = readFileSync(manifest, 'utf8')
  t.after(() => writeFileSync(manifest, text))
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(text), version: '9.9.9' }))
  const old = await runScript(script, { cwd })
  assert.match(old.stderr, /is of version [\d.]+, but the package is 9\.9\.9/)
})
