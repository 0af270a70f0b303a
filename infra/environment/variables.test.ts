import { HoldfastError } from '@holdfast/core/platform/errors'
import { expect, test } from 'vitest'
import { readServerConfig } from '../../functions/src/config.ts'
import { readRunnerConfig } from '../../runner/src/config.ts'
import { FILE_VARIABLES, KNOWN_VARIABLES, problemsOfVariables } from './variables.ts'

const said = (variables: Record<string, string>) =>
  problemsOfVariables(variables).map(({ name, problem }) => `${name}: ${problem}`)

test('variables that runner and functions take are taken', () => {
  expect(said({ TIME_ZONE: 'America/Sao_Paulo', MAX_RETRY_ATTEMPTS: '3', LOG_LEVEL: 'debug', CPU_THRESHOLD: '80' })).toEqual([])
  expect(said({ TIME_ZONE: '' })).toEqual([])
})

test('a misspelt name is refused, with the one that was meant', () => {
  expect(said({ TIMEZONE: 'UTC' })).toEqual(['TIMEZONE: is read by nothing; did you mean TIME_ZONE?'])
  expect(said({ time_zone: 'UTC' })).toEqual(['time_zone: is read by nothing; did you mean TIME_ZONE?'])
  expect(said({ MAX_CONECTIONS: '9' })).toEqual([
    'MAX_CONECTIONS: is read by nothing; did you mean MAX_CONNECTIONS? ' +
      'That is set by the deployment itself: it is `runner.maxConnections` in this file',
  ])
  expect(said({ COLOUR: 'red' })).toEqual(['COLOUR: is read by nothing: docs/CONFIGURATION.md lists the variables'])
})

test('a secret is refused, because the file is no place for one', () => {
  expect(said({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=x' })).toEqual([
    expect.stringMatching(/^OTEL_EXPORTER_OTLP_HEADERS: holds a secret, and this file holds none/),
  ])
  expect(FILE_VARIABLES).not.toContain('OTEL_EXPORTER_OTLP_HEADERS')
  expect(said({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://telemetry.googleapis.com', OTEL_TRACES_SAMPLER_ARG: '0.1' })).toEqual([])
})

test('a variable of an earlier system is refused, with what takes its place', () => {
  expect(said({ COMPANY_ID: 'acme' })).toEqual([expect.stringContaining('is read by nothing. A company is a tenant.')])
})

/** What a process says at its start about this value. */
function sentenceOf(read: (environment: Record<string, string>) => unknown, name: string, value: string): string {
  const secrets = { SESSION_ENCRYPTION_KEY: '1'.repeat(64), API_KEY: '1'.repeat(32) }
  try {
    read({ GOOGLE_CLOUD_PROJECT: 'p', STORAGE_BUCKET: 'b', ...secrets, [name]: value })
  } catch (error) {
    if (error instanceof HoldfastError) return error.message.split('\n')[1]?.trim() ?? ''
  }
  throw new Error(`It has started with ${name}=${value}.`)
}

test.each([
  ['TIME_ZONE', 'Mars'],
  ['MIN_DELAY_MS', '-1'],
  ['PACING', 'yes'],
])('%s=%s is refused in the words of both processes', (name, value) => {
  const sentence = sentenceOf(readRunnerConfig, name, value)
  expect(sentenceOf(readServerConfig, name, value)).toBe(sentence)
  expect(said({ [name]: value })).toEqual([sentence])
})

test('a variable of one process is refused in the words of that one', () => {
  expect(said({ QUEUE_CONCURRENCY: '0' })).toEqual([sentenceOf(readRunnerConfig, 'QUEUE_CONCURRENCY', '0')])
  expect(said({ CPU_THRESHOLD: '0' })).toEqual([sentenceOf(readServerConfig, 'CPU_THRESHOLD', '0')])
})

test('a value that only one of them takes is refused, with the name of the other', () => {
  const sentence = sentenceOf(readServerConfig, 'LOG_LEVEL', 'silent')
  expect(said({ LOG_LEVEL: 'silent' })).toEqual([`${sentence} (so the functions and the API as a server)`])
  expect(said({ LOG_LEVEL: 'fatal' })).toEqual([expect.stringContaining('(so the runner)')])
})

test('values that do not fit each other are refused', () => {
  expect(said({ MIN_DELAY_MS: '50000' })).toEqual([
    'MIN_DELAY_MS: must fit the other value: MIN_DELAY_MS (50000) is above MAX_DELAY_MS (40000, the default)',
  ])
  expect(said({ HEARTBEAT_INTERVAL_MS: '5000' })).toEqual([expect.stringContaining('RUNNER_DEAD_AFTER_MS: must be at least')])
})

test('what only a single process or the deployment can have is no variable of a file', () => {
  expect(KNOWN_VARIABLES.filter((name) => !FILE_VARIABLES.includes(name))).toEqual([
    'API_KEY',
    'API_SERVICE_URL',
    'CLOUD_KMS_EMULATOR_HOST',
    'CLOUD_RUN_EMULATOR_HOST',
    'CLOUD_RUN_REVISION',
    'CLOUD_TASKS_EMULATOR_HOST',
    'FLEET_NAME',
    'FLEET_PLATFORM',
    'FLEET_REGION',
    'FUNCTIONS_REGION',
    'FUNCTIONS_URL',
    'GOOGLE_CLOUD_PROJECT',
    'HOLDFAST_RELEASE',
    'INSTANCE_ID',
    'KMS_KEY',
    'K_REVISION',
    'MAX_CONNECTIONS',
    'MEMORY_LIMIT_MB',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'PORT',
    'PROBE_PORT',
    'SESSION_ENCRYPTION_KEY',
    'SESSION_ENCRYPTION_KEYS',
    'SESSION_STORAGE_PATH',
    'SESSION_STORAGE_TYPE',
    'STORAGE_BUCKET',
    'TASKS_SERVICE_ACCOUNT',
    'TASK_QUEUE',
  ])
})

test('no variable holds a secret, and each that is refused says where it belongs', () => {
  const refused = KNOWN_VARIABLES.map((name) => said({ [name]: '' })).flat()
  const where = /: (is set by the deployment itself|holds a secret, and this file holds none): /
  expect(refused.filter((line) => !where.test(line))).toEqual([])
  expect(refused).toContainEqual(expect.stringMatching(/^API_KEY: .* it is a secret/))
  expect(refused).toContainEqual(expect.stringMatching(/^SESSION_ENCRYPTION_KEY: .* it is a secret/))
})
