import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

test('output that nobody reads any more ends the command without a stack', async () => {
  const command = spawn(process.execPath, [MAIN, '--help'])
  command.stdout.destroy()
  const complaints = text(command.stderr)
  const [code] = (await once(command, 'exit')) as [number]
  expect([code, await complaints]).toEqual([141, ''])
})
