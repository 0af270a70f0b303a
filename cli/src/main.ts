import { runHoldfast } from './program.ts'
import { processHost } from './process-host.ts'

/** The shell's number for a program whose output nobody reads any more, as behind `| head`. */
const UNREAD = 141

for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(UNREAD)
  })
}

process.exitCode = await runHoldfast(process.argv.slice(2), processHost())
