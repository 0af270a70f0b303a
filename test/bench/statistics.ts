/** Percentiles by nearest rank; zeros when nothing was measured. */
export function percentiles(values: readonly number[]): { p50: number; p95: number; max: number } {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0)
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}

export const round = (value: number): number => Math.round(value * 10) / 10
