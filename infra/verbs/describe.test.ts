import { expect, test } from 'vitest'
import { targetOf } from '../resources/fixtures/target.ts'
import { functions } from '../resources/functions.ts'
import { changeOf } from '../resources/resource.ts'
import { runnerPlatform } from '../resources/runner-platform.ts'
import { fieldLines } from './describe.ts'

const wish = (variables: object) => targetOf({}, { variables })

/** The lines of a change of the runners, whose container was deployed with these variables and then changed by hand. */
function poolLines(before: object, after: object, byHand: (env: object[]) => object[] = (env) => env) {
  const deployed = runnerPlatform(wish(before))[0]?.want?.([]) as {
    spec: { template: { spec: { containers: { env: object[] }[] } } }
  }
  const pool = structuredClone(deployed)
  for (const container of pool.spec.template.spec.containers) container.env = byHand(container.env)
  const [runners] = runnerPlatform(wish(after))
  const change = runners && changeOf(runners, [pool])
  return change ? fieldLines(change) : []
}

test('of the variables of the runners only those that change are shown', () => {
  const before = { TIME_ZONE: 'UTC', MAX_RETRY_ATTEMPTS: '3' }
  expect(poolLines(before, { TIME_ZONE: 'Asia/Tokyo', LOG_LEVEL: 'debug' })).toEqual([
    '    ~ TIME_ZONE: "UTC" -> "Asia/Tokyo"',
    '    + LOG_LEVEL',
    '    - MAX_RETRY_ATTEMPTS',
  ])
  expect(poolLines(before, before, (env) => env.toReversed())).toEqual([])
})

test('a secret is never shown, nor what somebody has set by hand', () => {
  const byHand = (env: object[]) => [
    ...env.map((entry) =>
      (entry as { name: string }).name === 'SESSION_ENCRYPTION_KEY'
        ? { name: 'SESSION_ENCRYPTION_KEY', value: 'hunter2' }
        : entry,
    ),
    { name: 'PASSWORD', value: 'hunter2' },
  ]
  const lines = poolLines({}, {}, byHand)
  expect(lines).toEqual([
    '    ~ SESSION_ENCRYPTION_KEY: "a value" -> "secret SESSION_ENCRYPTION_KEY, version 1"',
    '    - PASSWORD',
  ])
})

test('a change of the functions is shown once, and a variable that is gone from the file is one', () => {
  const answersOf = (variables: object) => {
    const target = wish(variables)
    const resource = functions(target)
    const wanted = resource.want?.(resource.reads.map(() => null)) as Record<string, { serviceConfig: object }>
    const present = Object.entries(wanted).filter(([, one]) => typeof one === 'object')
    const added = { FUNCTION_TARGET: 'api', LOG_EXECUTION_ID: 'true', HOLDFAST_AGAIN: 'x' }
    return [
      {
        functions: present.map(([name, { serviceConfig, ...more }]) => {
          const environmentVariables = { ...(serviceConfig as { environmentVariables: object }).environmentVariables, ...added }
          return {
            name: `functions/${name}`,
            labels: { 'firebase-functions-codebase': 'holdfast' },
            ...more,
            serviceConfig: { ...serviceConfig, environmentVariables },
          }
        }),
      },
    ]
  }
  const linesOf = (before: object, after: object) => {
    const change = changeOf(functions(wish(after)), answersOf(before))
    return change === null ? [] : fieldLines(change).filter((line) => / [-+~] /.test(line))
  }
  expect(linesOf({ TIME_ZONE: 'UTC', LOG_LEVEL: 'debug' }, { TIME_ZONE: 'Asia/Tokyo' })).toEqual([
    '    ~ TIME_ZONE: "UTC" -> "Asia/Tokyo" (api, retries, alerts, webhooks, sweep, maintain, cleanup)',
    '    - LOG_LEVEL (api, retries, alerts, webhooks, sweep, maintain, cleanup)',
  ])
  expect(linesOf({ TIME_ZONE: 'UTC' }, { TIME_ZONE: 'UTC' })).toEqual([])
})
