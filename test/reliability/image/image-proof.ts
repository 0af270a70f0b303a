import { findProgram } from '../../support/find-program.ts'

interface Figures {
  readonly failed: readonly string[]
}

/**
 * Runs a proof that builds an image, and prints its figures: the last output on stdout. Returns the exit code, 0 also where buildah is
 * missing or may not mount an image, which it says.
 */
export async function runImageProof(
  prove: (buildah: string, say: (line: string) => void) => Promise<Figures>,
  { json }: { readonly json: boolean },
): Promise<number> {
  const buildah = findProgram('buildah')
  if (buildah === null || process.getuid?.() !== 0) {
    const skipped = buildah === null ? 'buildah is not installed: apt-get install -y buildah' : 'only root can mount an image'
    process.stdout.write(json ? `${JSON.stringify({ skipped })}\n` : `Skipped: ${skipped}.\n`)
    return 0
  }
  const startedAt = performance.now()
  const figures = await prove(buildah, (line) => process.stderr.write(`${line}\n`))
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const result = { ...figures, failed: figures.failed.length, bases: 'stand-ins', seconds }
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(20)} ${JSON.stringify(value)}\n`)
  return result.failed === 0 ? 0 : 1
}
