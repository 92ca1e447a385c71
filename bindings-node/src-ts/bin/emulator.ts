#!/usr/bin/env node
/** The command `cyberark-identity-emulator`. Everything it does is in the emulator itself. */
import { native } from '../native.js'

void native()
  .runEmulator(['cyberark-identity-emulator', ...process.argv.slice(2)])
  .then((status) => process.exit(status))
