const MOST_KINDS = 20

/** Prints the findings. Those that differ only in their message ids share one line. */
export function tellFindings(findings: readonly string[], tell: (line: string) => void): void {
  const kinds = [...Map.groupBy(findings, kindOf).values()]
  for (const [first = '', ...more] of kinds.slice(0, MOST_KINDS)) {
    tell(`Finding: ${first}${more.length > 0 ? `, and ${more.length} more like it` : ''}`)
  }
  if (kinds.length > MOST_KINDS) tell(`... and ${kinds.length - MOST_KINDS} more kinds.`)
}

/** Returns a finding without its ids: at least 16 digits or capitals, or at least 20 hexadecimal digits. */
const kindOf = (finding: string): string => finding.replaceAll(/[0-9A-Z]{16,}|[0-9a-f-]{20,}/g, '…')
