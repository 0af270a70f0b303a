import { expect, test } from 'vitest'
import { problemsOfVariables } from '../environment/variables.ts'
import { apiService } from './api-service.ts'
import { targetOf } from './fixtures/target.ts'
import { at, isFields } from './fields.ts'
import { functions } from './functions.ts'
import { runnerPlatform } from './runner-platform.ts'

const target = targetOf({}, { variables: {} })
const address = { status: { url: 'https://holdfast-api.example' } }

/** The names of all variables below something that a resource wants. */
function variablesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(variablesIn)
  if (!isFields(value)) return []
  const env = value['env']
  const ofContainer = Array.isArray(env) ? env.map((one) => String(at(one, 'name'))) : []
  const ofFunction = isFields(value['environmentVariables']) ? Object.keys(value['environmentVariables']) : []
  return [...ofContainer, ...ofFunction, ...Object.values(value).flatMap(variablesIn)]
}

test('no environment file can set what the deployment sets', () => {
  const resources = [...runnerPlatform(target), apiService(target), functions(target)]
  const names = new Set(variablesIn(resources.map(({ want, reads }) => want?.(reads.map(() => address)))))
  expect([...names]).toEqual(expect.arrayContaining(['MAX_CONNECTIONS', 'API_KEY', 'API_SERVICE_URL', 'HOLDFAST_RELEASE']))
  // An environment may know a better address.
  names.delete('PUBLIC_URL')
  for (const name of names) {
    expect(problemsOfVariables({ [name]: '1' })).toEqual([{ name, problem: expect.stringContaining('is set by the deployment') }])
  }
})
