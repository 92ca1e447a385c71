// Lets every program in this repository (tests, examples) import the package by its name, as its users do, and vitest.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const modules = new URL('../../node_modules/', import.meta.url)
mkdirSync(modules, { recursive: true })
for (const [name, folder] of [
  ['cyberark-identity', '..'],
  ['vitest', '../node_modules/vitest'],
]) {
  const link = new URL(name, modules)
  rmSync(link, { recursive: true, force: true })
  symlinkSync(fileURLToPath(new URL(folder, import.meta.url)), link, 'junction')
}
