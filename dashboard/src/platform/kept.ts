/** What this browser remembers of a person's choices. Storage may be refused: then it remembers nothing. */

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`holdfast.${name}`)
  } catch {
    return null
  }
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`holdfast.${name}`)
    else localStorage.setItem(`holdfast.${name}`, value)
  } catch {
    // The choice holds until the page is closed.
  }
}
