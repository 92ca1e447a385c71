// Lets every program in this repository (tests, examples) import the package by its name, as its users do.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const modules = new URL('../../node_modules/', import.meta.url)
const link = new URL('cyberark-identity', modules)
mkdirSync(modules, { recursive: true })
rmSync(link, { recursive: true, force: true })
symlinkSync(fileURLToPath(new URL('..', import.meta.url)), link, 'junction')
