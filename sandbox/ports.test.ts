import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const PORTS = fileURLToPath(new URL('ports.ts', import.meta.url))

/** Takes many ports in a process of its own that uses none of them, and ends when its input does. */
const SCRIPT = `
  const { freePort } = await import(${JSON.stringify(PORTS)})
  const ports = []
  for (let n = 0; n < 400; n++) ports.push(await freePort())
  console.log(JSON.stringify(ports))
  await new Promise((resolve) => process.stdin.on('end', resolve).resume())
`

test('processes that take ports at the same time get different ones, though nobody listens on them yet', async () => {
  const takers = Array.from({ length: 4 }, () => {
    const running = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', SCRIPT])
    return { running, child: running.child }
  })
  const printed = takers.map(
    ({ child }) =>
      new Promise<number[]>((resolve) => child.stdout?.once('data', (line: string) => resolve(JSON.parse(line) as number[]))),
  )
  const ports = (await Promise.all(printed)).flat()
  for (const { child } of takers) child.stdin?.end()
  await Promise.all(takers.map(({ running }) => running))
  expect(ports).toHaveLength(4 * 400)
  expect(new Set(ports).size).toBe(ports.length)
})
