export * from '../emulator.js'
