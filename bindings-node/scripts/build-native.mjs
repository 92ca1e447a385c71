// Builds the native library with cargo and puts it where dist/native.js looks for it.
// `node scripts/build-native.mjs [--release]`. Plain cargo does all that is needed here, so there is no napi command line.
import { execFileSync } from 'node:child_process'
import { copyFileSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(root, 'cyberark-identity.node')
const profile = process.argv.includes('--release') ? ['--release'] : []

const messages = execFileSync(
  'cargo',
  ['build', '--package', 'cyberark-identity-node', '--message-format', 'json-render-diagnostics', ...profile],
  { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 },
)
const library = messages
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line))
  .filter(
    (message) => message.reason === 'compiler-artifact' && message.target.name === 'cyberark_identity_node',
  )
  .flatMap((message) => message.filenames)
  .find((name) => /\.(so|dylib|dll)$/.test(name))
if (!library) throw new Error('cargo built no library')

// By way of another name, because a running process may have the old one mapped.
copyFileSync(library, `${target}.new`)
renameSync(`${target}.new`, target)
console.log(`${library} -> ${target}`)
