import { createRequire } from 'node:module'

// Makes the product use a named database of Firestore. Only the sandbox's processes preload this file, because an installation has the
// database `(default)`, and the product has no such switch. Core imports the client, so the client that core finds is changed.
const { SANDBOX_FIRESTORE_DATABASE: databaseId } = process.env
if (!databaseId) throw new Error('SANDBOX_FIRESTORE_DATABASE names no database.')
const requireInCore = createRequire(new URL('../core/package.json', import.meta.url))
const sdk = requireInCore('@google-cloud/firestore') as { Firestore: new (settings: object) => object }
const { Firestore } = sdk
sdk.Firestore = class extends Firestore {
  constructor(settings: object) {
    super({ ...settings, databaseId })
  }
}
