import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startSandbox } from './sandbox.ts'

const RUN = { project: 'demo', database: 'holdfast-verify-a1b2c3', bucket: 'demo-holdfast-verify-a1b2c3' }

test.for([
  { ...RUN, database: '(default)' },
  { ...RUN, database: 'holdfast' },
  { ...RUN, bucket: 'demo-holdfast-sessions' },
  { ...RUN, bucket: 'demo-holdfast-verify-another' },
])('a sandbox refuses the stores of an installation: $database, $bucket', async (stores) => {
  await expect(startSandbox({ stores })).rejects.toThrow(/of a run|of that run/)
})

test('a sandbox on stores of Google has no network of its own to them', async () => {
  await expect(startSandbox({ stores: RUN, proxied: true })).rejects.toThrow('cut nobody off')
})

test('the preload leads the client of the product to the database of the run', async () => {
  const preload = new URL('name-database.ts', import.meta.url).href
  const script = `
    await import('./src/adapters/google/clients.ts')
    const { Firestore } = await import('@google-cloud/firestore')
    process.stdout.write(new Firestore({ projectId: 'demo', databaseId: '(default)' }).databaseId)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', preload, '--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../core', import.meta.url)),
    env: { ...process.env, SANDBOX_FIRESTORE_DATABASE: RUN.database },
  })
  expect(stdout).toBe(RUN.database)
})
