import { expect, test } from 'vitest'
import { z } from 'zod'
import { problemsIn, readSettings } from './settings.ts'
import { traceSettings, tracesOf } from './trace-settings.ts'

const schema = z.object(traceSettings)
const read = (environment: Record<string, string>) =>
  tracesOf({ GOOGLE_CLOUD_PROJECT: 'my-project', ...readSettings(schema, environment) })

test('without an end point nothing is traced', () => {
  expect(read({})).toBeNull()
  expect(read({ OTEL_TRACES_SAMPLER_ARG: '0.5', OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeNull()
})

test('spans go to a path below the end point, with its headers', () => {
  const headers = 'authorization=Bearer%20abc, x-team = ops'
  const config = read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/', OTEL_EXPORTER_OTLP_HEADERS: headers })
  expect(config).toEqual({
    url: 'http://collector:4318/v1/traces',
    headers: { authorization: 'Bearer abc', 'x-team': 'ops' },
    ratio: 1,
    isCloudTrace: false,
    projectId: 'my-project',
  })
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example.com/otlp' })?.url).toBe(
    'https://otlp.example.com/otlp/v1/traces',
  )
})

test.each([
  ['https://telemetry.googleapis.com', true],
  ['https://telemetry.europe-west1.rep.googleapis.com', true],
  ['https://telemetry.googleapis.com.example.org', false],
  ['https://collector.internal', false],
  // A token must not leave in clear text, whoever answers.
  ['http://telemetry.googleapis.com', false],
])('the credentials of the process go to Cloud Trace only: %s', (endpoint, isCloudTrace) => {
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })?.isCloudTrace).toBe(isCloudTrace)
})

test('mistakes are told without the values, which may be secret', () => {
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'secret',
    OTEL_TRACES_SAMPLER_ARG: '2',
  }
  expect(problemsIn(schema, environment, [])).toEqual([
    'OTEL_EXPORTER_OTLP_ENDPOINT: must be an address that begins with https:// or http://',
    'OTEL_EXPORTER_OTLP_HEADERS: must be headers like `name=value`, separated by commas',
    'OTEL_TRACES_SAMPLER_ARG: must be at most 1',
  ])
})
