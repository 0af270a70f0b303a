import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTypescript, { astToString } from 'openapi-typescript'
import { describeRoutes } from '../functions/src/api/openapi.ts'
import { ROUTES } from '../functions/src/api/routes.ts'

/** Writes the client's types from the table of routes. With `--check` it compares instead, and fails when they differ. */

const FILE = fileURLToPath(new URL('../client/src/generated/api.ts', import.meta.url))
const NOTE = '// Made from the table of routes by `npm run client-types`. Do not edit.\n\n'

// The JSON text is a copy, because the generator changes its argument.
const description = JSON.stringify(describeRoutes(ROUTES))
// With `defaultNonNullable`, callers would have to send fields that have a default.
const types = NOTE + astToString(await openapiTypescript(description, { defaultNonNullable: false, alphabetize: true }))

if (!process.argv.includes('--check')) writeFileSync(FILE, types)
else if (readFileSync(FILE, 'utf8') !== types) {
  process.stderr.write('The types of the client differ from the routes. Generate them again: npm run client-types\n')
  process.exitCode = 1
}
