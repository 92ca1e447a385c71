#!/usr/bin/env node
/** The command `cyberark-identity-emulator`. Everything it does is in the emulator itself. */
import { native } from '../native.js'

// The emulator listens for these itself, and passes them on to who listened before. That must not be Node's default, which
// raises the signal anew.
process.on('SIGINT', ignore).on('SIGTERM', ignore)

void native()
  .runEmulator(['cyberark-identity-emulator', ...process.argv.slice(2)])
  .then((status) => process.exit(status))

function ignore(): void {}
