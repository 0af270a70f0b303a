import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Command } from '../resources/command.ts'
import { CommandFailed, isNotKnownYet, runCommand } from './run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-commands-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Programs that run this script of Node in place of firebase-tools. */
function script(code: string) {
  const file = join(folder, `${Math.random()}.mjs`)
  writeFileSync(file, code)
  return { firebase: [process.execPath, file], track: () => [] }
}

const command = (more: Partial<Command> = {}): Command => ({ program: 'firebase', args: ['deploy'], ...more })

test('a command that fails tells its end and the last of what it wrote', async () => {
  const programs = script('console.error("first\\nno such bucket"); process.exit(3)')
  await expect(runCommand(command(), { programs })).rejects.toThrow(CommandFailed)
  await expect(runCommand(command(), { programs })).rejects.toThrow('It ended with code 3.\nfirst\nno such bucket')
})

test('a command that was killed has failed', async () => {
  await expect(runCommand(command(), { programs: script('process.kill(process.pid, "SIGKILL")') })).rejects.toThrow(
    'It was ended by SIGKILL.',
  )
})

test('a command whose child lives on and keeps its output open has ended all the same', async () => {
  const lives = `setTimeout(() => {}, 60_000)`
  const programs = script(`
    import { spawn } from 'node:child_process'
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(lives)}], { stdio: 'inherit' })
    console.error('child', child.pid)
    process.kill(process.pid, 'SIGKILL')`)
  const failed: unknown = await runCommand(command(), { programs }).catch((error: unknown) => error)
  expect(String(failed)).toContain('It was ended by SIGKILL.')
  process.kill(Number(/child (\d+)/.exec(String(failed))?.[1]), 'SIGKILL')
})

test('a command is run again while Google does not know a new account yet', async () => {
  const mark = join(folder, 'known')
  const programs = script(`
    import { existsSync, writeFileSync } from 'node:fs'
    if (existsSync(${JSON.stringify(mark)})) process.exit(0)
    writeFileSync(${JSON.stringify(mark)}, '')
    console.error('ERROR: INVALID_ARGUMENT: Service account a@b.iam.gserviceaccount.com does not exist.')
    process.exit(1)`)
  const pauses: number[] = []
  await runCommand(command(), { programs, pause: async (ms) => pauses.push(ms) })
  expect(pauses).toEqual([2000])
})

test('it gives up after two minutes', async () => {
  const programs = script('console.error("Service account x does not exist"); process.exit(1)')
  let waitedMs = 0
  const running = runCommand(command(), { programs, pause: async (ms) => void (waitedMs += ms) })
  await expect(running).rejects.toThrow('does not exist')
  expect(waitedMs).toBe(117_000)
})

test('what a person has to mend is not tried again', () => {
  expect(isNotKnownYet({ complaints: 'PERMISSION_DENIED: Permission iam.roles.create denied' })).toBe(false)
  expect(isNotKnownYet({ complaints: 'Invalid value for [--location]' })).toBe(false)
  expect(isNotKnownYet({ complaints: 'me@example.com does not have storage.buckets.create access' })).toBe(false)
  expect(isNotKnownYet({ complaints: 'Cloud Run API has not been used in project 1 before or it is disabled.' })).toBe(true)
})

test.each([
  'env[1].value_from.secret_key_ref.name: Permission denied on secret: projects/1/secrets/API_KEY/versions/1 for Revision service account holdfast-api@p.iam.gserviceaccount.com.',
  'HTTPError 403: Permission denied on Cloud KMS key. Please ensure that your Cloud Storage service account has been authorized to use this key.',
  "Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource 'projects/p/locations/l/keyRings/r/cryptoKeys/k'",
  'holdfast-build@p.iam.gserviceaccount.com does not have storage.objects.get access to the Google Cloud Storage object.',
])('a right that an account was given a moment ago is waited for: %s', (complaints) => {
  expect(isNotKnownYet({ complaints })).toBe(true)
})

test('a command that does not come to an end is ended, and has failed', async () => {
  const programs = script('console.error("Waiting for Ready"); setInterval(() => {}, 1000)')
  await expect(runCommand(command(), { programs, withinMs: 3000 })).rejects.toThrow(
    'It was still running after 0 min. It was ended by SIGTERM.',
  )
})

test('a secret is made at random and reaches the input alone', async () => {
  const [one, other] = [join(folder, 'one'), join(folder, 'other')]
  const into = (file: string) =>
    script(`import { readFileSync, writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(file)}, readFileSync(0))`)
  await runCommand(command({ secret: 'base64 of 32 bytes' }), { programs: into(one) })
  await runCommand(command({ secret: 'hex of 24 bytes' }), { programs: into(other) })
  expect(Buffer.from(readFileSync(one, 'utf8'), 'base64')).toHaveLength(32)
  expect(readFileSync(other, 'utf8')).toMatch(/^[0-9a-f]{48}$/)
})

test('the files of a command are there when it runs', async () => {
  const path = `infra/build/.test-${process.pid}/lifecycle.json`
  const programs = script(`import { readFileSync } from 'node:fs'; JSON.parse(readFileSync(${JSON.stringify(path)}))`)
  try {
    await runCommand(command({ files: { [path]: { rule: [] } } }), { programs })
    expect(existsSync(path)).toBe(true)
  } finally {
    rmSync(join(path, '..'), { recursive: true, force: true })
  }
})
