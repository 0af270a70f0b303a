#!/usr/bin/env node
// `npx holdfast` from the tree. The sources are TypeScript, which Node 24 runs as it is; on an older Node this file needs the one that
// `npm install` brought. Installed alone, `holdfast.js` of `npm run build -- cli` stands in its place.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE = 24

if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) {
  enableCompileCache?.()
  await import('../src/main.ts')
} else {
  const bundled = fileURLToPath(new URL(`../../node_modules/node-linux-${process.arch}/bin/node`, import.meta.url))
  if (process.platform === 'linux' && existsSync(bundled)) runWith(bundled)
  else {
    process.stderr.write(
      `holdfast runs on Node ${OLDEST_NODE} or newer; this is ${process.version}. Install it from https://nodejs.org.\n`,
    )
    process.exitCode = 1
  }
}

/** The terminal belongs to the child, which gets its Ctrl-C from there. */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}
