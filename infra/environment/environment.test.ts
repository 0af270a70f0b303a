import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BadEnvironment, parseEnvironment } from './environment.ts'

const least = { v: 1, project: 'my-project' }

test('a project is all that an environment has to name', () => {
  expect(parseEnvironment(least, 'x.json')).toMatchObject({
    region: 'us-central1',
    runner: { platform: 'worker-pool', instances: 1, cpu: 1, memoryGib: 2, maxConnections: 50 },
    backups: { days: 14 },
    alerts: { emails: [] },
  })
})

test('the example is valid', () => {
  const example = readFileSync(new URL('../environments/example.json', import.meta.url), 'utf8')
  expect(parseEnvironment(JSON.parse(example), 'example').project).toBe('my-project')
})

test('all problems are told at once, with the file and the field', () => {
  const bad = { v: 1, project: 'No', region: 'europe-west1', runner: { instances: 0 }, alerts: { emails: ['nobody'] }, colour: 1 }
  const told = () => parseEnvironment(bad, 'x.json')
  expect(told).toThrow(BadEnvironment)
  for (const part of [
    'x.json has 5 problem(s)',
    'project:',
    'region: must be us-central1',
    'runner.instances',
    'alerts.emails.0',
    'colour',
  ])
    expect(told).toThrow(part)
})

test.each(['SESSION_ENCRYPTION_KEY', 'API_KEY', 'STORAGE_BUCKET', 'PORT', 'GCLOUD_PROJECT', 'FIREBASE_CONFIG', 'K_SERVICE'])(
  '%s is no variable of an environment file: the deployment sets it, or it is a secret',
  (name) => {
    expect(() => parseEnvironment({ ...least, variables: { [name]: 'x' } }, 'x.json')).toThrow('is set by the deployment itself')
  },
)

test('a variable that the units do not read, or would refuse, is told with its name and what to do', () => {
  const given = (variables: object) => () => parseEnvironment({ ...least, variables }, 'x.json')
  expect(given({ TIMEZONE: 'UTC' })).toThrow('variables.TIMEZONE: is read by nothing; did you mean TIME_ZONE?')
  expect(given({ TIME_ZONE: 'Mars' })).toThrow('variables.TIME_ZONE: must be an IANA time zone, like America/Sao_Paulo')
  expect(given({ MAX_RETRY_ATTEMPTS: 3 })).toThrow('variables.MAX_RETRY_ATTEMPTS: must be a text, with quotation marks')
})

test('a field that nothing reads is told, with the one that was meant', () => {
  const given = (fields: object) => () => parseEnvironment({ ...least, ...fields }, 'x.json')
  expect(given({ runer: {} })).toThrow('the file: there is no field runer; did you mean runner?')
  expect(given({ runner: { maxConnection: 3 } })).toThrow('runner: there is no field maxConnection; did you mean maxConnections?')
  expect(given({ colour: 'red' })).toThrow(/the file: there is no field colour$/)
})

test('the size of a runner follows from its sessions, and one that cannot hold them is refused', () => {
  const runnerOf = (runner: object) => parseEnvironment({ ...least, runner }, 'x.json').runner
  expect(runnerOf({ maxConnections: 300 })).toMatchObject({ cpu: 2, memoryGib: 8 })
  expect(runnerOf({ maxConnections: 300, memoryGib: 16 })).toMatchObject({ cpu: 4, memoryGib: 16 })
  expect(() => runnerOf({ maxConnections: 300, memoryGib: 2 })).toThrow('runner.memoryGib: 2 GiB hold 69 sessions, and not 300')
  expect(() => runnerOf({ memoryGib: 8, cpu: 1 })).toThrow('runner.cpu: Cloud Run gives 1 CPU(s)')
  expect(() => runnerOf({ platform: 'job' })).toThrow('runner.platform')
})

test('one address is refused for more runners than it has ports for, twice', () => {
  const given = (instances: number) => () =>
    parseEnvironment({ ...least, runner: { instances, maxConnections: 50 }, egress: { fixedAddress: true } }, 'x.json')
  expect(given(196)).not.toThrow()
  expect(given(197)).toThrow('egress.fixedAddress: one address has ports for 196 runner(s) with 50 connections each')
})

test('a key is the own one, or has its full name', () => {
  const key = 'projects/p/locations/us-central1/keyRings/r/cryptoKeys/k'
  for (const kmsKey of ['own', key])
    expect(parseEnvironment({ ...least, encryption: { kmsKey } }, 'x').encryption).toEqual({ kmsKey })
  expect(() => parseEnvironment({ ...least, encryption: { kmsKey: 'k' } }, 'x.json')).toThrow('cryptoKeys/K')
  for (const bad of [key.replace('us-central1', 'europe-west1'), key.replace('/r/', '/../'), `${key}?x`, `${key}\n`]) {
    expect(() => parseEnvironment({ ...least, encryption: { kmsKey: bad } }, 'x.json')).toThrow('a key of the region')
  }
  const wrapping = (tenantKey: string) => ({ wrapping: { kmsKey: 'own', tenantKeys: [tenantKey] } })
  const elsewhere = key.replace('us-central1', 'europe-west1')
  expect(parseEnvironment({ ...least, ...wrapping(elsewhere) }, 'x').wrapping?.tenantKeys).toEqual([elsewhere])
  expect(() => parseEnvironment({ ...least, ...wrapping('own') }, 'x.json')).toThrow('cryptoKeys/K')
})
