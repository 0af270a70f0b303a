const KINDS_TOLD = 20

/** Tells what is not as it should be: one sentence for all that differ only in which message they speak of. */
export function tellFindings(findings: readonly string[], tell: (line: string) => void): void {
  const kinds = [...Map.groupBy(findings, kindOf).values()]
  for (const [first = '', ...more] of kinds.slice(0, KINDS_TOLD)) {
    tell(`Not as it should be: ${first}${more.length > 0 ? `, and ${more.length} more like it` : ''}`)
  }
  if (kinds.length > KINDS_TOLD) tell(`... and ${kinds.length - KINDS_TOLD} more kinds.`)
}

/** Ids have at least 16 digits or capitals, or are long and hexadecimal. */
const kindOf = (finding: string): string => finding.replaceAll(/[0-9A-Z]{16,}|[0-9a-f-]{20,}/g, '…')
