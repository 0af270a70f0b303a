import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { Ffmpeg, hasFfmpeg } from './voice-converter.ts'

const folder = mkdtempSync(join(tmpdir(), 'ffmpeg-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A program that stands in for ffmpeg: it takes the sound from its input and writes to its output. */
function path(script: string): string {
  const at = join(folder, `program-${Math.random()}`)
  writeFileSync(at, `#!/bin/sh\n${script}\n`)
  chmodSync(at, 0o700)
  return at
}

const program = (script: string): Ffmpeg => new Ffmpeg(path(script))

async function convert(converter: Ffmpeg, sound = 'a sound'): Promise<string> {
  const parts: Uint8Array[] = []
  const given = (async function* () {
    yield Buffer.from(sound)
  })()
  for await (const part of converter.toVoice(given)) parts.push(part)
  return Buffer.concat(parts).toString()
}

it('a sound goes through the program', async () => {
  expect(await convert(program('tr a-z A-Z'))).toBe('A SOUND')
})

it('the program does not get the variables of the runner', async () => {
  vi.stubEnv('SESSION_ENCRYPTION_KEY', 'a secret')
  expect(await convert(program('cat >/dev/null; echo "[$SESSION_ENCRYPTION_KEY]"'))).toBe('[]\n')
  vi.unstubAllEnvs()
})

it('a sound that the program cannot read is refused, and so is each sound without the program', async () => {
  await expect(convert(program('cat >/dev/null; exit 1'))).rejects.toMatchObject({ code: 'cannot-use-media' })
  await expect(convert(program('exit 1'), 'x'.repeat(500_000))).rejects.toMatchObject({ code: 'cannot-use-media' })
  await expect(convert(new Ffmpeg('/nowhere/ffmpeg'))).rejects.toMatchObject({
    code: 'cannot-use-media',
    message: expect.stringContaining('ffmpeg is missing'),
  })
})

it('a runner knows whether it has the program, which tells its version', async () => {
  vi.stubEnv('SESSION_ENCRYPTION_KEY', 'a secret')
  const works = 'test "$1" = -version && test -z "$SESSION_ENCRYPTION_KEY"'
  const found = await Promise.all([hasFfmpeg(path(works)), hasFfmpeg(path('exit 1')), hasFfmpeg('/nowhere/ffmpeg')])
  vi.unstubAllEnvs()
  expect(found).toEqual([true, false, false])
})
