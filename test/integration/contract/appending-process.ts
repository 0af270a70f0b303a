import { createFirestoreClients } from '@holdfast/core/adapters/google/clients'
import { Append, type Merge } from '@holdfast/core/platform/ports'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { journalsIn } from './journal-backends.ts'
import { group } from './records.ts'

// Appends to one journal as fast as it can until it is killed. Prints `{"acked": last}` after every acknowledged append. Each
// append carries a merge that names its record.

const [projectId = '', sessionId = '', path] = process.argv.slice(2)
const { documents } = createFirestoreClients({ projectId })
const journals = path === undefined ? new DocumentJournals(documents) : journalsIn(path, documents)

for (let first = 1; ;) {
  const records = group({ first, parts: 1 + (first % 3), bytes: 2000 })
  const merge: Merge = { kind: 'merge', path: `t/${sessionId}`, fields: { last: first, told: new Append(first) } }
  await journals.append(sessionId, records, [merge])
  first += records.length
  process.stdout.write(`${JSON.stringify({ acked: first - 1 })}\n`)
}
